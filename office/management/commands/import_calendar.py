"""manage.py import_calendar: publishes a year from a file or from the installed chinesecalendar."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from office.actors import Actor
from office.intake.small_sheet import read_small_sheet
from office.refusals import Refused
from office.working_days.arrangement import Arrangement, read_rows
from office.working_days.operations import publish_calendar


class Command(BaseCommand):
    help = "Publish a year of the working calendar (节假日安排) from a file or chinesecalendar."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="CSV 或 XLSX：日期、放假或上班、文号")
        parser.add_argument("--from-chinesecalendar", type=int, metavar="YEAR", dest="year")
        parser.add_argument("--notice", default="", help="文号，如 国办发明电〔2025〕7号")
        parser.add_argument("--noticed-on", type=date.fromisoformat, help="发文日期")
        parser.add_argument("--reason", default="", help="修订原因，这一年已有安排时必填")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不发布")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["file"] is None) == (options["year"] is None):
            raise CommandError("请给出一个文件，或 --from-chinesecalendar 年度。")
        try:
            arrangement, notice = (
                self._from_file(Path(options["file"]))
                if options["file"]
                else (from_package(options["year"]), "")
            )
            self.stdout.write(arrangement.lines())
            if options["dry_run"]:
                return
            version = publish_calendar(
                arrangement,
                notice=options["notice"] or notice,
                noticed_on=options["noticed_on"],
                reason=options["reason"],
                by=Actor.system("import_calendar"),
                at=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"已发布：{version}")

    def _from_file(self, path: Path) -> tuple[Arrangement, str]:
        try:
            with path.open("rb") as file:
                read = read_rows(read_small_sheet(file))
        except OSError as error:
            raise CommandError(f"{path}：{error.strerror}") from error
        for fault in read.faults:
            self.stderr.write(f"第 {fault.row} 行：{fault.says}" if fault.row else f"{fault.says}")
        if read.arrangement is None:
            raise CommandError("文件有误，没有发布。")
        return read.arrangement, read.notice


def from_package(year: int) -> Arrangement:
    """Returns the year as chinesecalendar has it; the package knows no future years."""
    from chinese_calendar.constants import holidays, workdays

    off = sorted(day for day in holidays if day.year == year and day.weekday() < 5)
    at_work = sorted(day for day in workdays if day.year == year and day.weekday() >= 5)
    if not off:
        raise CommandError(f"已安装的 chinesecalendar 没有 {year} 年，请等新版或用文件导入。")
    return Arrangement(year, tuple(off), tuple(at_work))
