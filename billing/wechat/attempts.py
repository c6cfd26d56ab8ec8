"""The states of a WeChat Pay order (`Attempt`) in our books; `wechat_calls.py` calls WeChat Pay."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.alarms.operations import raise_alarm
from billing.change_states import RESERVED_REFUNDS, RefundToSourceState
from billing.models import Attempt, Method, PaymentIntent, RefundToSource
from billing.payments.receive import MoneyFact, receive_payment
from billing.payments.refunds import (
    RefundReport,
    block_refund,
    lock_money_of,
    reported_refunds,
)
from billing.states import ATTEMPT, LIVE_ATTEMPTS, AttemptState, IntentState
from billing.wechat.merchants import WECHATPAY
from billing.wechat.own_refunds import alarm_refunded_order
from billing.wechatpay.facts import TransactionFact
from billing.wechatpay.merchant import Merchant
from billing.wechatpay.outcomes import Accepted, Outcome, Rejected, Unknown
from customers.contracts.locking import lock_account
from office import journal
from office.actors import Actor, ActorKind
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Refused
from office.zone import SHANGHAI

ORDER_LIFE = timedelta(minutes=30)
# If no notification comes, WeChat Pay is asked at these times after the order's creation.
QUERY_AFTER = tuple(timedelta(seconds=s) for s in (5, 30, 60, 180, 300, 600, 1200, 1800, 1860))
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@transaction.atomic
def start_wechat_payment(
    intent: PaymentIntent, *, method: Method, openid: str = "", by: Actor, at: datetime
) -> Attempt:
    """Creates the order before anybody is asked to pay it, or returns a live one of the intent.

    The caller places it at WeChat Pay afterwards. Staff need the permission; a customer's intent
    was found among the customer's own. Raises `Refused` when the intent is not open.
    """
    if by.kind is ActorKind.STAFF:
        authorise(by, "billing.start_wechat_payment", intent.company)
    # Two requests may start the same payment at once: the second must see the first's order.
    lock_account(intent.heat_contract.account_id)
    locked_intent = PaymentIntent.objects.select_for_update(of=("self",)).get(pk=intent.pk)
    if locked_intent.state != IntentState.OPEN:
        raise Refused(
            "intent_not_open",
            _("这笔缴费%(state)s，请重新发起。"),
            state=IntentState(locked_intent.state).label,
        )
    live_attempts = locked_intent.attempts.filter(
        method=method, state__in=LIVE_ATTEMPTS, expires_at__gt=at
    )
    if (live_attempt := live_attempts.first()) is not None:
        return live_attempt
    attempt = Attempt.objects.create(
        intent=locked_intent,
        method=method,
        number=_draw_order_number(at),
        amount_fen=locked_intent.amount_fen,
        parameters=_parameters(locked_intent, openid),
        created_at=at,
        expires_at=at + ORDER_LIFE,
        next_query_at=at + QUERY_AFTER[0],
    )
    journal.record("start_wechat_payment", attempt, by=by, at=at, company=locked_intent.company)
    return attempt


@transaction.atomic
def record_order_outcome(
    attempt: Attempt, outcome: Outcome[str], *, by: Actor, at: datetime
) -> Attempt:
    """Records how placing the order ended; an attempt that is paid or closed stays as it is.

    No permission: WeChat Pay's answer decides, in the system's name.
    """
    locked_attempt = _lock(attempt)
    if locked_attempt.state not in (AttemptState.CREATED, AttemptState.UNKNOWN):
        return locked_attempt
    match outcome:
        case Accepted(code_or_prepay_id):
            locked_attempt.state = ATTEMPT.next_state(locked_attempt.state, "open")
            if locked_attempt.method == Method.WECHAT_NATIVE:
                locked_attempt.code_url = code_or_prepay_id
            else:
                locked_attempt.prepay_id = code_or_prepay_id
        case Rejected(code=code):
            locked_attempt.state = ATTEMPT.next_state(locked_attempt.state, "fail")
            locked_attempt.error_code = code
            locked_attempt.next_query_at = None
        case Unknown(why=why):
            if locked_attempt.state == AttemptState.CREATED:
                locked_attempt.state = ATTEMPT.next_state(locked_attempt.state, "lose")
            locked_attempt.error_code = str(why)
    locked_attempt.save()
    journal.record(
        "record_order_outcome",
        locked_attempt,
        by=by,
        at=at,
        company=locked_attempt.intent.company,
        state=locked_attempt.state,
        error_code=locked_attempt.error_code,
    )
    return locked_attempt


@transaction.atomic
def apply_transaction_fact(
    fact: TransactionFact, *, merchant: Merchant, by: Actor, at: datetime
) -> str:
    """Books what WeChat Pay reports about an order and returns the verdict for the notification.

    Money for an order of ours is always booked. A wrong amount goes to suspense with an alarm; a
    wrong merchant, currency or order number books nothing and raises an alarm. Refunded money is
    blocked (`block_refund`). No permission: callback, query and sweep come here in the system's
    name with a verified report.
    """
    attempt = Attempt.objects.filter(number=fact.out_trade_no).select_related("intent").first()
    if (fault := _misdirected(fact, merchant, attempt)) or attempt is None:
        raise_alarm(
            "misdirected_payment",
            key=fact.transaction_id or fact.out_trade_no,
            sentence=f"收到无法入账的微信支付通知：{fault}。",
            at=at,
            company=attempt.intent.company if attempt else None,
            out_trade_no=fact.out_trade_no,
            total_fen=fact.total_fen,
        )
        return "alarmed"
    if fact.is_paid:
        return _apply_paid(attempt, fact, by=by, at=at)
    if fact.trade_state == "CLOSED":
        lock_account(attempt.intent.heat_contract.account_id)
        close_attempt(attempt, by=by, at=at)
    return "ignored"


@transaction.atomic
def close_attempt(attempt: Attempt, *, by: Actor, at: datetime) -> Attempt:
    """Closes the attempt, because WeChat Pay confirmed that its order can no longer be paid.

    No permission: WeChat Pay's answer decides, in the system's name.
    """
    locked_attempt = _lock(attempt)
    if locked_attempt.state in LIVE_ATTEMPTS:
        locked_attempt.state = ATTEMPT.next_state(locked_attempt.state, "close")
        locked_attempt.next_query_at = None
        locked_attempt.save(update_fields=["state", "next_query_at"])
        company = locked_attempt.intent.company
        journal.record("close_attempt", locked_attempt, by=by, at=at, company=company)
    return locked_attempt


@transaction.atomic
def plan_next_query(attempt: Attempt, *, at: datetime) -> Attempt:
    """A step of `query_attempt` and the sweep, in a transaction of its own: plans the next query.

    It is due by `QUERY_AFTER`, later every five minutes. No state changes.
    """
    locked_attempt = _lock(attempt)
    if locked_attempt.state in LIVE_ATTEMPTS:
        locked_attempt.queries += 1
        times = [locked_attempt.created_at + delay for delay in QUERY_AFTER]
        next_time = next((time for time in times if time > at), None)
        locked_attempt.next_query_at = next_time or at + timedelta(minutes=5)
        locked_attempt.save(update_fields=["queries", "next_query_at"])
    return locked_attempt


def _apply_paid(attempt: Attempt, fact: TransactionFact, *, by: Actor, at: datetime) -> str:
    """Books the money that WeChat Pay reports as paid; returns "booked" or "repeated".

    Money of which a refund is known before it is booked goes to suspense. REFUND without a refund
    id blocks the whole payment: the report does not say how much was refunded. After a refund of
    ours that WeChat Pay closed it raises an alarm and blocks nothing.
    """
    intent = attempt.intent
    lock_money_of(attempt, WECHATPAY, fact.transaction_id)
    own_refunds = RefundToSource.objects.filter(
        payment__provider=WECHATPAY, payment__transaction_id=fact.transaction_id
    )
    # A refund of ours that is under way or paid is known by its own number, and its money is posted
    # by that. One that WeChat Pay took on and closed may be why it still says REFUND, or may not.
    is_explained = own_refunds.filter(state__in=RESERVED_REFUNDS).exists()
    closed_refund = (
        own_refunds.filter(state=RefundToSourceState.CLOSED).exclude(refund_id="").last()
    )
    is_doubtful = fact.trade_state == "REFUND" and not is_explained
    is_refunded = is_doubtful and closed_refund is None
    is_refund_known = reported_refunds(WECHATPAY, fact.transaction_id).exists()
    is_amount_wrong = fact.total_fen != attempt.amount_fen
    is_repeated = attempt.payments.filter(transaction_id=fact.transaction_id).exists()
    receive_payment(
        intent,
        MoneyFact(
            WECHATPAY,
            fact.transaction_id,
            Method(attempt.method),
            fact.total_fen,
            fact.success_time or at,
        ),
        # An order that is paid already cannot be paid again: a second payment stands by itself.
        attempt=attempt if _lock(attempt).state != AttemptState.PAID else None,
        to_suspense=is_amount_wrong or is_refunded or is_refund_known,
        by=by,
        at=at,
    )
    if is_amount_wrong:
        raise_alarm(
            "amount_differs",
            key=fact.transaction_id,
            sentence=f"微信支付金额与订单不符：订单 {yuan_text(attempt.amount_fen)} 元，"
            f"实收 {yuan_text(fact.total_fen)} 元，已转待查款项。",
            at=at,
            company=intent.company,
            attempt=attempt.number,
        )
    if is_doubtful and closed_refund is not None:
        alarm_refunded_order(closed_refund, at)
    if is_refunded:
        report = RefundReport(WECHATPAY, fact.transaction_id, fact.trade_state)
        block_refund(attempt, report, by=by, at=at)
    return "repeated" if is_repeated else "booked"


def _misdirected(fact: TransactionFact, merchant: Merchant, attempt: Attempt | None) -> str:
    """Returns why the report cannot be booked, as a Chinese phrase; "" when it can."""
    if fact.mchid != merchant.mchid or fact.appid != merchant.appid:
        return "商户号或应用号不是本公司的"
    if attempt is None:
        return "订单号不存在"
    if fact.currency != "CNY":
        return f"币种 {fact.currency} 不是人民币"
    return ""


def _lock(attempt: Attempt) -> Attempt:
    """Locks the attempt and returns it, freshly read with its intent."""
    return (
        Attempt.objects.select_for_update(of=("self",)).select_related("intent").get(pk=attempt.pk)
    )


def _draw_order_number(at: datetime) -> str:
    """Returns a new order number: HT, the time in Shanghai, twelve random characters."""
    stamp = at.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S")
    return f"HT{stamp}{''.join(secrets.choice(_ALPHABET) for _ in range(12))}"


def _parameters(intent: PaymentIntent, openid: str) -> dict[str, str]:
    """Returns the order's frozen parameters; placing it again must send the same ones."""
    account = intent.heat_contract.account
    description = f"供热费 户号{account.number}"
    payer = {"openid": openid} if openid else {}
    return {"description": description, **payer}
