"""The last days of WeChat Pay, compared: they agree but for the latest, where a line is missing."""

import hashlib
from datetime import datetime

from billing.models import Channel, ChannelDay, Payment, ProviderLineKind
from billing.reconciliation.channel_days import NIGHTLY
from billing.reconciliation.operations import (
    close_channel_day,
    compare_channel_day,
    take_in_bill,
)
from billing.reconciliation.wechat_bill import BillLine, ChannelBill
from office.actors import Actor
from office.calendar import business_date

DAYS = 7


def compare_last_days(*, by: Actor, at: datetime) -> None:
    """Takes in the bills of the last days on which somebody paid and compares them; all but the
    latest are closed.
    """
    paid = Payment.objects.filter(provider=Channel.WECHATPAY)
    days = list(
        paid.filter(business_date__lt=business_date(at))
        .order_by("-business_date")
        .values_list("business_date", flat=True)
        .distinct()[:DAYS]
    )
    for age, day in enumerate(days):
        payments = list(paid.filter(business_date=day).select_related("attempt").order_by("pk"))
        lines = tuple(_line(payment) for payment in (payments if age else payments[1:]))
        sha1 = hashlib.sha1(repr(lines).encode(), usedforsecurity=False).hexdigest()
        take_in_bill(Channel.WECHATPAY, day, ChannelBill(sha1, lines), by=NIGHTLY, at=at)
        compare_channel_day(Channel.WECHATPAY, day, by=NIGHTLY, at=at)
        if age:
            for channel_day in ChannelDay.objects.filter(channel=Channel.WECHATPAY, day=day):
                close_channel_day(channel_day, by=by, at=at)


def _line(payment: Payment) -> BillLine:
    """Returns the line that WeChat Pay would print for the payment."""
    return BillLine(
        ProviderLineKind.PAYMENT,
        payment.transaction_id,
        payment.attempt.number if payment.attempt else "",
        "",
        payment.amount_fen,
        payment.amount_fen * 6,
        1,
        payment.paid_at,
    )
