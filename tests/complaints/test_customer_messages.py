"""Whom customer service tells what, and that nobody is told twice."""

from typing import Any

import pytest
from django.db import transaction

from complaints.call_backs.links import send_call_back_link
from complaints.call_backs.operations import Opinion, answer_call_back, record_call_back
from complaints.call_backs.owed import call_back_of_link
from complaints.classes import Channel
from complaints.customer_messages import confirm_receipts
from complaints.incidents.operations import (
    Reach,
    announce_outage,
    begin_incident,
    notify_affected,
    register_incident,
)
from complaints.models import CallBack, CallOutcome, Satisfaction
from complaints.tickets.resolution import reopen_ticket, resolve_ticket
from customers.messages.sending import send_messages
from customers.models import Message
from office.actors import Actor
from office.models import OneTimeLink
from office.refusals import NotAllowed, Refused
from office.tokens.one_time_links import links_of
from tests.builders import a_contract, a_customer, an_account
from tests.service_desk import (
    DAY,
    HOUR,
    MINUTE,
    SYSTEM,
    Desk,
    a_repair,
    a_ticket,
    publish_rules,
    repaired,
    t,
)
from tests.sms_outbox import Outbox

pytestmark = pytest.mark.django_db

PHONE = "13900000001"


@pytest.fixture(autouse=True)
def gateway(settings: Any) -> None:
    settings.SMS_SENDER = "tests.sms_outbox.Outbox"
    settings.PUBLIC_URL = "https://heat.example"
    Outbox.sent.clear()


def sent(at: Any) -> list[tuple[str, str, dict[str, str]]]:
    """What the gateway was given by then since the last time."""
    Outbox.sent.clear()
    confirm_receipts(at)
    send_messages(now=lambda: at)
    return list(Outbox.sent)


def templates() -> list[str]:
    confirm_receipts(t("2026-01-12 14:30"))
    return list(Message.objects.order_by("pk").values_list("template", flat=True))


