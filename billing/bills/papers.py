"""The contents of the papers that customers receive: finished texts, formatted by the caller."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from office.papers.copies import copy_mark
from office.papers.frozen import FrozenText

# A form has at least this many lines; a paper with more is laid out by itself.
RECEIPT_ROWS = 6
BILL_ROWS = 7


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One paid item of a receipt; `working` reads like "90.00 m² × 3.60 元/m²·月 × 5 个月"."""

    season: str
    item: str
    working: str
    amount: str


class _Paper:
    """The texts that both papers print in the same words."""

    __slots__ = ()
    copy: int
    total: str

    @property
    def copy_mark(self) -> str:
        return copy_mark(self.copy)

    @property
    def total_in_figures(self) -> str:
        return f"¥ {self.total}"


@dataclass(frozen=True, slots=True)
class ReceiptPaper(_Paper):
    """收据, the receipt, A5 landscape: `billing/payments/receipt.html`."""

    company: str
    number: str
    issued_on: str
    payer: str
    account_number: str
    address: str
    season: str
    lines: tuple[ReceiptLine, ...]
    total: str
    total_in_words: str
    payment_method: str
    cashier: str
    verification_code: str
    verify_url: str
    payment_reference: str = ""
    contact: str = ""
    note: str = ""
    # Counts reprints: the original is 0.
    copy: int = 0
    voided: bool = False
    # ISO 8601, for the PDF's own creation date.
    created: str = ""
    # A fee of a grid connection has no account and no season.
    number_label: str = "户号"
    purpose_label: str = "采暖季"

    @property
    def form(self) -> Hashable:
        """Returns the texts that are printed outside the slots."""
        return (
            self.company,
            self.contact,
            self.copy > 0,
            self.voided,
            self.number_label,
            self.purpose_label,
        )

    @property
    def rows(self) -> tuple[ReceiptLine, ...]:
        """Returns the lines, filled up with empty ones to the form's number of rows."""
        return self.lines + _NO_RECEIPT_LINES[len(self.lines) :]


@dataclass(frozen=True, slots=True)
class BillLine:
    """One charge or credit of a bill with its explanation and the rule that it is based on."""

    item: str
    working: str
    basis: str
    amount: str


@dataclass(frozen=True, slots=True)
class BillPaper(_Paper):
    """供热缴费通知单, the payment notice, A4 portrait: `billing/bills/bill.html`."""

    company: str
    number: str
    issued_on: str
    payer: str
    account_number: str
    address: str
    season: str
    due_on: str
    lines: tuple[BillLine, ...]
    charged: str
    arrears: str
    credited: str
    total: str
    total_in_words: str
    verification_code: str
    pay_url: str
    title: str = "供热缴费通知单"
    # Sentences that are the same for all bills of a run.
    ways_to_pay: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    contact: str = ""
    copy: int = 0
    voided: bool = False
    created: str = ""

    @property
    def form(self) -> Hashable:
        """Returns the texts that are printed outside the slots."""
        return (
            self.title,
            self.company,
            self.contact,
            self.ways_to_pay,
            self.notices,
            self.copy > 0,
            self.voided,
        )

    @property
    def rows(self) -> tuple[BillLine, ...]:
        """Returns the lines, filled up with empty ones to the form's number of rows."""
        return self.lines + _NO_BILL_LINES[len(self.lines) :]


RECEIPT_TEXT = FrozenText(ReceiptPaper)


def receipt_paper(
    stored: Mapping[str, Any], *, copy: int = 0, revoked: bool = False
) -> ReceiptPaper:
    """Returns the paper as it was issued, from the data stored in `Receipt.paper`.

    `copy` is the number of the copy, 0 for the original; a revoked receipt is marked 作废.
    """
    return replace(RECEIPT_TEXT.thaw(stored), copy=copy, voided=revoked)


_NO_RECEIPT_LINES = (ReceiptLine("", "", "", ""),) * RECEIPT_ROWS
_NO_BILL_LINES = (BillLine("", "", "", ""),) * BILL_ROWS
