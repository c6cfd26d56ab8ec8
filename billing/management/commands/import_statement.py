"""`manage.py import_statement`: imports a statement of one of the companies' bank accounts."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.core.files import File
from django.core.management.base import BaseCommand
from django.db.models import Q
from django.utils import timezone

from billing.bank.accounts import plain_serial
from billing.models import CompanyBankAccount
from billing.statements.operations import (
    Watch,
    import_statement,
    preview_statement,
)
from billing.statements.report import StatementOutcome, reported_lines
from billing.statements.soundness import check_sound
from office.actors import Actor
from office.money import yuan_text
from office.refusals import Invalid, NotFound, Refused

_LISTED = 200
_SHORTEST_TAIL = 4


class _ReportWatch(Watch):
    """The observer that writes the report while the lines can be read, and keeps the outcome."""

    outcome: StatementOutcome

    def __init__(self, target: Path | None) -> None:
        self._target = target

    def finished(self, outcome: StatementOutcome) -> None:
        self.outcome = outcome
        if self._target is not None:
            with self._target.open("w", encoding="utf-8") as file:
                _write_report(file, outcome)


class Command(BaseCommand):
    help = "导入一个银行账户的对账单（.xlsx 或 .csv）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="对账单文件")
        parser.add_argument(
            "--bank-account", required=True, help="账号、账号末四位以上、开户行或账户名称"
        )
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入任何内容")
        parser.add_argument("--report", type=Path, help="把结果写成 JSON 文件")

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
        bank_account = _bank_account(options["bank_account"])
        by, at = Actor.system("import_statement command"), timezone.now()
        _check_target(options["report"])
        watch = _ReportWatch(options["report"])
        if options["dry_run"]:
            preview_statement(bank_account, file, by=by, at=at, watch=watch)
        else:
            import_statement(bank_account, file, dry_run=False, by=by, at=at, watch=watch)
        self._summarise(bank_account, watch.outcome, dry_run=options["dry_run"])
        check_sound(watch.outcome)

    def _summarise(
        self, bank_account: CompanyBankAccount, outcome: StatementOutcome, *, dry_run: bool
    ) -> None:
        write = self.stdout.write
        for unreadable in outcome.unreadable[:_LISTED]:
            write(f"无法读取 第 {unreadable.row} 行：{unreadable.reason}")
        if len(outcome.unreadable) > _LISTED:
            write(f"无法读取的另有 {len(outcome.unreadable) - _LISTED} 行")
        for note in outcome.notes[:_LISTED]:
            write(f"不是明细 第 {note.row} 行：{note.text}")
        for row in outcome.proof.wrong_totals:
            write(f"提醒 第 {row} 行的合计与明细之和不符")
        if outcome.other_account:
            write(
                f"提醒 文件中的账号是 {outcome.other_account}，"
                f"所选账户是 {bank_account.number}，请核对是否选错账户"
            )
        if outcome.gap_before_fen:
            gap = yuan_text(outcome.gap_before_fen)
            write(f"提醒 期初余额与上一份对账单的期末余额相差 {gap} 元，中间可能缺对账单")
        proof, counts = outcome.proof, outcome.counts
        write(f"{bank_account.company.name} · {bank_account}")
        write(
            f"期初 {yuan_text(proof.opening_fen)} + 收入 {yuan_text(counts.received_fen)}"
            f" − 支出 {yuan_text(counts.paid_fen)} = 期末 {yuan_text(proof.closing_fen)}："
            f"{'相符' if proof.proved else '不符'}"
        )
        write(
            f"明细 {counts.lines} 笔，{'将新增' if dry_run else '新增'} {counts.new_lines} 笔；"
            f"匹配 {counts.matched} 笔，待认领 {counts.unmatched} 笔，"
            f"冲正 {counts.reversals} 笔，相同 {counts.identical} 笔"
        )
        write("仅检查，没有写入任何内容。" if dry_run else "导入完成，尚未入账。")


def _write_report(file: TextIO, outcome: StatementOutcome) -> None:
    """Writes the report line by line: a statement may have a hundred thousand."""
    head = json.dumps(outcome.head(), ensure_ascii=False, indent=1)
    file.write(head.removesuffix("\n}") + ',\n "rows": [')
    for place, line in enumerate(reported_lines()):
        entry = json.dumps(line.as_json(), ensure_ascii=False)
        file.write(f"{',' if place else ''}\n  {entry}")
    file.write("\n ]\n}\n")


def _bank_account(text: str) -> CompanyBankAccount:
    """Returns the bank account with this number, end of a number, bank or name; refuses unless
    there is just one.
    """
    number = plain_serial(text)
    accounts = CompanyBankAccount.objects.select_related("company")
    wanted = Q(number=number) | Q(bank=text) | Q(name=text)
    matching = list(accounts.filter(wanted)[:2])
    if not matching and number.isdigit() and len(number) >= _SHORTEST_TAIL:
        matching = list(accounts.filter(number__endswith=number)[:2])
    if len(matching) != 1:
        listed = "、".join(f"{row.number}（{row.bank}，{row.company.name}）" for row in accounts)
        raise NotFound(f"没有“{text}”这个银行账户，或不止一个。可选：{listed or '尚未登记'}")
    return matching[0]


def _check_target(target: Path | None) -> None:
    """Refuses a file in a directory that does not exist, before the import begins."""
    if target is not None and not target.absolute().parent.is_dir():
        raise Invalid("no_directory", f"没有 {target.absolute().parent} 这个目录，请先建立。")
