"""Could a migration break the version that still runs, or lock a table for long?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

APPS = ["office", "customers", "billing"]


class Command(BaseCommand):
    help = "Refuse migrations that are not safe to apply while the system is in use."

    def handle(self, *args: Any, **options: Any) -> None:
        from django_migration_linter import MigrationLinter  # installed with the checks only

        linter = MigrationLinter(include_apps=APPS, no_cache=True, quiet=["warning"])
        linter.lint_all_migrations()
        linter.print_summary()
        if linter.has_errors:
            raise CommandError("unsafe migrations")
