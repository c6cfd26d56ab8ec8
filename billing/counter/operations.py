"""Money entered by hand: cash, card slips and transfers; and WeChat orders at the counter."""

from datetime import date, datetime

from django.db import transaction

from billing.bank.accounts import check_serial
from billing.counter.guards import (
    check_bank_account,
    check_not_entered,
    check_slip,
    check_still_so,
    check_value_date,
    entered_already,
    one_of_two,
    sent_before,
)
from billing.counter.large_payments import approval_for, use_approval
from billing.counter.money_facts import (
    CardSlip,
    CounterForm,
    card_fact,
    cash_fact,
    form_digest,
    intent_key,
    transfer_fact,
)
from billing.counter.shifts import lock_open_shift
from billing.models import Attempt, CompanyBankAccount, Method, Payment, Shift
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.wechat.attempts import start_wechat_payment
from customers.contracts.locking import lock_account
from customers.models import SupplyContract
from office.actors import Actor
from office.calendar import business_date
from office.permissions import authorise


@transaction.atomic
def take_cash(contract: SupplyContract, form: CounterForm, *, by: Actor, at: datetime) -> Payment:
    """Takes cash into the cashier's open shift; the same form sent again books nothing more."""
    authorise(by, "billing.take_cash", contract.company)
    return _take(contract, form, cash_fact(form, at), by=by, at=at)


@transaction.atomic
def take_card(
    contract: SupplyContract, form: CounterForm, slip: CardSlip, *, by: Actor, at: datetime
) -> Payment:
    """Enters a card slip; refuses a slip that is entered already."""
    authorise(by, "billing.take_card", contract.company)
    check_slip(slip)
    fact = card_fact(form, slip, at)
    return _take(contract, form, fact, by=by, at=at)


@transaction.atomic
def enter_transfer(
    contract: SupplyContract,
    form: CounterForm,
    *,
    bank_account: CompanyBankAccount,
    bank_reference: str,
    value_date: date,
    by: Actor,
    at: datetime,
) -> Payment:
    """Enters a corporate transfer seen on a bank statement, by its bank serial number.

    The serial is unique within the receiving bank account, however it is spelled. The value date
    lies neither ahead nor before the company's books begin, and the account was in use then.
    """
    authorise(by, "billing.enter_transfer", contract.company)
    reference = bank_reference.strip()
    check_serial(reference)
    check_value_date(contract.company, value_date, today=business_date(at))
    check_bank_account(bank_account, contract.company, value_date)
    fact = transfer_fact(form, bank_account, reference, value_date)
    return _receive(contract, form, fact, None, by=by, at=at)


@transaction.atomic
def show_wechat_code(
    contract: SupplyContract, form: CounterForm, *, by: Actor, at: datetime
) -> Attempt:
    """Creates the order that the customer pays by scanning its code at the counter.

    The caller places the order afterwards, outside any transaction (`billing.wechat.wechat_calls`).
    """
    authorise(by, "billing.start_wechat_payment", contract.company)
    lock_account(contract.account_id)
    digest = form_digest(contract, form, ["wechat"])
    intent = sent_before(form, digest)
    if intent is None:
        check_still_so(contract, form, at=at)
        with one_of_two(contract.company):
            intent = create_intent(
                contract,
                form.bills,
                amount_fen=form.amount_fen,
                idempotency_key=intent_key(form),
                request_digest=digest,
                by=by,
                at=at,
            )
    return start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=by, at=at)


def _take(
    contract: SupplyContract, form: CounterForm, fact: MoneyFact, *, by: Actor, at: datetime
) -> Payment:
    # Every operation locks the account before the shift: in opposite order two could deadlock.
    """Books the money into the cashier's open shift."""
    lock_account(contract.account_id)
    shift = lock_open_shift(by, contract.company)
    return _receive(contract, form, fact, shift, by=by, at=at)


def _receive(
    contract: SupplyContract,
    form: CounterForm,
    fact: MoneyFact,
    shift: Shift | None,
    *,
    by: Actor,
    at: datetime,
) -> Payment:
    """Books the money for the bills on the form, or returns what the same form booked before."""
    lock_account(contract.account_id)
    digest = form_digest(contract, form, [fact.method, fact.transaction_id, fact.reference])
    earlier = sent_before(form, digest)
    if earlier is not None and (booked := earlier.payments.first()) is not None:
        return booked
    check_not_entered(fact, contract.company)
    check_still_so(contract, form, at=at)
    approval = approval_for(contract, fact, by=by, at=at)
    with one_of_two(contract.company, fact):
        intent = create_intent(
            contract,
            form.bills,
            amount_fen=form.amount_fen,
            idempotency_key=intent_key(form),
            request_digest=digest,
            by=by,
            at=at,
        )
        payment = receive_payment(intent, fact, shift=shift, by=by, at=at)
        if payment.intent_id != intent.pk:
            raise entered_already(payment, contract.company)
        if approval is not None:
            use_approval(approval, payment)
        return payment
