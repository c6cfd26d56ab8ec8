"""`manage.py import_accounts`: imports a company's account list from a file."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand
from django.db.models import Q
from django.utils import timezone

from billing.account_list.columns import COLUMNS
from billing.account_list.operations import Watch, import_accounts, preview_accounts
from billing.account_list.report import Outcome, Remarks
from office.actors import Actor
from office.intake.correction_file import quoted, write_correction_file
from office.intake.notices import notice_sentences
from office.intake.sheet import open_sheet
from office.models import Company
from office.money import yuan_text
from office.refusals import Invalid, NotFound, Refused

_LISTED = 200


class _OutcomeWatch(Watch):
    """The observer of an import that stores its result for the report."""

    outcome: Outcome

    def finished(self, outcome: Outcome) -> None:
        self.outcome = outcome


class Command(BaseCommand):
    help = "导入一家公司的用户台账（.xlsx 或 .csv）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="台账文件")
        parser.add_argument("--company", required=True, help="公司名称、简称或编码")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入任何内容")
        parser.add_argument("--report", type=Path, help="把结果写成 JSON 文件")
        parser.add_argument("--refused", type=Path, help="把退回的行写成 .xlsx，更正后可再导入")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as opened:
                file = File(opened, name=options["file"].name)
                self._import(file, options)
        except OSError as error:
            self.stderr.write(f"文件无法读取或写入：{error.filename}：{error.strerror}")
            sys.exit(1)
        except Refused as refusal:
            self.stderr.write(refusal.sentence)
            sys.exit(1)

    def _import(self, file: File[Any], options: dict[str, Any]) -> None:
        company = _company(options["company"])
        by, at = Actor.system("import_accounts command"), timezone.now()
        for target in (options["report"], options["refused"]):
            _check_target(target)
        watch = _OutcomeWatch()
        if options["dry_run"]:
            preview_accounts(company, file, by=by, at=at, watch=watch)
        else:
            import_accounts(company, file, dry_run=False, by=by, at=at, watch=watch)
        if options["report"]:
            text = json.dumps(watch.outcome.as_json(), ensure_ascii=False, indent=1)
            options["report"].write_text(f"{text}\n", encoding="utf-8")
        if options["refused"]:
            sheet = open_sheet(file.file, file.name or "", COLUMNS)  # type: ignore[arg-type]
            write_correction_file(options["refused"], sheet, watch.outcome.refused, name_key="name")
        self._summarise(watch.outcome, dry_run=options["dry_run"])

    def _summarise(self, outcome: Outcome, *, dry_run: bool) -> None:
        write = self.stdout.write
        self._list("退回", outcome.refused)
        self._list("提醒", outcome.warned)
        self._list("说明", outcome.noted)
        if outcome.unknown_columns:
            write(f"没有读取的列：{'、'.join(outcome.unknown_columns)}")
        write(f"{outcome.company} · {outcome.sheet} · 表头在第 {outcome.header_row} 行")
        write(f"读取 {outcome.rows_read} 行，跳过空行、合计等 {outcome.rows_skipped} 行")
        for sentence in notice_sentences(outcome.notices.as_json()):
            write(sentence)
        verb = "将新建" if dry_run else "新建"
        write(
            f"合格户号 {outcome.accounts_good} 个（{verb} {outcome.accounts_new} 个，"
            f"系统中已有 {outcome.accounts_known} 个），同户其他面积 {outcome.second_area_lines} 条"
        )
        write(
            f"往年欠费 {outcome.opening_arrears} 笔，共 {yuan_text(outcome.opening_arrears_fen)} 元"
            f"，其中{'将入账' if dry_run else '本次入账'}"
            f" {yuan_text(outcome.opening_arrears_new_fen)} 元"
        )
        write(f"退回 {len(outcome.refused)} 行，提醒 {len(outcome.warned)} 行")
        write("仅检查，没有写入任何内容。" if dry_run else "导入完成。")

    def _list(self, word: str, remarks: Remarks) -> None:
        for row, row_remarks in list(remarks.items())[:_LISTED]:
            reasons = "；".join(
                f"{remark.column}：{quoted(remark)}" if remark.column else quoted(remark)
                for remark in row_remarks
            )
            self.stdout.write(f"{word} 第 {row} 行 {reasons}")
        if len(remarks) > _LISTED:
            self.stdout.write(
                f"{word} 另有 {len(remarks) - _LISTED} 行，全部见 --report 或 --refused 的文件"
            )


def _company(text: str) -> Company:
    """Returns the company with this name, short name or code; refuses unless there is just one."""
    companies = list(Company.objects.filter(Q(name=text) | Q(short_name=text) | Q(code=text))[:2])
    if len(companies) != 1:
        names = "、".join(f"{company.code} {company.name}" for company in Company.objects.all())
        raise NotFound(f"没有“{text}”这家公司。可选：{names}")
    return companies[0]


def _check_target(target: Path | None) -> None:
    """Refuses a file in a directory that does not exist, before the import begins."""
    if target is not None and not target.absolute().parent.is_dir():
        raise Invalid("no_directory", f"没有 {target.absolute().parent} 这个目录，请先建立。")
