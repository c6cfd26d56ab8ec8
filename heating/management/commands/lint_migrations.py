"""Could a migration break the version that still runs, or lock a table for long?"""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heating.rooms import WITH_MODELS

# Drops columns that the version before no longer reads: its 0005 took them out of the model; and
# turns a column of the ledger into the reference it should have been, before anything is installed;
# and says anew which connections are open, over the few rows that there are; and gives a table of
# some hundred certificates a unique index that asks for less than the one it takes the place of;
# and gives the few readings of meters one that asks for less than the two it takes the place of.
REVIEWED = [
    *("0006_drop_old_links", "0010_sources", "0009_connection_design"),
    *("0013_terms_rings_reissues", "0032_withdrawn_meter_readings"),
]


class Command(BaseCommand):
    help = "Refuse migrations that are not safe to apply while the system is in use."

    def handle(self, *args: Any, **options: Any) -> None:
        from django_migration_linter import MigrationLinter  # installed with the checks only

        logging.getLogger("django_migration_linter").setLevel(logging.WARNING)
        linter = MigrationLinter(no_cache=True, quiet=["warning"], ignore_name=REVIEWED)
        for app in WITH_MODELS:
            linter.lint_all_migrations(app_label=app)
        linter.print_summary()
        if linter.has_errors:
            raise CommandError("unsafe migrations")
