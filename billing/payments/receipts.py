"""Receipts: numbered without gaps in the payment's own transaction; their text is frozen."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from billing.bills.explain import explain_factors
from billing.bills.papers import RECEIPT_TEXT, ReceiptLine, ReceiptPaper
from billing.ledger.connection_money import connection_money
from billing.ledger.open_bills import OpenBill
from billing.models import Bill, BillLine, Method, Payment, Receipt
from billing.rules.allocation import Share
from customers.models import Connection, SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.language import in_chinese
from office.models import JournalEntry
from office.money import in_words, yuan_text
from office.papers.codes import new_code
from office.papers.numbers import draw_paper_numbers


@dataclass(frozen=True)
class Settlement:
    """A payment with the bills it settled, and the contract, actor and time of its receipt."""

    payment: Payment
    settled_bills: list[tuple[OpenBill, Share[int]]]
    contract: SupplyContract
    by: Actor
    at: datetime


def issue_receipt(
    payment: Payment,
    settled: list[tuple[OpenBill, Share[int]]],
    *,
    contract: SupplyContract | None = None,
    by: Actor,
    at: datetime,
) -> Receipt:
    """A step of the operation that settles bills with the payment: issues its receipt.

    The payer on the receipt is who owes the bills of `contract`, which is the payment's own unless
    the money came for another. The caller holds the transaction, so that no number is lost.
    """
    return issue_receipts(
        [Settlement(payment, settled, contract or payment.heat_contract, by, at)]
    )[0]


def issue_receipts(settlements: Sequence[Settlement]) -> list[Receipt]:
    """A step, as `issue_receipt` is: serves several payments with the statements of one."""
    # The series is that of the year in which the receipt is issued, whatever day the money came.
    series = [(item.payment.company, business_date(item.at).year) for item in settlements]
    numbers = draw_paper_numbers("receipt", series)
    charged = _charged_lines(settlements)
    with in_chinese():
        receipts = Receipt.objects.bulk_create(
            _receipt(
                settlement.payment,
                number,
                _payer(settlement),
                tuple(_lines(settlement, charged)),
                settlement.at,
            )
            for settlement, number in zip(settlements, numbers, strict=True)
        )
    JournalEntry.objects.bulk_create(
        journal.entry(
            "issue_receipt", receipt, by=settlement.by, at=settlement.at, number=receipt.number
        )
        for receipt, settlement in zip(receipts, settlements, strict=True)
    )
    return receipts


def receipt_of(payment: Payment) -> str:
    """Returns the number of the payment's receipt; "" while the payment is in suspense."""
    receipt = getattr(payment, "receipt", None)
    return receipt.number if receipt is not None else ""


def issue_connection_receipt(
    payment: Payment, connection: Connection, *, by: Actor, at: datetime
) -> Receipt:
    """A step of the operation that books money of a connection: issues its receipt.

    The payer is the one of its contract, or the applicant of a connection without a contract.
    """
    (number,) = draw_paper_numbers("receipt", [(payment.company, business_date(at).year)])
    contract = connection.contracts.order_by("-pk").first()
    money = connection_money(connection)
    purpose = ReceiptLine(
        "",
        "入网费",
        f"累计已付 {yuan_text(money.paid_fen)} 元，尚欠 {yuan_text(money.open_fen)} 元",
        yuan_text(payment.amount_fen),
    )
    payer = _Payer(
        contract.payer if contract else connection.applicant,
        connection.number,
        connection.address,
        connection.project,
        number_label="入网编号",
        purpose_label="入网项目",
    )
    with in_chinese():
        receipt = _receipt(payment, number, payer, (purpose,), at)
        receipt.save(force_insert=True)
    journal.record("issue_receipt", receipt, by=by, at=at, number=receipt.number)
    return receipt


def _charged_lines(settlements: Sequence[Settlement]) -> dict[int, list[BillLine]]:
    """Returns the lines of every bill that was paid in full at once, under the bill's id."""
    whole = [
        item.bill.pk
        for settlement in settlements
        for item, share in settlement.settled_bills
        if share.paid_fen == item.bill.amount_fen and not item.is_late_fee
    ]
    charged: dict[int, list[BillLine]] = defaultdict(list)
    for line in BillLine.objects.filter(bill_id__in=whole).order_by("bill_id", "ordinal"):
        charged[line.bill_id].append(line)
    return charged


