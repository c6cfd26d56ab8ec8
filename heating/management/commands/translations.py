"""Are the catalogues complete and compiled? With --update: bring them to the sources."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Check that every message has its English and every .mo is made from its .po."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--update", action="store_true", help="add, drop and compile")

    def handle(self, *args: Any, **options: Any) -> None:
        from heating import translations  # polib is installed with the tests and checks only

        if options["update"]:
            translations.update()
        faults = list(translations.faults())
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults; see manage.py translations --update")
