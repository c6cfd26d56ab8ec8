"""Loads the demo's companies, people, accounts, bills and payments into an empty database."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from heating.demo.loading import is_loaded, load_demo
from heating.demo.progress import Progress
from office.refusals import Refused


class Command(BaseCommand):
    help = "Load the demo data; a database that has them is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", type=int, default=1600)
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_loaded():
            self._say("正在装入演示数据…… Loading the demo data …")
        progress = Progress(time.monotonic, self._say_how_long)
        try:
            loaded = load_demo(
                accounts=options["accounts"],
                seed=options["seed"],
                at=timezone.now(),
                done=progress.done,
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

    def _say_how_long(self, elapsed: int, remaining: int) -> None:
        if remaining:
            chinese = f"已用 {elapsed} 秒，约还需 {remaining} 秒。"
            self._say(f"　{chinese} {elapsed} s so far, about {remaining} s to go.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
