"""Receipts: numbered without gaps in the payment's own transaction, frozen with all they say."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from billing.bills.explain import explain_factors
from billing.bills.papers import ReceiptLine, ReceiptPaper
from billing.ledger.open_bills import OpenBill
from billing.models import Bill, BillLine, Method, Payment, Receipt
from billing.rules.allocation import Share
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.language import in_chinese
from office.models import JournalEntry
from office.money import in_words, yuan_text
from office.papers.codes import new_code
from office.papers.numbers import draw_paper_numbers


@dataclass(frozen=True)
class Settled:
    """A payment with what it settled, in whose name it is receipted, by whom and when."""

    payment: Payment
    items: list[tuple[OpenBill, Share[int]]]
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
    """Give the payment its receipt, in the name of its contract or of the one it belongs to.

    Call in the transaction that settles something with it.
    """
    return issue_receipts([Settled(payment, settled, contract or payment.contract, by, at)])[0]


def issue_receipts(settlements: Sequence[Settled]) -> list[Receipt]:
    """Gives several payments their receipts; a step as `issue_receipt` is."""
    payments = [settled.payment for settled in settlements]
    numbers = draw_paper_numbers(
        "receipt", [(payment.company, payment.business_date.year) for payment in payments]
    )
    charged = _charged_lines(settlements)
    with in_chinese():
        receipts = Receipt.objects.bulk_create(
            _receipt(settled, number, charged)
            for settled, number in zip(settlements, numbers, strict=True)
        )
    JournalEntry.objects.bulk_create(
        journal.entry("issue_receipt", receipt, by=settled.by, at=settled.at, number=receipt.number)
        for receipt, settled in zip(receipts, settlements, strict=True)
    )
    return receipts


def _charged_lines(settlements: Sequence[Settled]) -> dict[int, list[BillLine]]:
    """The lines of every bill that is paid at once, under its key."""
    whole = [
        item.bill.pk
        for settled in settlements
        for item, share in settled.items
        if share.paid_fen == item.bill.amount_fen
    ]
    charged: dict[int, list[BillLine]] = defaultdict(list)
    for line in BillLine.objects.filter(bill_id__in=whole).order_by("bill_id", "ordinal"):
        charged[line.bill_id].append(line)
    return charged


def _receipt(settled: Settled, number: str, charged: Mapping[int, list[BillLine]]) -> Receipt:
    code = new_code()
    return Receipt(
        company=settled.payment.company,
        payment=settled.payment,
        number=number,
        issued_at=settled.at,
        amount_fen=settled.payment.amount_fen,
        verification_code=code,
        paper=asdict(_write(settled, number, code, charged)),
    )


def _write(
    settled: Settled, number: str, code: str, charged: Mapping[int, list[BillLine]]
) -> ReceiptPaper:
    payment, contract, at = settled.payment, settled.contract, settled.at
    company = payment.company
    account = contract.account
    seasons = [item.bill.season.label for item, _ in settled.items]
    return ReceiptPaper(
        company=company.name,
        number=number,
        issued_on=f"{business_date(at):%Y-%m-%d}",
        payer=contract.customer.name,
        account_number=account.number,
        address=account.premise.address,
        season="、".join(dict.fromkeys(seasons)) or "预存",
        lines=tuple(_lines(settled, charged)),
        total=yuan_text(payment.amount_fen),
        total_in_words=in_words(payment.amount_fen),
        payment_method=payment.get_method_display(),
        cashier=payment.received_by.display_name if payment.received_by else "线上缴费",
        verification_code=code,
        verify_url=settings.PUBLIC_URL + reverse("verify_receipt", args=[code]),
        payment_reference=_reference(payment),
        contact=company.hotline,
        created=timezone.localtime(at).isoformat(timespec="seconds"),
    )


def _reference(payment: Payment) -> str:
    """What the payer can find again on a slip or in an app; cash has nothing of the kind."""
    if payment.method == Method.CASH:
        return ""
    return payment.reference or payment.transaction_id


def _lines(settled: Settled, charged: Mapping[int, list[BillLine]]) -> list[ReceiptLine]:
    lines = [
        line
        for item, share in settled.items
        for line in _settled(item.bill, share, charged.get(item.bill.pk, []))
    ]
    ahead = settled.payment.amount_fen - sum(share.paid_fen for _, share in settled.items)
    if ahead:
        lines.append(ReceiptLine("", "预存供热费", "抵缴以后账单", yuan_text(ahead)))
    return lines


def _settled(bill: Bill, share: Share[int], charged: list[BillLine]) -> list[ReceiptLine]:
    """A bill paid at once line by line, as it was charged; otherwise what was paid of it."""
    season = bill.season.label
    if charged:
        return [
            ReceiptLine(
                season, line.category_name, explain_factors(line), yuan_text(line.amount_fen)
            )
            for line in charged
        ]
    owed = f"，尚欠 {yuan_text(share.owed_fen)} 元" if share.owed_fen else ""
    said = f"账单 {bill.number}{owed}"
    return [ReceiptLine(season, bill.get_kind_display(), said, yuan_text(share.paid_fen))]
