"""Joined tickets end with their main one only where their own conditions are met."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission

from complaints.call_backs.owed import worked_on
from complaints.classes import Subject, TicketKind
from complaints.knowledge.operations import draft_article, publish_article
from complaints.kpis.tallies import tally_stale
from complaints.measures import Measure
from complaints.models import Answer, Article, ArticleVersion, KpiTally, Ticket
from complaints.tickets.classification import (
    join_duplicate,
    reclassify_ticket,
    separate_duplicate,
)
from complaints.tickets.enquiries import answer_enquiry
from complaints.tickets.resolution import reopen_ticket, resolve_ticket
from office.actors import Actor
from office.journal import timeline
from office.models import User
from office.refusals import NotAllowed, Refused
from tests.builders import an_account
from tests.service_desk import (
    HOUR,
    MINUTE,
    SYSTEM,
    Desk,
    a_ticket,
    an_enquiry,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")


@pytest.fixture
def main(desk: Desk) -> Ticket:
    return a_ticket(desk, "2026-01-12 09:00")


@pytest.fixture
def joined(desk: Desk, main: Ticket) -> Ticket:
    return join_duplicate(
        a_ticket(desk, "2026-01-12 09:00"), main, by=desk.agent, at=MONDAY + MINUTE
    )


def facts(*tickets: Ticket) -> list[tuple[object, ...]]:
    for ticket in tickets:
        ticket.refresh_from_db()
    return [
        (ticket.state, ticket.version, ticket.clock_events.count(), timeline(ticket).count())
        for ticket in tickets
    ]


def resolve(ticket: Ticket, desk: Desk, at: datetime) -> Ticket:
    return resolve_ticket(ticket, "立管已通", by=desk.dispatcher, at=at)


def resolving(desk: Desk) -> Actor:
    """The second repairer, who here may also resolve tickets."""
    assert desk.other_repairer.user is not None
    person = User.objects.get(pk=desk.other_repairer.user.pk)
    person.user_permissions.add(Permission.objects.get(codename="resolve_ticket"))
    return Actor.staff(person)


def reclassify(ticket: Ticket, kind: TicketKind, desk: Desk) -> None:
    reclassify_ticket(
        ticket,
        kind=kind,
        subject=Subject.OTHER,
        severity=None,
        reason="问明情况",
        by=desk.dispatcher,
        at=MONDAY + HOUR,
    )


def an_article(desk: Desk) -> ArticleVersion:
    article = Article.objects.create(code="ZS-1", topic="热费怎么算")
    draft = draft_article(article, "面积乘单价", by=SYSTEM, at=MONDAY)
    return publish_article(draft, by=desk.manager, at=MONDAY)


class TestResolveTicket:
    def test_a_joined_repair_is_not_resolved_without_a_visit_by_a_complaint(
        self, desk: Desk, main: Ticket, joined: Ticket
    ) -> None:
        reclassify(main, TicketKind.COMPLAINT, desk)
        before = facts(main, joined)
        with pytest.raises(Refused, match=f"并入的工单 {joined.number} 是报修") as refusal:
            resolve(main, desk, MONDAY + 2 * HOUR)
        assert (refusal.value.code, facts(main, joined)) == ("joined_not_done", before)
        separate_duplicate(joined, reason="须上门", by=desk.agent, at=MONDAY + 2 * HOUR)
        resolve(main, desk, MONDAY + 3 * HOUR)
        assert [state for state, *_ in facts(main, joined)] == ["resolved", "open"]

    def test_a_joined_enquiry_is_not_resolved_by_a_visit(self, desk: Desk) -> None:
        main, joined = (
            a_ticket(desk, "2026-01-12 09:00", an_enquiry(account=an_account(desk.company)))
            for _ in range(2)
        )
        join_duplicate(joined, main, by=desk.agent, at=MONDAY)
        reclassify(main, TicketKind.COMPLAINT, desk)
        before = facts(main, joined)
        with pytest.raises(Refused, match="是咨询，须单独答复"):
            resolve(main, desk, MONDAY + 2 * HOUR)
        assert facts(main, joined) == before

    def test_a_redone_one_not_by_who_passed_it_before(
        self, desk: Desk, main: Ticket, joined: Ticket
    ) -> None:
        repaired(main, desk, MONDAY + HOUR)
        resolve(main, desk, MONDAY + 2 * HOUR)
        reopen_ticket(joined, "还是不热", by=desk.agent, at=MONDAY + 3 * HOUR)
        other_main = a_ticket(desk, "2026-01-12 12:00")
        join_duplicate(joined, other_main, by=desk.agent, at=MONDAY + 4 * HOUR)
        repaired(other_main, desk, MONDAY + 5 * HOUR, other=True)
        before = facts(other_main, joined)
        with pytest.raises(NotAllowed, match=f"工单 {joined.number} 上次是您办结的"):
            resolve(other_main, desk, MONDAY + 6 * HOUR)
        with pytest.raises(NotAllowed, match=f"工单 {joined.number} 的返工须由未参与维修"):
            resolve_ticket(other_main, "已通", by=resolving(desk), at=MONDAY + 6 * HOUR)
        assert facts(other_main, joined) == before
        resolve_ticket(other_main, "已通", by=desk.other_dispatcher, at=MONDAY + 6 * HOUR)
        joined.refresh_from_db()
        assert (joined.state, joined.verified_by) == ("resolved", desk.other_dispatcher.user)

    def test_a_redone_one_not_by_a_visit_from_before_the_redo(
        self, desk: Desk, main: Ticket, joined: Ticket
    ) -> None:
        other_main = a_ticket(desk, "2026-01-12 09:00")
        repaired(main, desk, MONDAY + HOUR)
        repaired(other_main, desk, MONDAY + HOUR, other=True)
        resolve(main, desk, MONDAY + 2 * HOUR)
        reopen_ticket(joined, "还是不热", by=desk.agent, at=MONDAY + 3 * HOUR)
        join_duplicate(joined, other_main, by=desk.agent, at=MONDAY + 4 * HOUR)
        before = facts(other_main, joined)
        with pytest.raises(Refused, match="没有修复它的上门"):
            resolve_ticket(other_main, "已通", by=desk.other_dispatcher, at=MONDAY + 5 * HOUR)
        assert facts(other_main, joined) == before


class TestReopenTicket:
    def test_a_joined_ones_redo_counts_for_the_crew_that_mended_the_main_one(
        self, desk: Desk, main: Ticket, joined: Ticket
    ) -> None:
        repaired(main, desk, MONDAY + HOUR)
        resolve(main, desk, MONDAY + 2 * HOUR)
        reopen_ticket(joined, "还是不热", by=desk.agent, at=MONDAY + 3 * HOUR)
        tally_stale()
        rows = KpiTally.objects.filter(record=joined.pk, measure__in=("solved", "redone"))
        assert sorted(rows.values_list("measure", "crew")) == [
            (Measure.REDONE.value, desk.crew.pk),
            (Measure.SOLVED.value, desk.crew.pk),
        ]

    def test_who_mended_the_main_one_does_not_ring_the_joined_ones_customer(
        self, desk: Desk, main: Ticket, joined: Ticket
    ) -> None:
        repaired(main, desk, MONDAY + HOUR)
        resolve(main, desk, MONDAY + 2 * HOUR)
        assert desk.repairer.user is not None
        assert worked_on(joined, desk.repairer.user)


class TestAnswerEnquiry:
    def test_the_joined_enquiry_is_answered_too(self, desk: Desk) -> None:
        main, joined = (
            a_ticket(desk, "2026-01-12 09:00", an_enquiry(account=an_account(desk.company)))
            for _ in range(2)
        )
        join_duplicate(joined, main, by=desk.agent, at=MONDAY)
        article = an_article(desk)
        answer_enquiry(main, "按面积计费", article, by=desk.agent, at=MONDAY + HOUR)
        joined.refresh_from_db()
        answer = Answer.objects.get(ticket=joined)
        assert (answer.text, answer.cites, answer.answered_by) == (
            "按面积计费",
            article,
            desk.agent.user,
        )
        assert (joined.state, joined.clock_state, joined.resolution) == (
            "resolved",
            "done",
            "按面积计费",
        )
        assert joined.call_backs.count() == 1

    def test_a_joined_repair_is_not_ended_by_an_answer(
        self, desk: Desk, main: Ticket, joined: Ticket
    ) -> None:
        reclassify(main, TicketKind.ENQUIRY, desk)
        before = facts(main, joined)
        with pytest.raises(Refused, match="不是咨询，不能以答复办结"):
            answer_enquiry(main, "见条目", an_article(desk), by=desk.agent, at=MONDAY + 2 * HOUR)
        assert (facts(main, joined), Answer.objects.count()) == (before, 0)
