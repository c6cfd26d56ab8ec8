"""Promises that run out: found, told once, and to whom."""

from datetime import datetime
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.classes import Channel, PauseReason, Severity
from complaints.escalations.operations import scan_breaches
from complaints.ladder import LADDER, Clock
from complaints.models import Escalation, Ticket
from complaints.promises.explain import explain_promise
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.tickets.intake import OutsideOrder
from complaints.tickets.resolution import resolve_ticket
from tests.parallel import at_once
from tests.service_desk import (
    DAY,
    HOUR,
    MINUTE,
    Desk,
    a_complaint,
    a_desk,
    a_paper,
    a_repair,
    a_ticket,
    t,
)

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")
DUE = t("2026-01-13 00:00")


def escalations_of(ticket: Ticket) -> list[tuple[str, str, str, datetime]]:
    return list(ticket.escalations.order_by("pk").values_list("clock", "step", "role", "found_at"))


class TestScanBreaches:
    def test_before_at_and_after_the_breach_once_each(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        soon, breach = DUE - 2 * HOUR, DUE
        counts = [
            scan_breaches(at)
            for at in (
                soon,
                soon + MINUTE,
                soon + 2 * MINUTE,
                breach,
                breach + MINUTE,
                breach + HOUR,
                breach + DAY + MINUTE,
                breach + 2 * DAY,
            )
        ]
        assert counts == [0, 1, 0, 0, 1, 0, 1, 0]
        assert escalations_of(ticket) == [
            ("promise", "due_soon", "dispatcher", soon + MINUTE),
            ("promise", "breached", "service_manager", breach + MINUTE),
            ("promise", "breached_a_day", "service_manager", breach + DAY + MINUTE),
        ]

    def test_what_it_finds_is_what_the_clock_says(self, desk: Desk) -> None:
        at = t("2026-01-14 12:00")
        tickets = [
            a_ticket(desk, f"2026-01-{day} {hour}:00", a_repair(severity))
            for day in (10, 11, 12, 13, 14)
            for hour in ("08", "12")
            for severity in Severity
            if t(f"2026-01-{day} {hour}:00") <= at
        ]
        scan_breaches(at)
        late_keys = set(
            Escalation.objects.filter(step__startswith="breached").values_list("ticket", flat=True)
        )
        assert late_keys == {
            ticket.pk for ticket in tickets if explain_promise(ticket, at=at).breached
        }
        assert 0 < len(late_keys) < len(tickets)

    def test_already_breached_when_first_seen_is_not_due_soon(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        assert scan_breaches(DUE + HOUR) == 1
        assert [step for _, step, _, _ in escalations_of(ticket)] == ["breached"]

    def test_neither_paused_nor_resolved_are_told(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        paper = a_paper(ticket, desk.company, by=desk.agent, at=MONDAY)
        pause_ticket(ticket, PauseReason.CONSENT, paper, by=desk.agent, at=MONDAY)
        done = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        resolve_ticket(done, "已致歉", by=desk.agent, at=MONDAY)
        done.call_backs.update(due_at=MONDAY + 300 * DAY)
        assert scan_breaches(MONDAY + 30 * DAY) == 0
        resume_ticket(ticket, by=desk.agent, at=MONDAY + 30 * DAY)
        assert scan_breaches(MONDAY + 30 * DAY + 14 * HOUR) == 1
        assert [step for _, step, _, _ in escalations_of(ticket)] == ["due_soon"]

    def test_the_government_lines_deadline_and_the_call_back_are_clocks_too(
        self, desk: Desk
    ) -> None:
        order = OutsideOrder("SX1", t("2026-01-12 15:00"))
        ticket = a_ticket(
            desk, "2026-01-12 09:00", a_complaint(channel=Channel.GOVERNMENT, outside=order)
        )
        scan_breaches(t("2026-01-12 15:01"))
        resolve_ticket(ticket, "已致歉", by=desk.agent, at=t("2026-01-12 16:00"))
        scan_breaches(t("2026-01-13 17:00"))
        scan_breaches(t("2026-01-13 18:01"))
        assert escalations_of(ticket) == [
            ("outside", "breached", "service_manager", t("2026-01-12 15:01")),
            ("call_back", "due_soon", "dispatcher", t("2026-01-13 17:00")),
            ("call_back", "breached", "service_manager", t("2026-01-13 18:01")),
        ]

    def test_in_as_many_statements_for_many_tickets_as_for_one(self, desk: Desk) -> None:
        a_ticket(desk, "2026-01-12 09:00")
        with CaptureQueriesContext(connection) as few:
            scan_breaches(DUE + MINUTE)
        for _ in range(30):
            a_ticket(desk, "2026-01-12 09:00")
        with CaptureQueriesContext(connection) as many:
            assert scan_breaches(DUE + 2 * MINUTE) == 30
        assert len(many) == len(few) == len(Clock) + 2

    def test_another_company_sees_none_of_it(self, desk: Desk) -> None:
        a_ticket(desk, "2026-01-12 09:00")
        scan_breaches(DUE + MINUTE)
        manager, foreign = desk.manager.user, a_desk("21").manager.user
        assert manager is not None
        assert foreign is not None
        assert Escalation.objects.visible_to(manager).count() == 1
        assert Escalation.objects.visible_to(foreign).count() == 0


def test_the_ladder_goes_up() -> None:
    minutes = [rung.minutes for rung in LADDER]
    assert minutes == sorted(minutes)
    assert 0 in minutes


@pytest.mark.django_db(transaction=True)
def test_six_workers_scanning_at_once_tell_each_step_once(desk: Desk) -> None:
    for _ in range(40):
        a_ticket(desk, "2026-01-12 09:00", a_repair())
    outcomes = at_once([partial(scan_breaches, DUE + MINUTE)] * 6)
    assert sum(n for n in outcomes if isinstance(n, int)) == 40
    assert Escalation.objects.count() == 40
