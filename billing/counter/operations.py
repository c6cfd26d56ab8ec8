"""Money entered by hand: cash, card slips and transfers; and WeChat orders at the counter."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.counter.money_facts import (
    CardSlip,
    CounterForm,
    card_fact,
    cash_fact,
    intent_key,
    transfer_fact,
)
from billing.counter.shifts import lock_open_shift
from billing.ledger.open_bills import open_bills
from billing.models import Attempt, Method, Payment, PaymentIntent, Shift
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.states import LIVE_ATTEMPTS
from billing.wechat.attempts import start_wechat_payment
from customers.contracts.locking import lock_account
from customers.models import SupplyContract
from office.actors import Actor
from office.calendar import business_date
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def take_cash(contract: SupplyContract, form: CounterForm, *, by: Actor, at: datetime) -> Payment:
    """Takes cash into the cashier's open shift; the same form sent again books nothing more."""
    authorise(by, "billing.take_cash", contract.company)
    return _take(contract, form, cash_fact(form, at), by=by, at=at)


@transaction.atomic
def take_card(
    contract: SupplyContract, form: CounterForm, slip: CardSlip, *, by: Actor, at: datetime
) -> Payment:
    """Books a card payment by its slip; refuses a slip that another form has booked."""
    authorise(by, "billing.take_card", contract.company)
    _check_slip(slip)
    fact = card_fact(form, slip, at)
    # The lock comes before the reading: two cashiers may enter this slip for the account at once.
    lock_account(contract.account_id)
    earlier_payment = Payment.objects.filter(
        provider=fact.provider, transaction_id=fact.transaction_id
    ).first()
    if earlier_payment is not None and _form_key(earlier_payment) != form.form_key:
        raise Refused(
            "slip_used",
            _("这张签购单已登记过（收据 %(receipt)s）。"),
            receipt=earlier_payment.receipt.number,
        )
    return _take(contract, form, fact, by=by, at=at)


@transaction.atomic
def enter_transfer(
    contract: SupplyContract,
    form: CounterForm,
    *,
    bank_reference: str,
    value_date: date,
    by: Actor,
    at: datetime,
) -> Payment:
    """Books a corporate transfer from the bank statement under the bank's serial number.

    Refuses a serial number that another form has booked, and a date in the future.
    """
    authorise(by, "billing.enter_transfer", contract.company)
    reference = bank_reference.strip()
    if not reference:
        raise Invalid("reference_missing", _("请填写银行流水号。"))
    if value_date > business_date(at):
        raise Invalid("value_date_ahead", _("入账日期不能晚于今天。"))
    lock_account(contract.account_id)
    earlier_payment = Payment.objects.filter(provider="bank", transaction_id=reference).first()
    if earlier_payment is not None and _form_key(earlier_payment) != form.form_key:
        raise Refused(
            "transfer_entered",
            _("该银行流水已登记过（收据 %(receipt)s）。"),
            receipt=earlier_payment.receipt.number,
        )
    fact = transfer_fact(form, reference, value_date)
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
    intent = PaymentIntent.objects.filter(idempotency_key=intent_key(form)).first()
    if intent is None:
        _check_nothing_changed(contract, form)
        _check_former_is_meant(contract, form)
        _check_no_live_attempt(contract)
        intent = create_intent(
            contract,
            form.bills,
            amount_fen=form.amount_fen,
            idempotency_key=intent_key(form),
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
    earlier_intent = PaymentIntent.objects.filter(idempotency_key=intent_key(form)).first()
    if earlier_intent is not None:
        if (earlier_payment := earlier_intent.payments.first()) is not None:
            return earlier_payment
        raise Refused("form_used", _("这张收款单已用于微信收款，请重新打开收款页面。"))
    _check_nothing_changed(contract, form)
    _check_former_is_meant(contract, form)
    _check_no_live_attempt(contract)
    intent = create_intent(
        contract,
        form.bills,
        amount_fen=form.amount_fen,
        idempotency_key=intent_key(form),
        by=by,
        at=at,
    )
    return receive_payment(intent, fact, shift=shift, by=by, at=at)


def _form_key(payment: Payment) -> str:
    """Returns the key of the form that booked the payment, or "" when no counter form did."""
    key = payment.intent.idempotency_key if payment.intent else None
    return (key or "").removeprefix("counter:")


def _check_nothing_changed(contract: SupplyContract, form: CounterForm) -> None:
    """Refuses when the debt is no longer what the page showed."""
    open_fen = sum(item.open_fen for item in open_bills(contract))
    if open_fen != form.seen_open_fen:
        raise Refused(
            "balance_changed",
            _("该户欠费刚刚有变动（可能另一窗口已收款），请核对后重新收款；本次没有入账。"),
            open_fen=open_fen,
        )


def _check_former_is_meant(contract: SupplyContract, form: CounterForm) -> None:
    """Refuses an ended contract that the page did not mark as ended.

    It reads the contract again under the account's lock, since a change of owner may just have
    ended it.
    """
    has_ended = SupplyContract.objects.filter(pk=contract.pk, ends__isnull=False).exists()
    if has_ended and not form.former:
        raise Refused(
            "contract_ended",
            _("该合同已终止（可能刚刚办理过户），请核对用户后重新收款；本次没有入账。"),
        )


def _check_no_live_attempt(contract: SupplyContract) -> None:
    """Refuses while the customer can still pay online, so that nobody pays twice."""
    if Attempt.objects.filter(intent__contract=contract, state__in=LIVE_ATTEMPTS).exists():
        raise Refused(
            "online_payment_open",
            _("该户有一笔未结束的微信支付，请先关闭它再收款，以免重复缴费。"),
        )


def _check_slip(slip: CardSlip) -> None:
    """Refuses a slip with a field of the wrong length."""
    widths = {
        _("商户号"): (slip.merchant_no, 15),
        _("终端号"): (slip.terminal, 8),
        _("批次号"): (slip.batch, 6),
        _("凭证号"): (slip.trace, 6),
        _("卡号后四位"): (slip.card_tail, 4),
    }
    for label, (text, width) in widths.items():
        if len(text) != width or not text.isascii() or not text.isalnum():
            raise Invalid(
                "slip_wrong",
                _("%(label)s应为 %(width)s 位，请对照签购单重填。"),
                label=label,
                width=width,
            )
