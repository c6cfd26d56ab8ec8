"""The cashier's entries and the facts about money they state: pure values without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from billing.models import Bill, Method
from billing.payments.receive import MoneyFact
from office.zone import SHANGHAI


@dataclass(frozen=True)
class CounterForm:
    """The figures that the cashier saw and entered.

    `form_key` is drawn when the page is shown: the same form sent twice is booked once.
    `seen_open_fen` is the debt that the page showed: when it has changed since, no money is taken.
    `former` says that the page marked the contract as ended.
    """

    form_key: str
    bills: Sequence[Bill]
    amount_fen: int
    seen_open_fen: int
    former: bool = False


@dataclass(frozen=True)
class CardSlip:
    """The fields that identify a card payment on its slip, with the card's last four digits."""

    merchant_no: str
    terminal: str
    batch: str
    trace: str
    card_tail: str


def cash_fact(form: CounterForm, at: datetime) -> MoneyFact:
    """Returns the fact for cash; the form's key serves as its transaction id."""
    return MoneyFact("counter", form.form_key, Method.CASH, form.amount_fen, at)


def card_fact(form: CounterForm, slip: CardSlip, at: datetime) -> MoneyFact:
    """Returns the fact for a card payment; its slip's numbers serve as the transaction id."""
    slip_key = f"{slip.merchant_no}-{slip.terminal}-{slip.batch}-{slip.trace}"
    tail = f"尾号 {slip.card_tail}"
    return MoneyFact("unionpay", slip_key, Method.CARD, form.amount_fen, at, tail)


def transfer_fact(form: CounterForm, reference: str, value_date: date) -> MoneyFact:
    """Returns the fact for a corporate transfer.

    The bank's serial number is the transaction id. A statement gives only the date, so the time is
    noon.
    """
    noon = datetime.combine(value_date, time(12), SHANGHAI)
    return MoneyFact("bank", reference, Method.TRANSFER, form.amount_fen, noon, reference)


def intent_key(form: CounterForm) -> str:
    """Returns the idempotency key under which a form sent twice finds its first intent."""
    return f"counter:{form.form_key}"
