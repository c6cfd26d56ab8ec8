"""The demo's bank statement: transfers that were entered, some that were not, and what banks do."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.base import ContentFile

from billing.ledger.open_bills import open_bills_by_contract
from billing.models import BankStatement, CompanyBankAccount, GroupPayment, Payment
from billing.statements.operations import import_statement
from customers.models import SupplyContract
from heating.demo.calendar import Storyline
from office.actors import Actor
from office.money import yuan_text

ENTERED = 6
OWING = 12
_OPENING_FEN = 100_000_00
_HEADING = (
    *("交易日期", "交易时间", "借方发生额(支取)", "贷方发生额(收入)", "余额", "对方户名"),
    *("对方账号", "摘要", "交易流水号"),
)


@dataclass(frozen=True)
class _Line:
    """A line to be printed; the net amount is in fen."""

    day: date
    net_fen: int
    name: str
    remark: str
    serial: str = ""


def take_in_statement(
    bank_account: CompanyBankAccount, story: Storyline, *, by: Actor
) -> BankStatement | None:
    """Writes the statement of the last days as the bank would and imports it; None before anybody
    owes.
    """
    lines = sorted(_lines(bank_account, story), key=lambda line: line.day)
    if not lines:
        return None
    name = f"{bank_account.company.short_name}银行对账单.csv"
    return import_statement(
        bank_account,
        ContentFile(_printed(bank_account, lines), name),
        dry_run=False,
        by=by,
        at=story.minutes_ago(45),
    )


def _lines(bank_account: CompanyBankAccount, story: Storyline) -> Iterator[_Line]:
    for paper in GroupPayment.objects.filter(bank_account=bank_account):
        yield _Line(
            paper.business_date, paper.amount_fen, paper.payer_name, "职工供热费", paper.reference
        )
    entered = Payment.objects.filter(bank_account=bank_account, group=None).select_related(
        "contract__customer", "connection"
    )
    for payment in entered.order_by("-business_date", "-pk")[:ENTERED]:
        name, purpose = (
            (payment.connection.applicant, "入网费")
            if payment.connection
            else (payment.heat_contract.customer.name, "供热费")
        )
        yield _Line(payment.business_date, payment.amount_fen, name, purpose, payment.reference)
    owing = _owing(bank_account)
    yesterday = story.today - timedelta(days=1)
    for place, (contract, open_fen) in enumerate(owing):
        number, name = contract.account.number, contract.customer.name
        match place % 4:
            case 0:
                yield _Line(yesterday, open_fen, name, f"取暖费 户号{number}")
            case 1:
                yield _Line(yesterday, open_fen, name, "")
            case 2:
                yield _Line(
                    yesterday, open_fen, "某某商贸有限公司", f"代缴 {number[:5]} {number[5:]}"
                )
            case _:
                yield _Line(yesterday, open_fen // 2, name, "暖气费")
    if owing:
        contract, open_fen = owing[-1]
        yield _Line(yesterday, 1_500_00, "某某物业服务有限公司", "代收热费")
        yield _Line(yesterday, 1_500_00, "某某物业服务有限公司", "代收热费")
        yield _Line(yesterday, 888_00, "张某某", f"户号{contract.account.number}")
        yield _Line(yesterday, -888_00, "张某某", "冲正")
        yield _Line(yesterday, -15_16, "", "手续费")
        yield _Line(yesterday, -36_000_00, "某某能源有限公司", "煤款")


def _owing(bank_account: CompanyBankAccount) -> list[tuple[SupplyContract, int]]:
    """Returns contracts with what is open on them in fen, the last accounts first."""
    contracts = list(
        SupplyContract.objects.filter(
            company=bank_account.company, ends__isnull=True, bills__isnull=False
        )
        .select_related("account", "customer")
        .order_by("-account__number")
        .distinct()[: OWING * 20]
    )
    open_bills = open_bills_by_contract(contract.pk for contract in contracts)
    owing = [
        (contract, sum(item.open_fen for item in open_bills[contract.pk]))
        for contract in contracts
        if contract.pk in open_bills
    ]
    return owing[:OWING]


def _printed(bank_account: CompanyBankAccount, lines: list[_Line]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([f"账号：{bank_account.number}", f"户名：{bank_account.name}", "币种：人民币"])
    writer.writerow([f"期初余额：{yuan_text(_OPENING_FEN)}"])
    writer.writerow(_HEADING)
    balance_fen = _OPENING_FEN
    for place, line in enumerate(lines, start=1):
        balance_fen += line.net_fen
        reversal = line.remark == "冲正"
        received = line.net_fen if line.net_fen > 0 or reversal else 0
        paid = 0 if received else -line.net_fen
        writer.writerow(
            [
                f"{line.day:%Y%m%d}",
                f"{8 + place // 6:02d}:{place % 6 * 10:02d}:00",
                yuan_text(paid) if paid else "",
                yuan_text(received) if received else "",
                yuan_text(balance_fen),
                line.name,
                f"62{_digits(line.name):014d}\t" if line.name else "",
                line.remark,
                f"{line.serial or f'{line.day:%Y%m%d}9{place:07d}'}\t",
            ]
        )
    return text.getvalue().encode("gb18030")


def _digits(name: str) -> int:
    """Returns a number below 10**14 that is the same for a name every time."""
    number = 0
    for letter in name:
        number = (number * 7919 + ord(letter)) % 10**14
    return number
