"""A day of a channel from the provider's bill to its comparison; the network stays outside."""

import logging
from datetime import date, datetime, timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from billing.models import (
    Attempt,
    Channel,
    ChannelDay,
    ChannelDifference,
    DifferenceKind,
    ProviderBill,
    ProviderLine,
    ProviderLineKind,
    RefundToSource,
)
from billing.reconciliation.operations import compare_channel_day, take_in_bill
from billing.reconciliation.wechat_bill import fetch_wechat_bill
from billing.states import ChannelDayState
from billing.wechat.merchants import wechat_pay
from billing.wechat.own_refunds import try_refund
from billing.wechat.refunds import apply_refund_fact
from billing.wechat.wechat_calls import query_attempt
from billing.wechatpay.facts import RefundFact
from office.actors import Actor
from office.calendar import business_date
from office.outcomes import outcome_of
from office.permissions import may
from office.refusals import Invalid, NotAllowed

logger = logging.getLogger(__name__)

NIGHTLY = Actor.system("reconciliation")
# A day is fetched and compared anew for so long; then it waits for people only.
NIGHTS = 7


def reconcile_wechat_day(day: date, *, by: Actor, at: datetime) -> list[ChannelDay]:
    """Fetches the bill of a day unless it is stored, takes over what was missed, and compares.

    A payment that the bill has and the books have not is asked for at WeChat Pay, and booked only
    by its signed answer; a refund of ours is asked for
    likewise, and one that nobody reported is blocked as the bill says it. May be
    repeated. Raises `Invalid` for a day that is not over, `Refused` while there is no bill.
    """
    if not may(by, "billing.reconcile_channel_day"):
        raise NotAllowed()
    if day >= business_date(at):
        raise Invalid("day_not_over", _("只能核对昨天及以前的日期。"))
    if not ProviderBill.objects.filter(channel=Channel.WECHATPAY, day=day).exists():
        take_in_bill(Channel.WECHATPAY, day, fetch_wechat_bill(day), by=NIGHTLY, at=at)
    days = compare_channel_day(Channel.WECHATPAY, day, by=NIGHTLY, at=at)
    if _take_over(days, at=at):
        days = compare_channel_day(Channel.WECHATPAY, day, by=NIGHTLY, at=at)
    return days


def reconcile_channels(*, at: datetime) -> int:
    """Reconciles the days of the last week that are not closed; returns how many were compared.

    A day whose bill is not there yet, or whose provider is silent, waits for the next turn and
    stops no other. A day that agrees is compared again until somebody closes it.
    """
    compared = 0
    for age in range(NIGHTS, 0, -1):
        day = business_date(at) - timedelta(days=age)
        if _is_settled(day):
            continue
        outcome = outcome_of(partial(reconcile_wechat_day, day, by=NIGHTLY, at=at))
        if outcome.refusal is not None:
            logger.warning("WeChat Pay of %s is not compared: %s", day, outcome.refusal.code)
        else:
            compared += 1
    return compared


def _is_settled(day: date) -> bool:
    """Returns whether the bill of a day is stored and no day of a company is open."""
    days = ChannelDay.objects.filter(channel=Channel.WECHATPAY, day=day)
    return (
        ProviderBill.objects.filter(channel=Channel.WECHATPAY, day=day).exists()
        and not days.filter(state=ChannelDayState.OPEN).exists()
    )


def _take_over(days: list[ChannelDay], *, at: datetime) -> int:
    """Takes over what the bill has and the books have not; returns how many lines were tried."""
    differences = ChannelDifference.objects.filter(
        day__in=days,
        kind__in=(DifferenceKind.NOT_IN_BOOKS, DifferenceKind.REFUND_UNKNOWN),
        gone_at=None,
        explained_at=None,
        line__isnull=False,
    ).select_related("line")
    lines = [difference.line for difference in differences if difference.line is not None]
    attempts = {
        attempt.number: attempt
        for attempt in Attempt.objects.filter(
            number__in={line.order_number for line in lines}
        ).select_related("intent__company", "intent__contract")
    }
    # WeChat Pay is asked how a refund of ours stands; its bill never says later.
    numbers = {line.refund_number for line in lines if line.refund_number}
    own_refunds = {
        refund.number: refund for refund in RefundToSource.objects.filter(number__in=numbers)
    }
    for line in lines:
        attempt = attempts.get(line.order_number)
        if attempt is None:
            continue
        own_refund = own_refunds.get(line.refund_number)
        if own_refund is not None:
            try_refund(own_refund, at=at)
        elif line.kind == ProviderLineKind.REFUND:
            _block_refund(line, attempt, at)
        else:
            query_attempt(attempt, at=at)
    return len(attempts)


def _block_refund(line: ProviderLine, attempt: Attempt, at: datetime) -> None:
    """Blocks the money of a refund that only the bill tells of; the bill is proved by its hash."""
    merchant = wechat_pay().merchant
    fact = RefundFact(
        mchid=merchant.mchid,
        out_trade_no=attempt.number,
        transaction_id=line.transaction_id,
        out_refund_no=line.refund_number,
        refund_id=line.refund_id,
        status="SUCCESS",
        total_fen=attempt.amount_fen,
        refund_fen=line.amount_fen,
        payer_refund_fen=line.amount_fen,
        success_time=line.traded_at,
        raw=b"",
    )
    apply_refund_fact(fact, merchant=merchant, by=NIGHTLY, at=at)
