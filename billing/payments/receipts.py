"""Receipts: numbered without gaps in the payment's own transaction, frozen with all they say."""

import secrets
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from billing.bills.explain import explain_factors
from billing.bills.papers import ReceiptLine, ReceiptPaper
from billing.ledger.open_bills import OpenBill
from billing.models import Bill, Method, Payment, Receipt
from billing.rules.allocation import Share
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.language import in_chinese
from office.money import in_words, yuan_text
from office.numbering import draw_numbers

# Without 0/O, 1/I/L: people read these codes to each other over the phone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


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
    code = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    number = _draw_receipt_number(payment)
    with in_chinese():
        paper = _write(payment, contract or payment.contract, settled, number, code, at)
    receipt = Receipt.objects.create(
        company=payment.company,
        payment=payment,
        number=number,
        issued_at=at,
        amount_fen=payment.amount_fen,
        verification_code=code,
        paper=asdict(paper),
    )
    journal.record("issue_receipt", receipt, by=by, at=at, number=number)
    return receipt


def _draw_receipt_number(payment: Payment) -> str:
    code, year = payment.company.code, payment.business_date.year
    sequence = draw_numbers(f"receipt:{code}:{year}")
    return f"{code}{year}{sequence:08d}"


def _write(
    payment: Payment,
    contract: SupplyContract,
    settled: list[tuple[OpenBill, Share[int]]],
    number: str,
    code: str,
    at: datetime,
) -> ReceiptPaper:
    company = payment.company
    account = contract.account
    seasons = [item.bill.season.label for item, _ in settled]
    return ReceiptPaper(
        company=company.name,
        number=number,
        issued_on=f"{business_date(at):%Y-%m-%d}",
        payer=contract.customer.name,
        account_number=account.number,
        address=account.premise.address,
        season="、".join(dict.fromkeys(seasons)) or "预存",
        lines=tuple(_lines(payment, settled)),
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


def _lines(payment: Payment, settled: list[tuple[OpenBill, Share[int]]]) -> list[ReceiptLine]:
    lines = [line for item, share in settled for line in _settled(item.bill, share)]
    ahead = payment.amount_fen - sum(share.paid_fen for _, share in settled)
    if ahead:
        lines.append(ReceiptLine("", "预存供热费", "抵缴以后账单", yuan_text(ahead)))
    return lines


def _settled(bill: Bill, share: Share[int]) -> list[ReceiptLine]:
    """A bill paid at once line by line, as it was charged; otherwise what was paid of it."""
    season = bill.season.label
    charged = bill.lines.order_by("ordinal") if share.paid_fen == bill.amount_fen else []
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
