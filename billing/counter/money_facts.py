"""The cashier's entries and the facts about money they state: pure values without a database."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from billing.bank.accounts import bank_transaction_id
from billing.models import Bill, CompanyBankAccount, Method
from billing.payments.receive import MoneyFact
from customers.models import SupplyContract
from office.zone import SHANGHAI


@dataclass(frozen=True)
class CounterForm:
    """The figures that the cashier saw and entered.

    `form_key` is drawn when the page is shown: the same form sent twice is booked once.
    `seen_open_fen` is the debt that the page showed: when it has changed since, no money is taken.
    `former` says that the page marked the contract as ended, `beyond_debt` that the cashier
    was asked and takes more than is owed on purpose.
    """

    form_key: str
    bills: Sequence[Bill]
    amount_fen: int
    seen_open_fen: int
    former: bool = False
    beyond_debt: bool = False


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
    slip_key = f"{slip.merchant_no}-{slip.terminal}-{slip.batch}-{slip.trace}".upper()
    tail = f"尾号 {slip.card_tail}"
    return MoneyFact("unionpay", slip_key, Method.CARD, form.amount_fen, at, tail)


def transfer_fact(
    form: CounterForm, account: CompanyBankAccount, reference: str, value_date: date
) -> MoneyFact:
    """Returns the fact for a corporate transfer.

    The receiving bank account and the bank's serial number are the transaction id: banks may give
    the same number. A statement gives only the date, so the time is noon.
    `reference` is kept as it was typed, for the receipt.
    """
    return MoneyFact(
        "bank",
        bank_transaction_id(account, reference),
        Method.TRANSFER,
        form.amount_fen,
        datetime.combine(value_date, time(12), SHANGHAI),
        reference,
        account,
    )


def form_digest(contract: SupplyContract, form: CounterForm, fact_words: Sequence[str]) -> str:
    """Returns the digest of all that a form was made for; the same key with another is refused.

    `fact_words` are the method and whatever identifies the money.
    """
    made_for = [
        contract.pk,
        sorted(bill.pk for bill in form.bills),
        form.amount_fen,
        form.seen_open_fen,
        *fact_words,
    ]
    return hashlib.sha256(json.dumps(made_for, ensure_ascii=False).encode()).hexdigest()


def intent_key(form: CounterForm) -> str:
    """Returns the idempotency key under which a form sent twice finds its first intent."""
    return f"counter:{form.form_key}"
