"""A calendar published later: what waited for it becomes firm, what was firm stays."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from complaints.classes import PauseReason, Subject, TicketClass, TicketKind
from complaints.models import CallBack, Promise, PromiseCause, Ticket
from complaints.promises.explain import explain_promise, explain_promises
from complaints.promises.firming import firm_up_all, firm_up_call_backs, firm_up_promises
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.rules.operations import publish_promise_rule
from complaints.tasks import scan_breaches as scan_task
from complaints.templatetags.service import reason
from complaints.tickets.classification import reclassify_ticket
from complaints.tickets.resolution import resolve_ticket
from office.models import CalendarVersion, JournalEntry
from tests.service_desk import (
    HOUR,
    SYSTEM,
    THREE_WORKING_DAYS,
    Desk,
    a_complaint,
    a_desk,
    a_paper,
    a_ticket,
    a_year,
    an_enquiry,
    t,
)

pytestmark = pytest.mark.django_db

# 2026-12-30 is a Wednesday: three working days are Thursday, Friday (New Year) and Monday,
# or one more where New Year's Day is off.
LATE = "2026-12-30 10:00"
GUESSED = t("2027-01-04 18:00")
FIRM = t("2027-01-05 18:00")
PUBLISHED = t("2026-12-31 09:00")


def publish_2027(**changes: Any) -> CalendarVersion:
    return a_year(2027, {date(2027, 1, 1): False}, at="2026-12-31 08:00", **changes)


def wait_for_papers(ticket: Ticket, desk: Desk, since: str, until: str) -> None:
    paper = a_paper(ticket, desk.company, by=desk.agent, at=t(since))
    pause_ticket(ticket, PauseReason.PAPERS, paper, by=desk.agent, at=t(since))
    resume_ticket(ticket, by=desk.agent, at=t(until))


def rows(ticket: Ticket) -> list[tuple[str, Any, bool]]:
    return [(p.cause, p.due_at, p.provisional) for p in ticket.promises.order_by("pk")]


class TestFirmUpPromises:
    def test_a_provisional_promise_is_made_anew_when_its_year_is_published(
        self, desk: Desk
    ) -> None:
        ticket = a_ticket(desk, LATE, an_enquiry())
        assert (ticket.due_at, ticket.provisional) == (GUESSED, True)
        publish_2027()
        assert firm_up_promises(PUBLISHED) == 1
        assert rows(ticket) == [
            (PromiseCause.OPENED, GUESSED, True),
            (PromiseCause.FIRMED_UP, FIRM, False),
        ]
        ticket.refresh_from_db()
        assert (ticket.due_at, ticket.provisional, ticket.version) == (FIRM, False, 2)
        line = JournalEntry.objects.get(action="firm_up_promises", record_id=ticket.pk)
        assert line.company == desk.company
        facts = {name: datetime.fromisoformat(text) for name, text in line.facts.items()}
        assert facts == {"before": GUESSED, "promised": FIRM}

    def test_once(self, desk: Desk) -> None:
        ticket = a_ticket(desk, LATE, an_enquiry())
        publish_2027()
        assert [firm_up_promises(PUBLISHED), firm_up_promises(PUBLISHED)] == [1, 0]
        assert len(rows(ticket)) == 2

    def test_nothing_happens_before_the_year_is_published(self, desk: Desk) -> None:
        ticket = a_ticket(desk, LATE, an_enquiry())
        assert firm_up_promises(PUBLISHED) == 0
        a_year(2028, at="2026-12-31 08:00")
        a_year(
            2026,
            {date(2026, 12, 31): False},
            at="2026-12-31 08:00",
            reason="增加一天",
            seen_ordinal=1,
        )
        assert firm_up_promises(PUBLISHED) == 0
        assert rows(ticket) == [(PromiseCause.OPENED, GUESSED, True)]

    def test_a_revised_year_leaves_what_was_promised(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-03-02 10:00", an_enquiry())
        assert ticket.due_at == t("2026-03-05 18:00")
        a_year(2026, {date(2026, 3, 4): False}, at="2026-03-03 08:00", reason="临时放假")
        assert firm_up_promises(t("2026-03-03 09:00")) == 0
        later = a_ticket(desk, "2026-03-02 10:00", an_enquiry())
        assert later.due_at == t("2026-03-06 18:00")
        for paused_ticket, due in ((ticket, "2026-03-05 19:00"), (later, "2026-03-06 19:00")):
            wait_for_papers(paused_ticket, desk, "2026-03-03 10:00", "2026-03-03 11:00")
            paused_ticket.refresh_from_db()
            assert paused_ticket.due_at == t(due)
            assert len(rows(paused_ticket)) == 1

    def test_pauses_count_in_the_firm_promise(self, desk: Desk) -> None:
        ticket = a_ticket(desk, LATE, an_enquiry())
        paper = a_paper(ticket, desk.company, by=desk.agent, at=t("2026-12-30 11:00"))
        pause_ticket(ticket, PauseReason.PAPERS, paper, by=desk.agent, at=t("2026-12-30 11:00"))
        publish_2027()
        assert firm_up_promises(PUBLISHED) == 0  # paused: when it is due is not known yet
        resume_ticket(ticket, by=desk.agent, at=t("2026-12-31 11:00"))
        assert firm_up_promises(t("2026-12-31 12:00")) == 1
        ticket.refresh_from_db()
        assert (ticket.due_at, ticket.provisional) == (t("2027-01-06 18:00"), False)

    def test_a_pause_may_carry_a_firm_promise_into_an_unknown_year(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-12-28 10:00", an_enquiry())
        assert (ticket.due_at, ticket.provisional) == (t("2026-12-31 18:00"), False)
        wait_for_papers(ticket, desk, "2026-12-28 11:00", "2026-12-29 11:00")
        ticket.refresh_from_db()
        assert (ticket.due_at, ticket.provisional) == (t("2027-01-01 18:00"), True)
        publish_2027()
        assert firm_up_promises(PUBLISHED) == 1
        ticket.refresh_from_db()
        assert (ticket.due_at, ticket.provisional) == (t("2027-01-04 18:00"), False)

    def test_what_is_over_or_counts_no_working_days_is_left(self, desk: Desk) -> None:
        done = a_ticket(desk, LATE, a_complaint())
        resolve_ticket(done, "已道歉", by=desk.agent, at=t("2026-12-30 12:00"))
        repair = a_ticket(desk, "2026-12-31 23:50")
        publish_2027()
        assert firm_up_promises(PUBLISHED) == 0
        assert len(rows(done)) == len(rows(repair)) == 1

    def test_hundreds_cost_as_many_statements_as_one(self, desk: Desk) -> None:
        for _ in range(3):
            a_ticket(desk, LATE, an_enquiry())
        publish_2027()
        with CaptureQueriesContext(connection) as queries_for_one:
            assert firm_up_promises(PUBLISHED, most=1) == 1
        with CaptureQueriesContext(connection) as queries_for_rest:
            assert firm_up_promises(PUBLISHED) == 2
        assert len(queries_for_rest) == len(queries_for_one) <= 12


class TestFirmUpCallBacks:
    def test_a_call_back_is_reckoned_anew(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-12-30 10:00", a_complaint())
        resolve_ticket(ticket, "已道歉", by=desk.agent, at=t("2026-12-31 10:00"))
        call_back = CallBack.objects.get(ticket=ticket)
        assert (call_back.due_at, call_back.provisional) == (t("2027-01-01 18:00"), True)
        publish_2027()
        assert firm_up_all(PUBLISHED) == 1
        call_back.refresh_from_db()
        assert (call_back.due_at, call_back.provisional) == (t("2027-01-04 18:00"), False)
        assert firm_up_call_backs(PUBLISHED) == 0
        assert JournalEntry.objects.filter(action="firm_up_call_backs").count() == 1


class TestExplainPromise:
    def test_it_names_the_versions_that_counted(self, desk: Desk) -> None:
        ticket = a_ticket(desk, LATE, an_enquiry())
        explanation = explain_promise(ticket, at=t("2026-12-30 11:00"))
        assert [f"{calendar}" for calendar in explanation.calendars] == ["2026 年第 1 版"]
        a_year(2026, {date(2026, 12, 31): False}, at="2026-12-31 07:00", reason="增加一天")
        publish_2027(notice="国办发明电〔2026〕9号")
        firm_up_promises(PUBLISHED)
        explanation = explain_promise(ticket, at=PUBLISHED)
        assert [f"{calendar}" for calendar in explanation.calendars] == [
            "2026 年第 2 版",
            "2027 年第 1 版",
        ]
        assert "工作日历：2026 年第 2 版（" in explanation.explain()
        assert "2027 年第 1 版（国办发明电〔2026〕9号）" in explanation.explain()
        assert explanation.due == t("2027-01-06 18:00")

    def test_every_promise_of_the_history_is_told_by_its_own_calendar(self, desk: Desk) -> None:
        ticket = a_ticket(desk, LATE, an_enquiry())
        publish_2027()
        firm_up_promises(PUBLISHED)
        explanations = explain_promises(ticket, at=PUBLISHED)
        assert [
            (explanation.due, explanation.reading.provisional) for explanation in explanations
        ] == [
            (FIRM, False),
            (GUESSED, True),
        ]
        assert [len(explanation.calendars) for explanation in explanations] == [2, 1]

    def test_where_no_working_days_count_none_is_named(self, desk: Desk) -> None:
        explanation = explain_promise(a_ticket(desk, "2026-01-12 09:00"), at=t("2026-01-12 10:00"))
        assert explanation.calendars == ()
        assert "工作日历" not in explanation.explain()

    def test_the_sentence_is_chinese_throughout_and_the_page_english(self, desk: Desk) -> None:
        ticket = a_ticket(desk, LATE, an_enquiry())
        wait_for_papers(ticket, desk, "2026-12-30 11:00", "2026-12-30 12:00")
        at = t("2026-12-30 13:00")
        with override("en"):
            explanation = explain_promise(ticket, at=at)
            sentence = explanation.explain()
            shown = [reason(interval.reason) for interval in explanation.intervals]
        assert not re.search("[\u4e00-\u9fff：]", "".join(shown))
        assert sentence == explain_promise(ticket, at=at).explain()
        assert "等待用户：等用户补充材料" in sentence
        assert "工作日历：2026 年第 1 版（" in sentence

    def test_its_page_names_the_versions_and_asks_as_often_for_a_long_history(
        self, desk: Desk
    ) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        assert desk.agent.user is not None
        client = Client()
        client.force_login(desk.agent.user)
        address = reverse("admin:complaints_ticket_explain_promise", args=[ticket.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            page = client.get(address).content.decode()
        only = CalendarVersion.objects.get(year=2026)
        assert reverse("admin:office_calendarversion_change", args=[only.pk]) in page
        assert only.notice in page
        assert "2026 年第 2 版" not in page
        change = {date(2026, 1, 14): False}
        notice = "国办发明电〔2026〕9号"
        a_year(2026, change, notice=notice, at="2026-01-12 10:00", reason="增加一天")
        for n, kind in enumerate((TicketKind.COMPLAINT, TicketKind.ENQUIRY) * 2):
            reclassify_ticket(
                ticket,
                kind=kind,
                subject=Subject.CHARGE,
                severity=None,
                reason="用户改口",
                by=desk.agent,
                at=t("2026-01-12 11:00") + n * HOUR,
            )
        assert ticket.promises.count() == 5
        with CaptureQueriesContext(connection) as many:
            page = client.get(address).content.decode()
        assert len(many) == len(few)
        assert "2026 年第 2 版" in page
        assert page.count(notice) == 4


def test_the_worker_firms_up_before_it_looks_for_breaches(db: None) -> None:
    publish_promise_rule(
        None,
        TicketClass.ENQUIRY,
        THREE_WORKING_DAYS,
        effective_from=date(2020, 1, 1),
        source="客户服务手册",
        by=SYSTEM,
        at=t("2020-01-01 09:00"),
    )
    ticket = a_ticket(a_desk(), "2020-12-30 10:00", an_enquiry())
    assert ticket.provisional
    for year in (2020, 2021):
        a_year(year, at="2021-01-01 08:00")
    scan_task()
    firm = Promise.objects.get(ticket=ticket, cause=PromiseCause.FIRMED_UP)
    assert {escalation.due_at for escalation in ticket.escalations.all()} == {firm.due_at}
