"""Events that cannot be booked: tried more and more rarely, alarmed, never in the others' way."""

from datetime import timedelta
from typing import Any

import pytest

from billing.models import Alarm, Attempt, Bill, Method, ProviderEvent
from billing.payments.intents import create_intent
from billing.wechat import inbox
from billing.wechat.attempts import start_wechat_payment
from office.actors import Actor
from tests.builders import NOW, a_company, a_contract, a_customer, an_account, an_issued_bill

pytestmark = pytest.mark.django_db
BY = Actor.customer("test")


@pytest.fixture
def order() -> Attempt:
    company = a_company("11")
    bill: Bill = an_issued_bill(a_contract(an_account(company), a_customer(company)))
    intent = create_intent(bill.contract, [bill], by=BY, at=NOW)
    return start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=BY, at=NOW)


def an_event(name: str, number: str = "", event_type: str = "TRANSACTION.SUCCESS") -> ProviderEvent:
    return ProviderEvent.objects.create(
        provider="wechatpay",
        event_id=name,
        event_type=event_type,
        out_trade_no=number,
        headers={},
        body=b"{}",
        received_at=NOW,
    )


@pytest.fixture
def broken_booking(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Booking fails for every payment; returns the events that were tried, in their order."""
    tried: list[str] = []

    def fail(event: ProviderEvent, at: Any) -> None:
        tried.append(event.event_id)
        raise RuntimeError("cannot be booked")

    monkeypatch.setattr(inbox, "_book", fail)
    return tried


class TestProcessWaitingEvents:
    def test_a_failing_event_waits_longer_and_alarms_once(
        self, order: Attempt, broken_booking: list[str]
    ) -> None:
        event = an_event("EV-1", order.number)
        waits, at = [], NOW
        for turn in range(1, 7):
            assert inbox.process_waiting_events(at=at) == 1
            assert inbox.process_waiting_events(at=at + timedelta(seconds=29)) == 0
            event.refresh_from_db()
            assert (event.tries, event.verdict, event.note) == (turn, "received", "RuntimeError")
            assert Alarm.objects.count() == (1 if turn >= 5 else 0)
            assert event.next_try_at is not None
            waits.append(int((event.next_try_at - at).total_seconds()))
            at = event.next_try_at
        assert waits == [30, 60, 120, 240, 480, 960]
        alarm = Alarm.objects.get()
        assert (alarm.kind, alarm.company) == ("event_not_booked", order.intent.company)
        assert alarm.facts["out_trade_no"] == order.number

    def test_it_waits_an_hour_at_most(self, broken_booking: list[str]) -> None:
        event = an_event("EV-1")
        ProviderEvent.objects.update(tries=100)
        inbox.process_waiting_events(at=NOW)
        event.refresh_from_db()
        assert (event.tries, event.next_try_at) == (101, NOW + timedelta(hours=1))

    def test_what_failed_before_comes_after_the_others(self, broken_booking: list[str]) -> None:
        an_event("EV-old")
        inbox.process_waiting_events(at=NOW)
        an_event("EV-new")
        assert inbox.process_waiting_events(at=NOW + timedelta(hours=1), limit=1) == 1
        assert broken_booking == ["EV-old", "EV-new"]

    def test_an_event_of_another_kind_needs_nothing(self, broken_booking: list[str]) -> None:
        event = an_event("EV-1", event_type="COUPON.USE")
        inbox.process_waiting_events(at=NOW)
        event.refresh_from_db()
        assert (event.verdict, event.processed_at, broken_booking) == ("ignored", NOW, [])
