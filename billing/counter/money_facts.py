"""What a cashier enters, and the facts about money that it states: pure values, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from billing.models import Bill, Method
from billing.payments.receive import MoneyFact
from office.zone import SHANGHAI


@dataclass(frozen=True)
class CounterForm:
    """What the cashier saw and entered.

    `form_key` is drawn when the screen is shown: sending the same form twice books once.
    `seen_open_fen` is the debt the screen showed: when it is no longer so, nothing is taken.
    `former` says that the screen showed an ended contract as such.
    """

    form_key: str
    bills: Sequence[Bill]
    amount_fen: int
    seen_open_fen: int
    former: bool = False


@dataclass(frozen=True)
class CardSlip:
    """What identifies a card payment on the slip; the card itself only by its last four digits."""

    merchant_no: str
    terminal: str
    batch: str
    trace: str
    card_tail: str


def cash_fact(form: CounterForm, at: datetime) -> MoneyFact:
    """Cash is named by the form it was entered in."""
    return MoneyFact("counter", form.form_key, Method.CASH, form.amount_fen, at)


def card_fact(form: CounterForm, slip: CardSlip, at: datetime) -> MoneyFact:
    """A card payment is named by its slip."""
    slip_key = f"{slip.merchant_no}-{slip.terminal}-{slip.batch}-{slip.trace}"
    tail = f"尾号 {slip.card_tail}"
    return MoneyFact("unionpay", slip_key, Method.CARD, form.amount_fen, at, tail)


def transfer_fact(form: CounterForm, reference: str, value_date: date) -> MoneyFact:
    """A corporate transfer is named by the bank's serial number and dated at noon."""
    noon = datetime.combine(value_date, time(12), SHANGHAI)
    return MoneyFact("bank", reference, Method.TRANSFER, form.amount_fen, noon, reference)


def intent_key(form: CounterForm) -> str:
    """The key by which a form sent twice finds what it did the first time."""
    return f"counter:{form.form_key}"
