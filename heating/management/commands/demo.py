"""One command from an empty database to a running demo."""

from django.core.management import call_command

from heating.demo.welcome import welcome
from heating.management.commands import serve


class Command(serve.Command):
    help = "Migrate, load the demo data, serve, and say who signs in where."

    def prepare(self) -> None:
        super().prepare()
        call_command("load_demo", stdout=self.stdout)

    def welcome(self, port: int) -> str:
        return welcome(port)
