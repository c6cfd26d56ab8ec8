"""A day of WeChat Pay against the simulator: what was lost is taken over, then the day agrees."""

from datetime import timedelta

import pytest
from pytest_django.live_server_helper import LiveServer

from billing.models import (
    Attempt,
    Bill,
    ChannelDay,
    ChannelDifference,
    Method,
    Payment,
    ReportedRefund,
)
from billing.payments.intents import create_intent
from billing.reconciliation.channel_days import reconcile_channels, reconcile_wechat_day
from billing.reconciliation.operations import close_channel_day
from billing.wechat.attempts import start_wechat_payment
from billing.wechat.wechat_calls import place_order
from office.actors import Actor
from office.calendar import business_date
from office.refusals import Refused
from tests.clock import present
from tests.patience import wait_for
from tests.wechat_world import WechatWorld

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.customer("test")
HOUSE = Actor.system("test")


def an_order(bill: Bill, amount_fen: int) -> Attempt:
    at = present()
    intent = create_intent(bill.contract, [bill], amount_fen=amount_fen, by=BY, at=at)
    attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=BY, at=at)
    return place_order(attempt, at=at)


class TestReconcileWechatDay:
    def test_lost_callbacks_are_taken_over_and_the_day_closes(
        self, bill: Bill, live_site: LiveServer, wechat_world: WechatWorld
    ) -> None:
        day, next_day = business_date(present()), present() + timedelta(days=1)
        first = an_order(bill, 100000)
        wechat_world.pay(first.number)
        wait_for(lambda: Payment.objects.filter(attempt=first).exists())
        wechat_world.plan("callback", "lose", times=16)
        lost = an_order(bill, 5000)
        wechat_world.pay(lost.number)
        wechat_world.refund(first.number, 300)
        with pytest.raises(Refused) as refused:
            reconcile_wechat_day(day, by=HOUSE, at=next_day)
        assert refused.value.code == "bill_not_ready"
        assert not ChannelDay.objects.exists()
        wechat_world.settle(bill_ready="now")
        try:
            reconcile_wechat_day(day, by=HOUSE, at=next_day)
            assert reconcile_channels(at=next_day) >= 1
        finally:
            wechat_world.settle(bill_ready="next_morning")
        assert sorted(Payment.objects.values_list("amount_fen", flat=True)) == [5000, 100000]
        assert ReportedRefund.objects.get().amount_fen == 300
        own_day = ChannelDay.objects.get(company=bill.company)
        assert (own_day.provider_fen, own_day.books_fen, own_day.refunded_fen) == (
            105000,
            105000,
            300,
        )
        assert (own_day.gap_fen, own_day.open_count) == (0, 0)
        assert own_day.differences.filter(gone_at=None).count() == 0
        assert own_day.differences.count() == 2
        close_channel_day(own_day, by=HOUSE, at=next_day)
        before = list(ChannelDifference.objects.order_by("pk").values())
        reconcile_wechat_day(day, by=HOUSE, at=next_day)
        assert list(ChannelDifference.objects.order_by("pk").values()) == before