class TestAccepted:
    def test_number_and_promise(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        assert sent(t("2026-01-12 09:01")) == [
            (
                PHONE,
                "ticket_accepted",
                {"number": ticket.number, "what": "报修（不热）", "due": "1月12日24:00前"},
            )
        ]

    @pytest.mark.parametrize(
        "changes",
        [{"caller_phone": "0351-7654321"}, {"caller_phone": ""}, {"channel": Channel.INSPECTION}],
    )
    def test_nobody_without_a_mobile_and_no_inspector(
        self, desk: Desk, changes: dict[str, Any]
    ) -> None:
        a_ticket(desk, "2026-01-12 09:00", **changes)
        assert confirm_receipts(t("2026-01-12 09:01")) == 0
        assert not Message.objects.exists()

    def test_not_half_a_day_late(self, desk: Desk) -> None:
        a_ticket(desk, "2026-01-12 09:00")
        assert sent(t("2026-01-12 21:00")) == []
        assert not Message.objects.exists()
        assert sent(t("2026-01-12 20:59")) == []

    def test_once_however_often_it_is_looked_for(self, desk: Desk) -> None:
        for _ in range(3):
            a_ticket(desk, "2026-01-12 09:00")
        assert [confirm_receipts(t("2026-01-12 09:01")) for _ in range(2)] == [3, 0]


class TestResolved:
    def resolved(self, desk: Desk, when: str = "2026-01-12 09:00") -> CallBack:
        ticket = a_ticket(desk, when)
        repaired(ticket, desk, t(when) + HOUR)
        resolve_ticket(ticket, "已修复", by=desk.agent, at=t(when) + 2 * HOUR)
        return ticket.call_backs.get()

    def test_one_message_says_it_and_asks_how_it_was(self, desk: Desk) -> None:
        call_back = self.resolved(desk)
        message = Message.objects.get()
        assert "rate/" not in f"{message.values}{message.sealed}"
        messages = [row for row in sent(t("2026-01-12 11:01")) if row[1] == "ticket_resolved_rate"]
        ((_, _, values),) = messages
        link = values["link"]
        assert link.startswith("https://heat.example/rate/")
        token = link.rpartition("/")[2]
        assert call_back_of_link(token, t("2026-01-19 10:59")) == call_back
        assert call_back_of_link(token, t("2026-01-19 11:00")) is None
        heard = answer_call_back(
            token,
            Opinion(Satisfaction.SATISFIED),
            by=Actor.customer("短信链接"),
            at=t("2026-01-13 09:00"),
        )
        assert (heard.satisfaction, heard.heard_through) == ("satisfied", "link")
        assert call_back_of_link(token, t("2026-01-13 09:00")) is None

    def test_outside_the_sample_nothing_is_asked(self, db: None) -> None:
        from tests.service_desk import a_desk

        publish_rules(sample_percent=0)
        desk = a_desk()
        ticket = a_ticket(desk, "2026-01-12 09:00")
        repaired(ticket, desk, t("2026-01-12 10:00"))
        resolve_ticket(ticket, "已修复", by=desk.agent, at=t("2026-01-12 11:00"))
        assert templates() == ["ticket_resolved", "ticket_accepted"]

    def test_told_again_after_it_was_done_again(self, desk: Desk) -> None:
        call_back = self.resolved(desk)
        ticket = call_back.ticket
        reopen_ticket(ticket, "又不热", by=desk.agent, at=t("2026-01-12 12:00"))
        repaired(ticket, desk, t("2026-01-12 13:00"), other=True)
        resolve_ticket(ticket, "已修复", by=desk.manager, at=t("2026-01-12 14:00"))
        assert templates() == [*["ticket_resolved_rate"] * 2, "ticket_accepted"]
        links = OneTimeLink.objects.order_by("pk").values_list("record_id", "revoked_at")
        first, second = ticket.call_backs.order_by("ordinal")
        assert list(links) == [(first.pk, t("2026-01-12 12:00")), (second.pk, None)]

    def test_a_refused_resolution_tells_nobody(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        with pytest.raises(Refused), transaction.atomic():
            resolve_ticket(ticket, "没去就算修好", by=desk.agent, at=t("2026-01-12 10:00"))
        assert templates() == ["ticket_accepted"]


class TestSendCallBackLink:
    def test_a_new_link_ends_the_old(self, desk: Desk) -> None:
        call_back = TestResolved().resolved(desk)
        first = sent(t("2026-01-12 11:01"))[0][2]["link"].rpartition("/")[2]
        at = t("2026-01-13 09:00")
        send_call_back_link(call_back, by=desk.manager, at=at)
        ((_, template, values),) = sent(at + MINUTE)
        second = values["link"].rpartition("/")[2]
        assert template == "ticket_resolved_rate"
        assert call_back_of_link(first, at + MINUTE) is None
        assert call_back_of_link(second, at + MINUTE) == call_back

    def test_twice_in_a_minute_is_once(self, desk: Desk) -> None:
        call_back = TestResolved().resolved(desk)
        at = t("2026-01-13 09:00")
        send_call_back_link(call_back, by=desk.manager, at=at)
        before = list(links_of(call_back, "answer_call_back").values())
        with pytest.raises(Refused, match="一分钟内"):
            send_call_back_link(call_back, by=desk.manager, at=at + 30 * MINUTE / 60)
        assert list(links_of(call_back, "answer_call_back").values()) == before

    def test_not_by_a_repairer_and_not_when_it_is_over(self, desk: Desk) -> None:
        call_back = TestResolved().resolved(desk)
        with pytest.raises(NotAllowed):
            send_call_back_link(call_back, by=desk.repairer, at=t("2026-01-13 09:00"))
        record_call_back(
            call_back,
            CallOutcome.ANSWERED,
            opinion=Opinion(Satisfaction.FAIR),
            by=desk.manager,
            at=t("2026-01-13 09:00"),
        )
        with pytest.raises(Refused, match="已回访"):
            send_call_back_link(call_back, by=desk.manager, at=t("2026-01-13 10:00"))


class TestNotices:
    @pytest.fixture
    def homes(self, desk: Desk) -> None:
        """Two flats of one customer, one of another, in the same building."""
        for phone in (PHONE, PHONE, "13900000002"):
            a_contract(an_account(desk.company), a_customer(desk.company, phone=phone))

    def test_each_person_once_per_notice(self, desk: Desk, homes: None) -> None:
        building = an_account(desk.company).premise.building
        incident = register_incident(
            desk.company,
            "一次网泄漏",
            Reach(buildings=[building]),
            starts_at=t("2026-01-12 08:00"),
            by=desk.dispatcher,
            at=t("2026-01-12 08:00"),
        )
        begin_incident(incident, by=desk.dispatcher, at=t("2026-01-12 08:05"))
        first = notify_affected(incident, "正在抢修", by=desk.dispatcher, at=t("2026-01-12 08:10"))
        assert first.accounts == 4
        messages = sent(t("2026-01-12 08:11"))
        assert sorted(phone for phone, _, _ in messages) == [PHONE, "13900000002"]
        assert [values for _, _, values in messages] == [{"text": "正在抢修"}] * 2
        notify_affected(incident, "预计 12 时恢复", by=desk.dispatcher, at=t("2026-01-12 09:00"))
        assert len(sent(t("2026-01-12 09:01"))) == 2

    def test_a_planned_outage_is_told_when_it_is_announced(self, desk: Desk, homes: None) -> None:
        building = an_account(desk.company).premise.building
        incident = register_incident(
            desk.company,
            "阀门更换",
            Reach(buildings=[building]),
            starts_at=t("2026-01-14 08:00"),
            planned=True,
            by=SYSTEM,
            at=t("2026-01-12 08:00"),
        )
        announce_outage(incident, "14 日检修停热", by=SYSTEM, at=t("2026-01-12 08:10"))
        assert Message.objects.filter(bulk=True, template="heat_notice").count() == 2
        assert sent(t("2026-01-12 08:10") + DAY) == []

    def test_nobody_is_told_of_what_was_refused(self, desk: Desk, homes: None) -> None:
        a_ticket(desk, "2026-01-12 09:00", a_repair(caller_phone=""))
        building = an_account(desk.company).premise.building
        incident = register_incident(
            desk.company,
            "x",
            Reach(buildings=[building]),
            starts_at=t("2026-01-12 08:00"),
            by=SYSTEM,
            at=t("2026-01-12 08:00"),
        )
        with pytest.raises(Refused):
            notify_affected(incident, "  ", by=SYSTEM, at=t("2026-01-12 08:10"))
        assert not Message.objects.exists()
