"""Loads the demo's companies, people, accounts, bills and payments into an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from heating.demo.loading import is_loaded, load_demo
from office.refusals import Refused


class Command(BaseCommand):
    help = "Load the demo data; a database that has them is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", type=int, default=4000)
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_loaded():
            self.stdout.write(
                "正在装入演示数据，约需半分钟…… Loading the demo data, half a minute …"
            )
            self.stdout.flush()
        try:
            loaded = load_demo(
                accounts=options["accounts"], seed=options["seed"], at=timezone.now()
            )
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        counts = f"{loaded.accounts} · {loaded.bills} · {loaded.payments}"
        if loaded.anew:
            self.stdout.write(f"演示数据已装入：户号 · 账单 · 收款 {counts}")
            self.stdout.write(f"Demo data loaded: accounts · bills · payments {counts}")
        else:
            self.stdout.write(
                "演示数据已在库中，没有改动。 The demo data is there; nothing changed."
            )
