"""`manage.py compute_kpis`: runs the nightly job, repeats some days, or compares everything."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from complaints.kpis.nights import frozen
from complaints.kpis.operations import freeze_nights
from complaints.kpis.recount import differences
from complaints.kpis.tallies import note_everything, tally_stale
from office.refusals import Refused


class Command(BaseCommand):
    help = "计算服务指标：补算缺夜、重查指定日期、全部重新记数，或与已冻结的指标全部比较"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="重查这一天，如 2026-01-12")
        parser.add_argument("--from", dest="since", type=date.fromisoformat, help="从这一天起重查")
        parser.add_argument("--to", type=date.fromisoformat, help="到这一天（含）止")
        parser.add_argument("--anew", action="store_true", help="先把每张工单重新记数")
        parser.add_argument("--full", action="store_true", help="全部重算并比较，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["full"]:
            self._compare()
            return
        if options["anew"]:
            note_everything()
        try:
            outcome = freeze_nights(at=timezone.now(), again=_days(options))
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        for name, days in (
            ("frozen", outcome.frozen),
            ("corrected", outcome.corrected),
            ("unchanged", outcome.unchanged),
        ):
            days_text = "、".join(f"{day}" for day in days)
            self.stdout.write(f"{name}: {len(days)}{f'　{days_text}' if days else ''}")

    def _compare(self) -> None:
        """Ends with exit code 0 only if every frozen day equals its recount."""
        state = frozen()
        if state is None:
            self.stdout.write("no night is frozen yet")
            return
        tally_stale()
        differing = differences(state.last + timedelta(days=1))
        days = (state.last - state.first).days + 1
        for difference in differing:
            self.stdout.write(
                f"✗ {difference.day} company {difference.company_id} {difference.measure}:"
                f" frozen {difference.frozen}, counted {difference.counted}"
            )
        differ = len({difference.day for difference in differing})
        self.stdout.write(f"{days} days: {days - differ} agree, {differ} differ")
        if differing:
            raise SystemExit(1)


def _days(options: dict[str, Any]) -> list[date]:
    if options["day"]:
        return [options["day"]]
    if not options["since"]:
        return []
    last = options["to"] or timezone.localdate()
    return [options["since"] + timedelta(days=n) for n in range((last - options["since"]).days + 1)]
