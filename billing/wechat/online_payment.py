"""The online payment of a customer: intent, attempt and order, once per idempotency key."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from billing.models import Attempt, Bill, Method, PaymentIntent
from billing.payments.intents import cancel_intent, create_intent, keep_first_answer
from billing.states import LIVE_ATTEMPTS, AttemptState, IntentState
from billing.wechat.attempts import start_wechat_payment
from billing.wechat.wechat_calls import close_order, place_order, query_attempt
from customers.models import SupplyContract
from office.actors import Actor
from office.refusals import Invalid, Refused

# A call to WeChat Pay ends within ten seconds: a claim older than this belongs to a killed process.
CLAIM_SECONDS = 15
WAIT_STEP_SECONDS = 0.05
ASK_EVERY_SECONDS = 5
ASK_AFTER = timedelta(seconds=3)

Answer = dict[str, Any]


@dataclass(frozen=True)
class Wish:
    """A customer's wish to pay bills online; `key` is the idempotency key, `digest` the body's."""

    contract: SupplyContract
    bills: Sequence[Bill]
    amount_fen: int | None
    method: Method
    openid: str
    key: str
    digest: str


def pay_online(
    wish: Wish, compose: Callable[[PaymentIntent], Answer], *, by: Actor, at: datetime
) -> Answer:
    """Places the order once and gives every repetition of the key the same answer.

    `compose` writes the answer once the order is placed. Of equal requests at the same moment one
    does the work and the others wait for its answer, at most `CLAIM_SECONDS`.
    """
    intent = find_intent(wish.key, wish.digest) or _create(wish, by=by, at=at)
    give_up_at = time.monotonic() + CLAIM_SECONDS
    # The claim is in the cache and not a row lock: the call to WeChat Pay is made outside any
    # transaction, and a row lock would not outlast one.
    while intent.first_answer is None:
        claim = f"pay_online:{intent.public_id}"
        if cache.add(claim, 1, CLAIM_SECONDS):
            try:
                return _answer_first(intent, wish, compose, by=by, at=at)
            finally:
                cache.delete(claim)
        if time.monotonic() > give_up_at:
            raise Refused("in_progress", _("这笔缴费正在下单，请稍后再试。"), retry_after=2)
        time.sleep(WAIT_STEP_SECONDS)
        intent.refresh_from_db()
    return dict(intent.first_answer)


def find_intent(key: str, digest: str) -> PaymentIntent | None:
    """Returns the intent created under this key, or None; refuses the key with another body."""
    intent = PaymentIntent.objects.filter(idempotency_key=key).first()
    if intent is not None and intent.request_digest != digest:
        raise Invalid("idempotency_key_reused", _("同一 Idempotency-Key 不能用于不同的请求。"))
    return intent


def query_if_due(intent: PaymentIntent, *, at: datetime) -> PaymentIntent:
    """Asks WeChat Pay about an open intent, at most every few seconds however many clients poll."""
    attempt = intent.attempts.filter(state__in=LIVE_ATTEMPTS).order_by("-pk").first()
    if intent.state != IntentState.OPEN or attempt is None or at < attempt.created_at + ASK_AFTER:
        return intent
    if cache.add(f"query_if_due:{attempt.number}", 1, ASK_EVERY_SECONDS):
        query_attempt(attempt, at=at)
        intent.refresh_from_db()
    return intent


def cancel_online_payment(intent: PaymentIntent, *, by: Actor, at: datetime) -> PaymentIntent:
    """Closes the orders at WeChat Pay, then cancels the intent; refuses when one turns out paid."""
    for attempt in list(intent.attempts.filter(state__in=LIVE_ATTEMPTS)):
        if close_order(attempt, at=at).state in LIVE_ATTEMPTS:
            sentence = _("暂时无法确认微信订单已关闭，请稍后再试。")
            raise Refused("cannot_close_yet", sentence, status=503, retry_after=5)
    intent.refresh_from_db()
    if intent.state == IntentState.PAID:
        raise Refused("already_paid", _("这笔缴费已经支付成功，不能取消。"))
    if intent.state == IntentState.OPEN:
        intent = cancel_intent(intent, by=by, at=at)
    return intent


def latest_attempt(intent: PaymentIntent) -> Attempt | None:
    """Returns the intent's newest order, or None."""
    return intent.attempts.order_by("-pk").first()


def _create(wish: Wish, *, by: Actor, at: datetime) -> PaymentIntent:
    """Creates the intent, or returns the one that an equal request has just created."""
    try:
        return create_intent(
            wish.contract,
            wish.bills,
            amount_fen=wish.amount_fen,
            idempotency_key=wish.key,
            request_digest=wish.digest,
            by=by,
            at=at,
        )
    except IntegrityError:
        # An equal request was faster: the unique key let only one intent be created.
        intent = find_intent(wish.key, wish.digest)
        if intent is None:
            raise
        return intent


def _answer_first(
    intent: PaymentIntent,
    wish: Wish,
    compose: Callable[[PaymentIntent], Answer],
    *,
    by: Actor,
    at: datetime,
) -> Answer:
    """Places the order and stores the answer; the caller holds the claim in the cache."""
    # Whoever held the claim before may have answered between our reading and our claim.
    intent.refresh_from_db()
    if intent.first_answer is not None:
        return dict(intent.first_answer)
    attempt = latest_attempt(intent) or start_wechat_payment(
        intent, method=wish.method, openid=wish.openid, by=by, at=at
    )
    if attempt.state in (AttemptState.CREATED, AttemptState.UNKNOWN):
        place_order(attempt, at=at)
    intent.refresh_from_db()
    return keep_first_answer(intent, compose(intent))
