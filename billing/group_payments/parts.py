"""The list of accounts and amounts, read from what was typed, pasted or uploaded."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from billing.ledger.late_fees import NO_LATE_FEES, in_order_of_spending, late_fees_by_contract
from billing.ledger.open_bills import open_bills_by_contract
from billing.wechat.blocking import blocking_orders
from customers.models import SupplyContract
from office.calendar import business_date
from office.intake.cells import (
    UnsolvedFormula,
    exact_code,
    read_code,
    read_fen,
    sentence_about,
    shown,
)
from office.intake.columns import Columns, Header
from office.intake.sheet import ListSheet
from office.models import Company
from office.refusals import Invalid

COLUMNS = Columns(
    names={
        "number": ("户号", "用户编号", "客户编号", "用热户号"),
        "amount": ("金额", "缴费金额", "应缴金额", "缴款金额", "代缴金额"),
        "name": ("户名", "姓名", "用户名称", "用户姓名"),
    },
    required=("number", "amount"),
    anchor="number",
    fewest=2,
)
_BETWEEN = re.compile(r"\t+|[ \u3000]+|[;；，]")


@dataclass(frozen=True)
class TypedPart:
    """A line of the list as it was typed; `fault` says why it cannot be read."""

    row: int
    number: str
    amount_fen: int = 0
    name: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Part:
    """An account's share of the paper in fen, and the debt that the preview showed."""

    contract: SupplyContract
    amount_fen: int
    seen_open_fen: int


@dataclass(frozen=True)
class PreviewRow:
    """A line of the preview: what would be booked, or why it cannot be."""

    typed: TypedPart
    contract: SupplyContract | None = None
    open_fen: int = 0
    remark: str = ""

    @property
    def ahead_fen(self) -> int:
        """Returns what is more than the debt and stays as an advance."""
        return max(0, self.typed.amount_fen - self.open_fen)


@dataclass(frozen=True)
class Preview:
    """All lines with what they come to; nothing is booked while one of them has a fault."""

    rows: Sequence[PreviewRow]

    @property
    def total_fen(self) -> int:
        return sum(row.typed.amount_fen for row in self.rows)

    @property
    def ahead_fen(self) -> int:
        return sum(row.ahead_fen for row in self.rows)

    @property
    def fault_count(self) -> int:
        return sum(bool(row.typed.fault) for row in self.rows)

    @property
    def seen(self) -> str:
        """Returns the debts of the preview, for the form that books them."""
        return " ".join(f"{row.contract.pk}:{row.open_fen}" for row in self.rows if row.contract)

    def parts(self, seen: Mapping[int, int]) -> list[Part]:
        """Returns the parts with the debts that the clerk had seen, by contract."""
        return [
            Part(row.contract, row.typed.amount_fen, seen.get(row.contract.pk, -1))
            for row in self.rows
            if row.contract is not None
        ]


def text_of_sheet(sheet: ListSheet) -> str:
    """Returns the rows of a spreadsheet as the lines that a clerk could have typed.

    Raises `Invalid` for a formula without a stored result, by its cell.
    """
    keys = [key for key in ("number", "amount", "name") if key in sheet.header.places]
    return "\n".join(
        "\t".join(_typed(sheet.header, key, cells) for key in keys) for _row, cells in sheet.rows()
    )


def _typed(header: Header, key: str, cells: Sequence[object]) -> str:
    place = header.places[key]
    cell = cells[place] if place < len(cells) else ""
    if isinstance(cell, UnsolvedFormula):
        raise Invalid("formula_unsolved", sentence_about(header.heading(key), cell.fault))
    return shown(cell).replace(" ", "")


def read_parts(text: str) -> list[TypedPart]:
    """Reads lines of account number, amount in yuan and perhaps a name; empty ones are skipped."""
    lines = ((row, line.strip()) for row, line in enumerate(text.splitlines(), start=1))
    return [_read_line(row, line) for row, line in lines if line]


def _read_line(row: int, line: str) -> TypedPart:
    number, *rest = [word.strip() for word in _BETWEEN.split(line, maxsplit=2)]
    try:
        code = read_code(exact_code(number))
    except ValueError as error:
        return TypedPart(row, number, fault=sentence_about("户号", error))
    name = rest[1] if len(rest) > 1 else ""
    try:
        amount_fen = read_fen(rest[0] if rest else "")
        if amount_fen <= 0:
            raise ValueError("必须大于零")
    except ValueError as error:
        return TypedPart(row, code, name=name, fault=sentence_about("金额", error))
    return TypedPart(row, code, amount_fen, name)


def preview_parts(company: Company, typed_parts: Sequence[TypedPart], at: datetime) -> Preview:
    """Returns the lines with their accounts of the company and what these owe at a moment.

    The number of queries does not grow with the number of lines.
    """
    wanted = {part.number for part in typed_parts}
    contracts = {
        contract.account.number: contract
        for contract in SupplyContract.objects.filter(
            company=company, ends__isnull=True, account__number__in=wanted
        ).select_related("account__premise", "customer", "payer", "company")
    }
    debts = owed_by_contract([contract.pk for contract in contracts.values()], business_date(at))
    paying_online = set(
        blocking_orders([contract.pk for contract in contracts.values()], at).values_list(
            "intent__contract", flat=True
        )
    )
    times = Counter(part.number for part in typed_parts)
    rows = []
    for part in typed_parts:
        contract = contracts.get(part.number)
        fault, remark = part.fault, ""
        if not fault and contract is None:
            fault = _("本公司没有这个户号，或该户没有生效的合同")
        elif not fault and times[part.number] > 1:
            fault = _("户号重复，请合并为一行")
        elif not fault and contract and contract.pk in paying_online:
            fault = _("有一笔未结束的微信支付，请先到收费台关闭")
        if contract and part.name and part.name != contract.customer.name:
            remark = _("户名与登记的不同")
        open_fen = debts.get(contract.pk, 0) if contract else 0
        rows.append(PreviewRow(replace(part, fault=fault), contract, open_fen, remark))
    return Preview(rows)


def owed_by_contract(contract_ids: Sequence[int], on: date) -> dict[int, int]:
    """Returns what each contract owes on a day, bills and late fees, in fen."""
    bills = open_bills_by_contract(contract_ids)
    fees = late_fees_by_contract(dict.fromkeys(contract_ids, on))
    return {
        contract_id: sum(
            item.open_fen
            for item in in_order_of_spending(
                bills.get(contract_id, []), fees.get(contract_id, NO_LATE_FEES)
            )
        )
        for contract_id in contract_ids
    }
