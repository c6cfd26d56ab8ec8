"""Who is told of a promise running out sees it: on a list, and on the front page while it waits."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.classes import Channel
from complaints.escalations.operations import scan_breaches
from complaints.models import Escalation, Ticket
from complaints.tickets.intake import OutsideOrder, open_ticket
from complaints.tickets.resolution import resolve_ticket
from heating.roles import AUDITOR, DISPATCHER
from office.actors import Actor
from tests.builders import a_company, a_member_of_staff, an_account
from tests.clock import present
from tests.service_desk import (
    DAY,
    HOUR,
    MINUTE,
    Desk,
    a_complaint,
    a_desk,
    a_repair,
    a_ticket,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/escalation/"
DUE = t("2026-01-13 00:00")


def signed_in(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


def listed(client: Client, **query: Any) -> list[tuple[str, str]]:
    """Ticket and step of every row, as they stand."""
    page = client.get(LIST, query).content.decode()
    return re.findall(r">\s*(GD\d{14})\s*</a>.*?(即将超时|已超时|超时一天)", page, re.S)


def front(client: Client) -> str:
    """The card of the front page; nothing where there is none."""
    page = client.get(reverse("admin:index")).content.decode()
    card = re.search(
        r"<section class=\"card\">(?:(?!<section).)*?通知到我的超时.*?</section>", page, re.S
    )
    return card.group(0) if card else ""


def told_all_along(desk: Desk) -> Ticket:
    """A ticket due at midnight, of which everybody has been told."""
    ticket = a_ticket(desk, "2026-01-12 09:00")
    for at in (DUE - HOUR, DUE + MINUTE, DUE + DAY + MINUTE):
        scan_breaches(at)
    return ticket


class TestList:
    def test_each_role_sees_its_own_first_and_newest_on_top(self, desk: Desk) -> None:
        ticket = told_all_along(desk)
        number, address = (
            ticket.number,
            reverse("admin:complaints_ticket_change", args=[ticket.pk]),
        )
        assert f'href="{address}"' in signed_in(desk.dispatcher).get(LIST).content.decode()
        assert listed(signed_in(desk.dispatcher)) == [(number, "即将超时")]
        assert listed(signed_in(desk.manager)) == [(number, "超时一天"), (number, "已超时")]

    def test_who_is_told_nothing_begins_with_everything(self, desk: Desk) -> None:
        told_all_along(desk)
        auditor = Actor.staff(a_member_of_staff("审计", AUDITOR, desk.company))
        assert len(listed(signed_in(auditor))) == len(listed(signed_in(desk.agent))) == 3

    def test_who_holds_both_roles_sees_both(self, desk: Desk) -> None:
        told_all_along(desk)
        assert desk.manager.user is not None
        desk.manager.user.groups.add(Group.objects.get(name=DISPATCHER.name))
        assert len(listed(signed_in(desk.manager))) == 3

    def test_by_role_clock_step_and_what_still_waits(self, desk: Desk) -> None:
        first = told_all_along(desk)
        order = OutsideOrder("SX1", t("2026-01-15 09:00"))
        report = a_complaint(channel=Channel.GOVERNMENT, outside=order)
        second = a_ticket(desk, "2026-01-14 09:00", report)
        scan_breaches(t("2026-01-15 09:01"))
        manager = signed_in(desk.manager)
        assert listed(manager, role="dispatcher") == [(first.number, "即将超时")]
        assert len(listed(manager, role="all")) == 4
        assert listed(manager, clock__exact="outside") == [(second.number, "已超时")]
        assert listed(manager, step__exact="breached_a_day") == [(first.number, "超时一天")]
        resolve_ticket(second, "已致歉", by=desk.agent, at=t("2026-01-15 10:00"))
        assert {number for number, _ in listed(manager, waiting="yes")} == {first.number}
        assert listed(manager, q=second.number) == [(second.number, "已超时")]

    def test_nothing_of_another_company(self, desk: Desk) -> None:
        told_all_along(desk)
        stranger = signed_in(a_desk("21").manager)
        assert listed(stranger) == listed(stranger, role="all") == []
        assert listed(stranger, role="all", company=desk.company.pk) == []
        escalation = Escalation.objects.latest("pk")
        address = reverse("admin:complaints_escalation_change", args=[escalation.pk])
        assert stranger.get(address).status_code == 404
        assert signed_in(desk.manager).get(address).status_code == 200

    def test_without_the_permission_there_is_no_list(self, desk: Desk) -> None:
        assert desk.manager.user is not None
        desk.manager.user.groups.clear()
        assert signed_in(desk.manager).get(LIST).status_code == 403

    def test_asks_as_often_for_many_as_for_one(self, desk: Desk) -> None:
        manager = signed_in(desk.manager)
        told_all_along(desk)
        listed(manager)
        counts = []
        for n in (1, 30):
            for _ in range(n):
                a_ticket(desk, "2026-01-12 09:00")
            scan_breaches(DUE + n * MINUTE)
            with CaptureQueriesContext(connection) as queries:
                listed(manager)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 15


class TestFrontPage:
    def test_it_leads_to_the_tickets_for_as_long_as_they_wait(self, desk: Desk) -> None:
        """Of the two steps the manager was told, the last stands for the ticket."""
        ticket = told_all_along(desk)
        dispatcher, manager = signed_in(desk.dispatcher), signed_in(desk.manager)
        address = reverse("admin:complaints_ticket_change", args=[ticket.pk])
        assert address in front(dispatcher)
        assert "服务承诺 · 即将超时" in front(dispatcher)
        assert "通知到我的超时（1）" in front(manager)
        assert "服务承诺 · 超时一天" in front(manager)
        assert "服务承诺 · 已超时" not in front(manager)
        repaired(ticket, desk, DUE + 2 * DAY)
        resolve_ticket(ticket, "已修好", by=desk.agent, at=DUE + 2 * DAY + HOUR)
        for client in (dispatcher, manager):
            assert "通知到我的超时（0）" in front(client)
            assert address not in front(client)

    def test_a_call_that_is_owed_waits_after_the_ticket_is_done(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        resolve_ticket(ticket, "已致歉", by=desk.agent, at=t("2026-01-12 16:00"))
        scan_breaches(t("2026-01-13 18:01"))
        assert "通知到我的超时（1）" in front(signed_in(desk.manager))
        assert "回访 · 已超时" in front(signed_in(desk.manager))
        assert "通知到我的超时（0）" in front(signed_in(desk.dispatcher))

    def test_only_who_is_told_and_only_of_their_company(self, desk: Desk) -> None:
        told_all_along(desk)
        assert front(signed_in(desk.agent)) == ""
        assert "通知到我的超时（0）" in front(signed_in(a_desk("21").manager))
        both = a_member_of_staff("两地", DISPATCHER, a_company("21"))
        both.companies.add(desk.company)
        assert "通知到我的超时（1）" in front(signed_in(Actor.staff(both)))

    def test_counts_all_and_shows_the_newest_eight(self, desk: Desk) -> None:
        at = present()
        for n in range(11):
            report = a_repair(account=an_account(desk.company))
            open_ticket(desk.company, report, by=desk.agent, at=at - 5 * DAY + n * MINUTE)
        assert scan_breaches(at - timedelta(days=2)) == 11
        card = front(signed_in(desk.manager))
        assert "通知到我的超时（11）" in card
        assert len(re.findall(r"GD\d{14}", card)) == 8
