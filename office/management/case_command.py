"""The command behind `check_examples` and `check_clock`: runs a file, prints, exits with 0 or 1."""

import sys
from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandParser

from office.case_files import Answer, Fields, check_file


class CaseCommand(BaseCommand):
    """Runs one file of cases; it needs neither a database nor settings of a company."""

    requires_system_checks = []
    work_out: Callable[[Fields], Answer]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="JSON list of cases")

    def handle(self, *_args: object, file: str, **_options: object) -> None:
        outcome = check_file(file, type(self).work_out)
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        for line in outcome.lines():
            self.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding))
        if not outcome.agrees:
            sys.exit(1)
