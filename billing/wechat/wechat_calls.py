"""The calls to WeChat Pay: between transactions, after the order and before its outcome is stored.

Every function may be repeated: the same attempt always sends the same number and parameters.
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
# A call ends within ten seconds: a claim older than this belongs to a killed process.
PLACING_SECONDS = 15
UNPLACED = (AttemptState.CREATED, AttemptState.UNKNOWN)


def place_order(attempt: Attempt, *, at: datetime) -> Attempt:
    """Places the attempt's order, or places it again when the last answer was lost.

    A claim in the cache lets one process place it at a time: each placing returns a new code and
    ends the previous one, so the stored code could be the dead one.
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
    """Calls WeChat Pay and returns its answer: the code's address or the prepay id."""
    client = wechat_pay_for(attempt.intent.company)
    order = Order(
        out_trade_no=attempt.number,
        total_fen=attempt.amount_fen,
        description=attempt.parameters["description"],
        time_expire=attempt.expires_at.astimezone(SHANGHAI),
    )
    if attempt.method == Method.WECHAT_NATIVE:
        return client.place_native_order(order)
    return client.place_jsapi_order(order, attempt.parameters["openid"])


def query_attempt(attempt: Attempt, *, at: datetime) -> Attempt:
    """Asks WeChat Pay how the order stands, books the answer and closes an expired order."""
    _outside_transactions()
    client = wechat_pay_for(attempt.intent.company)
    answer = client.query_by_out_trade_no(attempt.number)
    if isinstance(answer, Accepted):
        apply_transaction_fact(answer.value, merchant=client.merchant, by=SWEEP, at=at)
    elif _never_arrived(answer) and attempt.expires_at <= at:
        return close_attempt(attempt, by=SWEEP, at=at)
    attempt.refresh_from_db()
    if attempt.state in UNPLACED and attempt.expires_at > at and not isinstance(answer, Unknown):
        # The order never arrived, or its answer was lost: placing it again returns the code.
        attempt = place_order(attempt, at=at)
    if attempt.state in LIVE_ATTEMPTS and attempt.expires_at <= at:
        attempt = close_order(attempt, at=at)
    return plan_next_query(attempt, at=at)


def close_order(attempt: Attempt, *, at: datetime) -> Attempt:
    """Closes the order at WeChat Pay; when it turns out to be paid, books it instead."""
    _outside_transactions()
    client = wechat_pay_for(attempt.intent.company)
    answer = client.close(attempt.number)
    if isinstance(answer, Accepted):
        return close_attempt(attempt, by=SWEEP, at=at)
    if isinstance(answer, Rejected) and answer.code in ("ORDER_PAID", "ORDERPAID", "ORDER_CLOSED"):
        query_answer = client.query_by_out_trade_no(attempt.number)
        if isinstance(query_answer, Accepted):
            apply_transaction_fact(query_answer.value, merchant=client.merchant, by=SWEEP, at=at)
    attempt.refresh_from_db()
    return attempt


def close_online_attempts(contract: SupplyContract, *, at: datetime) -> list[Attempt]:
    """Closes the orders that the customer could still pay online, before other money is taken."""
    live_attempts = Attempt.objects.filter(
        intent__contract=contract, state__in=LIVE_ATTEMPTS
    ).select_related("intent__company", "intent__contract")
    return [close_order(attempt, at=at) for attempt in live_attempts]


def sweep_attempts(*, at: datetime, limit: int = 200) -> int:
    """Asks about every order that is due and returns how many; one that fails stops no other."""
    due_attempts = list(
        Attempt.objects.filter(state__in=LIVE_ATTEMPTS, next_query_at__lte=at)
        .select_related("intent__company", "intent__contract")
        .order_by("next_query_at")[:limit]
    )
    for attempt in due_attempts:
        try:
            query_attempt(attempt, at=at)
        except Exception:
            logger.exception("WeChat Pay could not be asked about attempt %s", attempt.number)
            plan_next_query(attempt, at=at)
    return len(due_attempts)


def refresh_certificates(*, at: datetime) -> int:
    """Downloads WeChat Pay's platform certificates for all processes; returns how many are new.

    A merchant that only has WeChat Pay's public key is told that there are none.
    """
    _outside_transactions()
    client = wechat_pay()
    outcome = client.refresh_certificates()
    if isinstance(outcome, Accepted):
        # Certificates of the merchant file are trusted anyway and are not stored a second time.
        in_file = client.merchant.trusted
        new = {serial: pem for serial, pem in outcome.value.items() if serial not in in_file}
        return len(learn_certificates(new, by=REFRESH, at=at))
    if not has_no_certificates(outcome):
        logger.warning("the platform certificates were not refreshed: %s", outcome)
    return 0


def has_no_certificates(outcome: Outcome[dict[str, str]]) -> bool:
    """Returns whether WeChat Pay reports that this merchant has its public key only."""
    if isinstance(outcome, Accepted):
        return not outcome.value
    return isinstance(outcome, Rejected) and (
        outcome.status == 403 or outcome.code == "RESOURCE_NOT_EXISTS"
    )


def refresh_after_unknown_serial(*, at: datetime) -> None:
    """Downloads certificates, because a callback named an unknown one; at most every ten minutes.

    Anybody can post such a callback: it must not make us call WeChat Pay at will.
    """
    if cache.add("wechatpay.unknown_serial", 1, int(REFRESH_EVERY.total_seconds())):
        refresh_certificates(at=at)


def _never_arrived(answer: Outcome[TransactionFact]) -> bool:
    """Returns whether WeChat Pay does not know the order."""
    return isinstance(answer, Rejected) and answer.code in ("ORDER_NOT_EXIST", "ORDERNOTEXIST")


def _outside_transactions() -> None:
    """Raises RuntimeError inside a transaction: its locks would last as long as the call."""
    if connection.in_atomic_block:
        raise RuntimeError("network calls are made outside transactions")
