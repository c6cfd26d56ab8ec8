"""Call-backs: owed, tried, answered by the customer alone."""

from datetime import date

import pytest

from complaints.call_backs.operations import (
    Opinion,
    answer_call_back,
    issue_call_back_link,
    record_call_back,
)
from complaints.models import (
    AfterUnanswered,
    CallBack,
    CallBackAttempt,
    CallOutcome,
    Satisfaction,
    Ticket,
)
from complaints.promises.sampling import in_sample
from complaints.rules.operations import publish_call_back_policy
from complaints.tickets.resolution import close_ticket, resolve_ticket
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from office.tokens.one_time_links import links_of
from tests.complaints.call_backs.escalated import escalated, policy
from tests.service_desk import (
    DAY,
    HOUR,
    MINUTE,
    SYSTEM,
    Desk,
    a_complaint,
    a_ticket,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")
NOON = t("2026-01-12 12:00")
CUSTOMER = Actor.customer("139****0001")
GOOD = Opinion(Satisfaction.SATISFIED, "很快")
BAD = Opinion(Satisfaction.DISSATISFIED, "还是不热")


@pytest.fixture
def owed(desk: Desk) -> CallBack:
    """The call-back of a repair that was resolved at 11."""
    ticket = a_ticket(desk, "2026-01-12 09:00")
    repaired(ticket, desk, MONDAY + HOUR)
    resolve_ticket(ticket, "已通", by=desk.dispatcher, at=MONDAY + 2 * HOUR)
    return ticket.call_backs.get()


class TestOwed:
    def test_from_the_resolution_with_a_clock_of_its_own(self, desk: Desk, owed: CallBack) -> None:
        assert (owed.state, owed.owed_since, owed.due_at) == (
            "due",
            MONDAY + 2 * HOUR,
            t("2026-01-13 18:00"),
        )
        with pytest.raises(Refused, match="还没有回访"):
            close_ticket(owed.ticket, by=desk.agent, at=NOON)
        owed.ticket.refresh_from_db()
        assert owed.ticket.state == "resolved"

    def test_every_complaint_and_of_the_others_a_sample(self, desk: Desk) -> None:
        policy(0, AfterUnanswered.GIVE_UP)
        repair, complaint = (
            a_ticket(desk, "2026-01-12 09:00"),
            a_ticket(desk, "2026-01-12 09:00", a_complaint()),
        )
        repaired(repair, desk, MONDAY)
        resolve_ticket(repair, "已通", by=desk.dispatcher, at=NOON)
        resolve_ticket(complaint, "已致歉", by=desk.agent, at=NOON)
        assert (repair.call_backs.count(), complaint.call_backs.count()) == (0, 1)
        assert close_ticket(repair, by=desk.agent, at=NOON).state == "closed"

    def test_the_sample_is_by_number_and_about_as_large_as_said(self) -> None:
        numbers = [f"GD112026{n:08d}" for n in range(2000)]
        chosen = [number for number in numbers if in_sample(number, 30)]
        assert 540 < len(chosen) < 660
        assert chosen == [number for number in numbers if in_sample(number, 30)]
        assert all(in_sample(number, 100) for number in numbers)
        assert not any(in_sample(number, 0) for number in numbers)


class TestRecordCallBack:
    def test_an_answer_ends_it(self, desk: Desk, owed: CallBack) -> None:
        call_back = record_call_back(
            owed, CallOutcome.ANSWERED, opinion=GOOD, by=desk.other_agent, at=NOON
        )
        assert (
            call_back.state,
            call_back.satisfaction,
            call_back.remark,
            call_back.heard_through,
        ) == (
            "answered",
            "satisfied",
            "很快",
            "call",
        )
        assert (call_back.taken_by, call_back.answered_at) == (desk.other_agent.user, NOON)
        assert close_ticket(owed.ticket, by=desk.agent, at=NOON).state == "closed"
        with pytest.raises(Refused, match="“已回访”，不用再打"):
            record_call_back(owed, CallOutcome.NO_ANSWER, by=desk.agent, at=NOON)

    def test_three_unanswered_calls_and_the_policy_gives_up(
        self, desk: Desk, owed: CallBack
    ) -> None:
        for n, outcome in enumerate(
            (CallOutcome.NO_ANSWER, CallOutcome.CALL_LATER, CallOutcome.UNREACHABLE)
        ):
            call_back = record_call_back(owed, outcome, by=desk.agent, at=NOON + n * HOUR)
            assert call_back.state == "due"
        call_back = record_call_back(owed, CallOutcome.NO_ANSWER, by=desk.agent, at=NOON + DAY)
        assert (call_back.state, call_back.satisfaction, call_back.attempts.count()) == (
            "unanswered",
            "",
            4,
        )
        assert close_ticket(owed.ticket, by=desk.agent, at=NOON + DAY).state == "closed"

    def test_calls_in_vain_count_only_two_hours_apart(self, desk: Desk, owed: CallBack) -> None:
        record_call_back(owed, CallOutcome.NO_ANSWER, by=desk.agent, at=NOON)
        for outcome in (CallOutcome.NO_ANSWER, CallOutcome.UNREACHABLE):
            for after in (MINUTE, 2 * HOUR - MINUTE):
                with pytest.raises(Refused, match="2026-01-12 14:00 起才能再登记未接通") as no:
                    record_call_back(owed, outcome, by=desk.other_agent, at=NOON + after)
                assert no.value.code == "called_too_soon"
        owed.refresh_from_db()
        assert (owed.state, owed.attempts.count()) == ("due", 1)
        # Who picks up and asks for another time was reached; the two hours still run.
        record_call_back(owed, CallOutcome.CALL_LATER, by=desk.agent, at=NOON + HOUR)
        record_call_back(owed, CallOutcome.UNREACHABLE, by=desk.agent, at=NOON + 2 * HOUR)
        assert owed.attempts.count() == 3

    def test_who_answers_is_heard_at_any_time(self, desk: Desk, owed: CallBack) -> None:
        record_call_back(owed, CallOutcome.NO_ANSWER, by=desk.agent, at=NOON)
        call_back = record_call_back(
            owed, CallOutcome.ANSWERED, opinion=GOOD, by=desk.agent, at=NOON + MINUTE
        )
        assert (call_back.state, call_back.satisfaction) == ("answered", "satisfied")

    def test_the_hours_are_those_of_the_policy_it_is_owed_by(
        self, desk: Desk, owed: CallBack
    ) -> None:
        publish_call_back_policy(
            desk.company,
            sample_percent=100,
            most_attempts=3,
            hours_between=24,
            after_unanswered=AfterUnanswered.GIVE_UP,
            effective_from=date(2026, 1, 12),
            source="回访办法",
            by=SYSTEM,
            at=MONDAY,
        )
        ticket = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        resolve_ticket(ticket, "已致歉", by=desk.agent, at=MONDAY + HOUR)
        later = ticket.call_backs.get()
        for call_back in (owed, later):
            record_call_back(call_back, CallOutcome.NO_ANSWER, by=desk.other_agent, at=NOON)
        at = NOON + 2 * HOUR
        record_call_back(owed, CallOutcome.NO_ANSWER, by=desk.other_agent, at=at)
        with pytest.raises(Refused, match="至少间隔 24 小时，2026-01-13 12:00 起"):
            record_call_back(later, CallOutcome.NO_ANSWER, by=desk.other_agent, at=at)
        assert (owed.attempts.count(), later.attempts.count()) == (2, 1)

    def test_or_hands_it_to_the_manager(self, desk: Desk) -> None:
        policy(100, AfterUnanswered.ESCALATE)
        ticket = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        resolve_ticket(ticket, "已致歉", by=desk.agent, at=NOON)
        owed = ticket.call_backs.get()
        states = [
            record_call_back(
                owed, CallOutcome.NO_ANSWER, by=desk.other_agent, at=NOON + 2 * n * HOUR
            ).state
            for n in range(3)
        ]
        assert states == ["due", "due", "escalated"]
        for outcome, opinion in ((CallOutcome.NO_ANSWER, None), (CallOutcome.ANSWERED, GOOD)):
            with pytest.raises(NotAllowed, match="已转客服主管，由客服主管回访并登记"):
                record_call_back(owed, outcome, opinion=opinion, by=desk.other_agent, at=NOON + DAY)
        owed.refresh_from_db()
        assert (owed.state, owed.attempts.count()) == ("escalated", 3)
        call_back = record_call_back(owed, CallOutcome.NO_ANSWER, by=desk.manager, at=NOON + DAY)
        assert call_back.state == "unanswered"

    def test_what_the_manager_hears_is_the_managers(self, desk: Desk) -> None:
        call_back = escalated(desk, "2026-01-12 09:00")
        call_back = record_call_back(
            call_back, CallOutcome.ANSWERED, opinion=GOOD, by=desk.manager, at=NOON + DAY
        )
        assert (call_back.state, call_back.taken_by) == ("answered", desk.manager.user)
        last = JournalEntry.objects.filter(action="record_escalated_call_back").get()
        assert (last.by, last.facts["outcome"]) == (desk.manager.user, "answered")

    def test_nobody_asks_about_their_own_work(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        resolve_ticket(ticket, "已致歉", by=desk.agent, at=NOON)
        with pytest.raises(NotAllowed, match="经办过这张工单的人员不能回访"):
            record_call_back(
                ticket.call_backs.get(), CallOutcome.ANSWERED, opinion=GOOD, by=desk.agent, at=NOON
            )
        for by in (SYSTEM, desk.repairer):
            with pytest.raises(NotAllowed):
                record_call_back(
                    ticket.call_backs.get(), CallOutcome.ANSWERED, opinion=GOOD, by=by, at=NOON
                )
        assert (ticket.call_backs.get().state, CallBackAttempt.objects.count()) == ("due", 0)

    def test_an_opinion_needs_somebody_who_answered(self, desk: Desk, owed: CallBack) -> None:
        for outcome, opinion in ((CallOutcome.NO_ANSWER, GOOD), (CallOutcome.ANSWERED, None)):
            with pytest.raises(Invalid, match="没有接通的不能登记评价"):
                record_call_back(owed, outcome, opinion=opinion, by=desk.agent, at=NOON)
        assert not CallBackAttempt.objects.exists()

    def test_a_bad_answer_opens_the_next_visit(self, desk: Desk, owed: CallBack) -> None:
        record_call_back(owed, CallOutcome.ANSWERED, opinion=BAD, by=desk.agent, at=NOON)
        ticket = Ticket.objects.get(pk=owed.ticket_id)
        assert (ticket.state, ticket.redo_count, ticket.due_at) == (
            "open",
            1,
            t("2026-01-13 00:00"),
        )
        assert ticket.clock_events.last().note == "回访不满意：还是不热"  # type: ignore[union-attr]
        assert repaired(ticket, desk, NOON + HOUR).redo_round == 1


class TestAnswerCallBack:
    def test_once_by_the_link_of_which_only_the_digest_is_kept(
        self, desk: Desk, owed: CallBack
    ) -> None:
        token = issue_call_back_link(owed, by=desk.agent, at=NOON)
        link = links_of(owed, "answer_call_back")[0]
        assert (len(link.token_digest), token in link.token_digest) == (64, False)
        call_back = answer_call_back(token, GOOD, by=CUSTOMER, at=NOON + HOUR)
        assert (call_back.state, call_back.heard_through, call_back.taken_by) == (
            "answered",
            "link",
            None,
        )
        with pytest.raises(NotFound, match="链接无效或已使用"):
            answer_call_back(token, BAD, by=CUSTOMER, at=NOON + HOUR)
        owed.refresh_from_db()
        assert owed.satisfaction == "satisfied"

    def test_a_new_link_ends_the_old(self, desk: Desk, owed: CallBack) -> None:
        old = issue_call_back_link(owed, by=desk.agent, at=NOON)
        issue_call_back_link(owed, by=desk.agent, at=NOON)
        with pytest.raises(NotFound):
            answer_call_back(old, GOOD, by=CUSTOMER, at=NOON)
        owed.refresh_from_db()
        assert owed.state == "due"

    def test_never_by_staff_nor_after_a_week(self, desk: Desk, owed: CallBack) -> None:
        token = issue_call_back_link(owed, by=desk.agent, at=NOON)
        for by in (desk.agent, desk.repairer, SYSTEM):
            with pytest.raises(NotAllowed, match="只能由用户本人"):
                answer_call_back(token, GOOD, by=by, at=NOON)
        with pytest.raises(Refused, match="链接已过期"):
            answer_call_back(token, GOOD, by=CUSTOMER, at=NOON + 7 * DAY)
        owed.refresh_from_db()
        assert (owed.state, owed.satisfaction) == ("due", "")
