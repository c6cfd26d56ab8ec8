"""Talking to WeChat Pay: durable intent first, the call outside any transaction, then the outcome.

Every function here may be repeated: the same attempt always sends the same number and parameters.
"""

import logging
from datetime import datetime

from django.core.cache import cache
from django.db import connection

from billing.models import Attempt, Method
from billing.states import LIVE_ATTEMPTS, AttemptState
from billing.wechat.attempts import (
    apply_transaction_fact,
    close_attempt,
    plan_next_query,
    record_order_outcome,
)
from billing.wechat.merchants import wechat_pay, wechat_pay_for
from billing.wechat.platform_certificates import learn_certificates
from billing.wechatpay.client import REFRESH_EVERY
from billing.wechatpay.facts import TransactionFact
from billing.wechatpay.orders import Order
from billing.wechatpay.outcomes import Accepted, Outcome, Rejected, Unknown
from customers.models import SupplyContract
from office.actors import Actor
from office.zone import SHANGHAI

logger = logging.getLogger(__name__)

PLACING = Actor.system("wechat order")
SWEEP = Actor.system("wechat sweep")
REFRESH = Actor.system("wechat certificates")
# A call ends within ten seconds.
PLACING_SECONDS = 15
UNPLACED = (AttemptState.CREATED, AttemptState.UNKNOWN)


def place_order(attempt: Attempt, *, at: datetime) -> Attempt:
    """Place the attempt's order, or place it again when the last answer was lost.

    One at a time: placed twice at once, the code we keep may be the one that died.
    """
    _outside_transactions()
    claim = f"place_order:{attempt.number}"
    if not cache.add(claim, 1, PLACING_SECONDS):
        return attempt
    try:
        return record_order_outcome(attempt, _place(attempt), by=PLACING, at=at)
    finally:
        cache.delete(claim)


def _place(attempt: Attempt) -> Outcome[str]:
    line = wechat_pay_for(attempt.intent.company)
    order = Order(
        out_trade_no=attempt.number,
        total_fen=attempt.amount_fen,
        description=attempt.parameters["description"],
        time_expire=attempt.expires_at.astimezone(SHANGHAI),
    )
    if attempt.method == Method.WECHAT_NATIVE:
        return line.place_native_order(order)
    return line.place_jsapi_order(order, attempt.parameters["openid"])


def query_attempt(attempt: Attempt, *, at: datetime) -> Attempt:
    """Ask WeChat Pay how the order stands and take the answer in; close it when it has expired."""
    _outside_transactions()
    line = wechat_pay_for(attempt.intent.company)
    answer = line.query_by_out_trade_no(attempt.number)
    if isinstance(answer, Accepted):
        apply_transaction_fact(answer.value, merchant=line.merchant, by=SWEEP, at=at)
    elif _never_arrived(answer) and attempt.expires_at <= at:
        return close_attempt(attempt, by=SWEEP, at=at)
    attempt.refresh_from_db()
    if attempt.state in UNPLACED and attempt.expires_at > at and not isinstance(answer, Unknown):
        # Never arrived, or arrived and its answer was lost: the same order again brings the code.
        attempt = place_order(attempt, at=at)
    if attempt.state in LIVE_ATTEMPTS and attempt.expires_at <= at:
        attempt = close_order(attempt, at=at)
    return plan_next_query(attempt, at=at)


def close_order(attempt: Attempt, *, at: datetime) -> Attempt:
    """Close the order at WeChat Pay; when it turns out paid, book it instead."""
    _outside_transactions()
    line = wechat_pay_for(attempt.intent.company)
    answer = line.close(attempt.number)
    if isinstance(answer, Accepted):
        return close_attempt(attempt, by=SWEEP, at=at)
    if isinstance(answer, Rejected) and answer.code in ("ORDER_PAID", "ORDERPAID", "ORDER_CLOSED"):
        said = line.query_by_out_trade_no(attempt.number)
        if isinstance(said, Accepted):
            apply_transaction_fact(said.value, merchant=line.merchant, by=SWEEP, at=at)
    attempt.refresh_from_db()
    return attempt


def close_online_attempts(contract: SupplyContract, *, at: datetime) -> list[Attempt]:
    """Close whatever the customer could still pay online, before other money is taken."""
    live = Attempt.objects.filter(
        intent__contract=contract, state__in=LIVE_ATTEMPTS
    ).select_related("intent__company", "intent__contract")
    return [close_order(attempt, at=at) for attempt in live]


def sweep_attempts(*, at: datetime, limit: int = 200) -> int:
    """Ask about every order whose time to be asked about has come; a bad one stops no other."""
    due = list(
        Attempt.objects.filter(state__in=LIVE_ATTEMPTS, next_query_at__lte=at)
        .select_related("intent__company", "intent__contract")
        .order_by("next_query_at")[:limit]
    )
    for attempt in due:
        try:
            query_attempt(attempt, at=at)
        except Exception:
            logger.exception("attempt %s could not be asked about", attempt.number)
            plan_next_query(attempt, at=at)
    return len(due)


def refresh_certificates(*, at: datetime) -> int:
    """Learn WeChat Pay's platform certificates for all processes; how many were new.

    A merchant that only has WeChat Pay's public key is told that there are none.
    """
    _outside_transactions()
    line = wechat_pay()
    outcome = line.refresh_certificates()
    if isinstance(outcome, Accepted):
        filed = line.merchant.trusted
        found = {serial: pem for serial, pem in outcome.value.items() if serial not in filed}
        return len(learn_certificates(found, by=REFRESH, at=at))
    if not has_no_certificates(outcome):
        logger.warning("platform certificates not refreshed: %s", outcome)
    return 0


def has_no_certificates(outcome: Outcome[dict[str, str]]) -> bool:
    """Whether WeChat Pay says that this merchant has its public key only."""
    if isinstance(outcome, Accepted):
        return not outcome.value
    return isinstance(outcome, Rejected) and (
        outcome.status == 403 or outcome.code == "RESOURCE_NOT_EXISTS"
    )


def refresh_after_unknown_serial(*, at: datetime) -> None:
    """Ask for new certificates because a callback named one nobody knows; the house asks once.

    Anybody can post such a callback, so neither is the answer to it kept waiting nor WeChat Pay
    asked more often than every ten minutes.
    """
    if cache.add("wechatpay.unknown_serial", 1, int(REFRESH_EVERY.total_seconds())):
        refresh_certificates(at=at)


def _never_arrived(answer: Outcome[TransactionFact]) -> bool:
    return isinstance(answer, Rejected) and answer.code in ("ORDER_NOT_EXIST", "ORDERNOTEXIST")


def _outside_transactions() -> None:
    """A call may take seconds: no lock may be held meanwhile."""
    if connection.in_atomic_block:
        raise RuntimeError("network calls are made outside transactions")
