"""The life of a WeChat Pay attempt in our books. No network here: see `wechat_calls.py`."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.alarms.operations import raise_alarm
from billing.models import Attempt, Method, PaymentIntent
from billing.payments.receive import MoneyFact, receive_payment
from billing.states import ATTEMPT, LIVE_ATTEMPTS, AttemptState, IntentState
from billing.wechatpay.facts import TransactionFact
from billing.wechatpay.merchant import Merchant
from billing.wechatpay.outcomes import Accepted, Outcome, Rejected, Unknown
from customers.contracts.locking import lock_account
from office import journal
from office.actors import Actor, ActorKind
from office.permissions import authorise
from office.refusals import Refused
from office.zone import SHANGHAI

ORDER_LIFE = timedelta(minutes=30)
# When to ask WeChat Pay about an order nobody told us about, counted from its creation.
QUERY_AFTER = tuple(timedelta(seconds=s) for s in (5, 30, 60, 180, 300, 600, 1200, 1800, 1860))
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@transaction.atomic
def start_wechat_payment(
    intent: PaymentIntent, *, method: Method, openid: str = "", by: Actor, at: datetime
) -> Attempt:
    """Write down an order before anyone is asked to pay it; a live one of the intent is kept."""
    if by.kind is ActorKind.STAFF:
        authorise(by, "billing.start_wechat_payment", intent.company)
    lock_account(intent.contract.account_id)
    held = PaymentIntent.objects.select_for_update(of=("self",)).get(pk=intent.pk)
    if held.state != IntentState.OPEN:
        raise Refused(
            "intent_not_open",
            _("这笔缴费%(state)s，请重新发起。"),
            state=IntentState(held.state).label,
        )
    live = held.attempts.filter(method=method, state__in=LIVE_ATTEMPTS, expires_at__gt=at).first()
    if live is not None:
        return live
    expires = at + ORDER_LIFE
    attempt = Attempt.objects.create(
        intent=held,
        method=method,
        number=_draw_order_number(at),
        amount_fen=held.amount_fen,
        parameters=_parameters(held, openid),
        created_at=at,
        expires_at=expires,
        next_query_at=at + QUERY_AFTER[0],
    )
    journal.record("start_wechat_payment", attempt, by=by, at=at, company=held.company)
    return attempt


@transaction.atomic
def record_order_outcome(
    attempt: Attempt, outcome: Outcome[str], *, by: Actor, at: datetime
) -> Attempt:
    """Records how placing the order ended; an attempt that is paid or closed stays as it is."""
    held = _lock(attempt)
    if held.state not in (AttemptState.CREATED, AttemptState.UNKNOWN):
        return held
    match outcome:
        case Accepted(value):
            held.state = ATTEMPT.next_state(held.state, "open")
            if held.method == Method.WECHAT_NATIVE:
                held.code_url = value
            else:
                held.prepay_id = value
        case Rejected(code=code):
            held.state = ATTEMPT.next_state(held.state, "fail")
            held.error_code = code
            held.next_query_at = None
        case Unknown(why=why):
            if held.state == AttemptState.CREATED:
                held.state = ATTEMPT.next_state(held.state, "lose")
            held.error_code = str(why)
    held.save()
    journal.record(
        "record_order_outcome",
        held,
        by=by,
        at=at,
        company=held.intent.company,
        state=held.state,
        error_code=held.error_code,
    )
    return held


@transaction.atomic
def apply_transaction_fact(
    fact: TransactionFact, *, merchant: Merchant, by: Actor, at: datetime
) -> str:
    """Take in what WeChat Pay says of an order, whoever brought it; returns the verdict.

    Money for an order of ours is always booked. A wrong amount goes to suspense with an
    alarm; a wrong merchant, currency or order number books nothing and raises an alarm.
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
        lock_account(attempt.intent.contract.account_id)
        close_attempt(attempt, by=by, at=at)
    return "ignored"


@transaction.atomic
def close_attempt(attempt: Attempt, *, by: Actor, at: datetime) -> Attempt:
    """Closes the attempt, because WeChat Pay confirmed that its order can no longer be paid."""
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
    """Sets when WeChat Pay is asked again: by `QUERY_AFTER`, later every five minutes.

    A step of `query_attempt` and of the sweep; it changes no state.
    """
    held = _lock(attempt)
    if held.state in LIVE_ATTEMPTS:
        held.queries += 1
        later = [held.created_at + wait for wait in QUERY_AFTER if held.created_at + wait > at]
        held.next_query_at = later[0] if later else at + timedelta(minutes=5)
        held.save(update_fields=["queries", "next_query_at"])
    return held


def _apply_paid(attempt: Attempt, fact: TransactionFact, *, by: Actor, at: datetime) -> str:
    intent = attempt.intent
    lock_account(intent.contract.account_id)
    wrong_amount = fact.total_fen != attempt.amount_fen
    known = attempt.payments.filter(transaction_id=fact.transaction_id).exists()
    receive_payment(
        intent,
        MoneyFact(
            "wechatpay",
            fact.transaction_id,
            Method(attempt.method),
            fact.total_fen,
            fact.success_time or at,
        ),
        attempt=attempt if _lock(attempt).state != AttemptState.PAID else None,
        to_suspense=wrong_amount,
        by=by,
        at=at,
    )
    if wrong_amount:
        raise_alarm(
            "amount_differs",
            key=fact.transaction_id,
            sentence=f"微信支付金额与订单不符：订单 {attempt.amount_fen} 分，"
            f"实收 {fact.total_fen} 分，已转待查款项。",
            at=at,
            company=intent.company,
            attempt=attempt.number,
        )
    return "repeated" if known else "booked"


def _misdirected(fact: TransactionFact, merchant: Merchant, attempt: Attempt | None) -> str:
    if fact.mchid != merchant.mchid or fact.appid != merchant.appid:
        return "商户号或应用号不是本公司的"
    if attempt is None:
        return "订单号不存在"
    if fact.currency != "CNY":
        return f"币种 {fact.currency} 不是人民币"
    return ""


def _lock(attempt: Attempt) -> Attempt:
    return (
        Attempt.objects.select_for_update(of=("self",)).select_related("intent").get(pk=attempt.pk)
    )


def _draw_order_number(at: datetime) -> str:
    stamp = at.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S")
    return f"HT{stamp}{''.join(secrets.choice(_ALPHABET) for _ in range(12))}"


def _parameters(intent: PaymentIntent, openid: str) -> dict[str, str]:
    account = intent.contract.account
    described = f"供热费 户号{account.number}"
    return {"description": described, "openid": openid} if openid else {"description": described}
