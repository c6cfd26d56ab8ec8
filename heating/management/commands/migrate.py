"""`manage.py migrate`: Django's own, with fewer renderings of the models."""

from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand

from heating.migrations_in_groups import migrations_in_groups


class Command(MigrateCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        with migrations_in_groups():
            super().handle(*args, **options)
