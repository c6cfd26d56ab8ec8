"""Money of grid connections is taken at the counter; it ends in `receive_payment` like all money.

A payer of a connection, usually a developer, has no heating account: the connection stands in its
place.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.bank.accounts import check_serial
from billing.counter.guards import (
    check_bank_account,
    check_not_entered,
    check_slip,
    check_value_date,
    entered_already,
    one_of_two,
    sent_before,
)
from billing.counter.limits import counter_limit
from billing.counter.money_facts import (
    CardSlip,
    CounterForm,
    card_fact,
    cash_fact,
    intent_key,
    transfer_fact,
)
from billing.counter.shifts import lock_open_shift
from billing.ledger.connection_money import connection_money
from billing.models import CompanyBankAccount, Method, Payment, Shift
from billing.payments.intents import create_connection_intent
from billing.payments.receive import MoneyFact, receive_payment
from customers.connection.steps import lock_connection
from customers.contracts.locking import lock_accounts
from customers.models import Connection
from office.actors import Actor
from office.calendar import business_date
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Refused


@dataclass(frozen=True)
class FeeForm:
    """What the cashier saw and typed: the key of the form, the debt on the page, the amount."""

    form_key: str
    seen_open_fen: int
    amount_fen: int

    @property
    def counter_form(self) -> CounterForm:
        """Returns it as the facts of the counter take it: a connection has no bills."""
        return CounterForm(self.form_key, (), self.amount_fen, self.seen_open_fen)


@transaction.atomic
def take_connection_cash(
    connection: Connection, form: FeeForm, *, by: Actor, at: datetime
) -> Payment:
    """Takes cash for a connection into the cashier's open shift; the same form books once."""
    authorise(by, "billing.take_cash", connection.company)
    return _take(connection, form, cash_fact(form.counter_form, at), by=by, at=at)


@transaction.atomic
def take_connection_card(
    connection: Connection, form: FeeForm, slip: CardSlip, *, by: Actor, at: datetime
) -> Payment:
    """Enters a card slip for a connection; refuses a slip that is entered already."""
    authorise(by, "billing.take_card", connection.company)
    check_slip(slip)
    return _take(connection, form, card_fact(form.counter_form, slip, at), by=by, at=at)


@transaction.atomic
def enter_connection_transfer(
    connection: Connection,
    form: FeeForm,
    *,
    bank_account: CompanyBankAccount,
    bank_reference: str,
    value_date: date,
    by: Actor,
    at: datetime,
) -> Payment:
    """Enters a corporate transfer for a connection by its bank serial number.

    Money that came after the connection was given up goes to suspense: a person decides whose it
    is. There is no limit as at the till, because the bank has the money already.
    """
    authorise(by, "billing.enter_transfer", connection.company)
    reference = bank_reference.strip()
    check_serial(reference)
    check_value_date(connection.company, value_date, today=business_date(at))
    check_bank_account(bank_account, connection.company, value_date)
    fact = transfer_fact(form.counter_form, bank_account, reference, value_date)
    return _receive(connection, form, fact, None, by=by, at=at)


def _take(
    connection: Connection, form: FeeForm, fact: MoneyFact, *, by: Actor, at: datetime
) -> Payment:
    """Books cash or a card slip into the cashier's open shift; refuses what is above the limit."""
    limit_fen = counter_limit(connection.company, business_date(at))
    if form.amount_fen > limit_fen:
        raise Refused(
            "above_limit",
            _("收款金额超过限额 %(limit)s 元，请付款方用对公转账支付。"),
            limit=yuan_text(limit_fen),
        )
    # The connection before the shift, as every operation locks the account before it.
    _lock(connection)
    shift = lock_open_shift(by, connection.company)
    return _receive(connection, form, fact, shift, by=by, at=at)


def _receive(
    connection: Connection,
    form: FeeForm,
    fact: MoneyFact,
    shift: Shift | None,
    *,
    by: Actor,
    at: datetime,
) -> Payment:
    """Books the money, or returns what the same form booked before."""
    locked_connection = _lock(connection)
    digest = _digest(connection, form, [fact.method, fact.transaction_id, fact.reference])
    earlier = sent_before(form.counter_form, digest)
    if earlier is not None and (booked := earlier.payments.first()) is not None:
        return booked
    check_not_entered(fact, connection.company)
    is_late = _check_owed(locked_connection, form, fact.method)
    with one_of_two(connection.company, fact):
        intent = create_connection_intent(
            locked_connection,
            form.amount_fen,
            idempotency_key=intent_key(form.counter_form),
            request_digest=digest,
            by=by,
            at=at,
        )
        payment = receive_payment(intent, fact, shift=shift, to_suspense=is_late, by=by, at=at)
        if payment.intent_id != intent.pk:
            raise entered_already(payment, connection.company)
        return payment


def _lock(connection: Connection) -> Connection:
    """Locks the connection; enters the books first, as every payment does."""
    lock_accounts(())
    return lock_connection(connection)


def _check_owed(connection: Connection, form: FeeForm, method: Method) -> bool:
    """Refuses money that the contract does not ask for; returns whether a transfer came too late.

    The caller has locked the connection.
    """
    money = connection_money(connection)
    if money.open_fen != form.seen_open_fen:
        raise Refused(
            "balance_changed",
            _("该项目欠费刚刚有变动，请核对后重新收款；本次没有入账。"),
        )
    if not money.owed_fen:
        if method != Method.TRANSFER:
            raise Refused(
                "no_connection_contract",
                _("该项目没有生效的入网合同，不能收款；已到账的转账可登记为待查款项。"),
            )
        return True
    if form.amount_fen > money.open_fen:
        raise Refused(
            "more_than_owed_for_connection",
            _("该项目尚欠 %(open)s 元，收款不能多于它。"),
            open=yuan_text(money.open_fen),
        )
    return False


def _digest(connection: Connection, form: FeeForm, fact_words: Sequence[str]) -> str:
    """Returns the digest of all that a form was made for; the same key with another is refused."""
    made_for = ["connection", connection.pk, form.amount_fen, form.seen_open_fen, *fact_words]
    return hashlib.sha256(json.dumps(made_for, ensure_ascii=False).encode()).hexdigest()
