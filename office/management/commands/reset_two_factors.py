"""manage.py reset_two_factors, for when the last security administrator has lost the phone."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from office.actors import Actor
from office.models import User
from office.refusals import Refused
from office.staff.two_factors import reset_two_factors


class Command(BaseCommand):
    help = "Take a person's authenticator away from the command line; the journal keeps the reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, username: str, reason: str, **options: Any) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"没有用户名为 {username} 的员工。")
        by = Actor.system("command line")
        try:
            ended = reset_two_factors(person, reason=reason, by=by, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"{person.display_name}的身份验证器已重置，已退出 {ended} 处登录。")
