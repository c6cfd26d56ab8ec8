"""Appoints the first officer of the auditors' desk; later ones are appointed at the desk."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from office.models import User
from office.refusals import Refused
from whistleblowing.officers.operations import found_desk


class Command(BaseCommand):
    help = "Appoint the first officer for reports; refused as soon as there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError("没有这个员工 no such member of staff")
        try:
            found_desk(person, by="console", at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(
            "已任命，请登录 /audit/ 设定口令。 Appointed; set a passphrase at /audit/."
        )