@dataclass(frozen=True)
class _Payer:
    """What a receipt says about its payer, and for which time or thing the money is."""

    name: str
    number: str
    address: str
    purpose: str
    number_label: str = "户号"
    purpose_label: str = "采暖季"


def _payer(settlement: Settlement) -> _Payer:
    """Returns who owes the bills of the settlement's contract, and their seasons."""
    account = settlement.contract.account
    seasons = [item.bill.season.label for item, _ in settlement.settled_bills]
    return _Payer(
        settlement.contract.debtor.name,
        account.number,
        account.premise.address,
        "、".join(dict.fromkeys(seasons)) or "预存",
    )


def _receipt(
    payment: Payment, number: str, payer: _Payer, lines: tuple[ReceiptLine, ...], at: datetime
) -> Receipt:
    """Returns the unsaved receipt with its number, its code and its frozen text."""
    code = new_code()
    return Receipt(
        company=payment.company,
        payment=payment,
        number=number,
        issued_at=at,
        amount_fen=payment.amount_fen,
        verification_code=code,
        paper=RECEIPT_TEXT.freeze(_write_paper(payment, number, code, payer, lines, at)),
    )


def _write_paper(
    payment: Payment,
    number: str,
    code: str,
    payer: _Payer,
    lines: tuple[ReceiptLine, ...],
    at: datetime,
) -> ReceiptPaper:
    """Returns the text of the receipt, as it is printed and frozen."""
    company = payment.company
    return ReceiptPaper(
        company=company.name,
        number=number,
        issued_on=f"{business_date(at):%Y-%m-%d}",
        payer=payer.name,
        account_number=payer.number,
        address=payer.address,
        season=payer.purpose,
        number_label=payer.number_label,
        purpose_label=payer.purpose_label,
        lines=lines,
        total=yuan_text(payment.amount_fen),
        total_in_words=in_words(payment.amount_fen),
        payment_method=payment.get_method_display(),
        cashier=payment.received_by.display_name if payment.received_by else "线上缴费",
        verification_code=code,
        verify_url=settings.PUBLIC_URL + reverse("verify_receipt", args=[code]),
        payment_reference=_reference(payment),
        note=_note(payment, at),
        contact=company.hotline,
        created=timezone.localtime(at).isoformat(timespec="seconds"),
    )


def _note(payment: Payment, at: datetime) -> str:
    """Returns the day on which the money arrived, where it is not the day of the receipt."""
    if payment.business_date == business_date(at):
        return ""
    return f"款项入账日期 {payment.business_date:%Y-%m-%d}"


def _reference(payment: Payment) -> str:
    """Returns the number that the payer finds on a card slip or in the app; cash has none."""
    if payment.method == Method.CASH:
        return ""
    return payment.reference or payment.transaction_id


def _lines(settlement: Settlement, charged: Mapping[int, list[BillLine]]) -> list[ReceiptLine]:
    """Returns the lines of the receipt: what was settled, then what is paid ahead."""
    lines = [
        line
        for item, share in settlement.settled_bills
        for line in (
            [_late_fee_line(item.bill, share)]
            if item.is_late_fee
            else _bill_lines(item.bill, share, charged.get(item.bill.pk, []))
        )
    ]
    advance_fen = settlement.payment.amount_fen - sum(
        share.paid_fen for _, share in settlement.settled_bills
    )
    if advance_fen:
        lines.append(ReceiptLine("", "预存供热费", "抵缴以后账单", yuan_text(advance_fen)))
    return lines


def _late_fee_line(bill: Bill, share: Share[int]) -> ReceiptLine:
    """Returns the line of a late fee that was paid, with what is left of it."""
    owed = f"，尚欠 {yuan_text(share.owed_fen)} 元" if share.owed_fen else ""
    return ReceiptLine(
        bill.season.label, "违约金", f"账单 {bill.number}{owed}", yuan_text(share.paid_fen)
    )


def _bill_lines(bill: Bill, share: Share[int], charged: list[BillLine]) -> list[ReceiptLine]:
    """Returns the lines of a bill that was paid in full at once, else a line with the part paid."""
    season = bill.season.label
    if charged:
        return [
            ReceiptLine(
                season, line.category_name, explain_factors(line), yuan_text(line.amount_fen)
            )
            for line in charged
        ]
    owed = f"，尚欠 {yuan_text(share.owed_fen)} 元" if share.owed_fen else ""
    working = f"账单 {bill.number}{owed}"
    return [ReceiptLine(season, bill.get_kind_display(), working, yuan_text(share.paid_fen))]
