"""From the dispatcher to the customer's confirmation, one step after the other."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from complaints.classes import PauseReason
from complaints.dispatch.operations import accept_assignment, arrive, assign_ticket, depart
from complaints.models import ItemKind, Ticket, Visit, VisitItem, VisitOutcome
from complaints.promises.pauses import pause_ticket
from complaints.tickets.classification import join_duplicate, separate_duplicate
from complaints.tickets.resolution import resolve_ticket
from complaints.visits.operations import Confirmation, Work, complete_visit, record_finding
from office.refusals import Invalid, Refused
from tests.builders import an_account
from tests.parallel import at_once
from tests.service_desk import (
    HOUR,
    MINUTE,
    Desk,
    a_desk,
    a_paper,
    a_repair,
    a_ticket,
    at_the_door,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return a_ticket(desk, "2026-01-12 09:00")


class TestAssignTicket:
    def test_sends_a_crew(self, desk: Desk, ticket: Ticket) -> None:
        visit = assign_ticket(ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=MONDAY)
        ticket.refresh_from_db()
        assert (ticket.state, ticket.version, ticket.crew) == ("assigned", 2, desk.crew)
        assert (visit.ordinal, visit.state, visit.assigned_at) == (1, "assigned", MONDAY)

    def test_the_second_dispatcher_is_told(self, desk: Desk, ticket: Ticket) -> None:
        assign_ticket(ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=MONDAY)
        with pytest.raises(Refused, match="刚刚被他人处理过（现为“已派工”）") as refusal:
            assign_ticket(
                ticket, desk.other_crew, seen_version=1, by=desk.other_dispatcher, at=MONDAY
            )
        assert (refusal.value.code, Visit.objects.count()) == ("ticket_changed", 1)
        ticket.refresh_from_db()
        assert ticket.crew == desk.crew

    def test_knowing_that_another_crew_is_sent(self, desk: Desk, ticket: Ticket) -> None:
        first = assign_ticket(ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=MONDAY)
        accept_assignment(first, by=desk.repairer, at=MONDAY)
        second = assign_ticket(
            ticket, desk.other_crew, seen_version=3, by=desk.other_dispatcher, at=MONDAY
        )
        first.refresh_from_db()
        assert (first.state, second.ordinal) == ("withdrawn", 2)
        with pytest.raises(Refused, match="这次派工已被调度撤回"):
            depart(first, by=desk.repairer, at=MONDAY)

    def test_refused_for_another_companys_crew(self, desk: Desk, ticket: Ticket) -> None:
        with pytest.raises(Invalid, match="不属于该公司"):
            assign_ticket(ticket, a_desk("21").crew, seen_version=1, by=desk.dispatcher, at=MONDAY)
        assert not Visit.objects.exists()


class TestAcceptAssignment:
    def test_only_by_the_crew_that_was_sent(self, desk: Desk, ticket: Ticket) -> None:
        visit = assign_ticket(ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=MONDAY)
        with pytest.raises(Refused, match="派给了一班"):
            accept_assignment(visit, by=desk.other_repairer, at=MONDAY)
        visit.refresh_from_db()
        assert (visit.state, visit.repairer) == ("assigned", None)
        accepted_visit = accept_assignment(visit, by=desk.repairer, at=MONDAY)
        ticket.refresh_from_db()
        assert (accepted_visit.state, accepted_visit.repairer, ticket.state) == (
            "accepted",
            desk.repairer.user,
            "working",
        )

    def test_no_step_is_skipped(self, desk: Desk, ticket: Ticket) -> None:
        visit = assign_ticket(ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=MONDAY)
        for verb, sentence in ((depart, "不能出发"), (arrive, "不能到场")):
            with pytest.raises(Refused, match=sentence):
                verb(visit, by=desk.repairer, at=MONDAY)
        visit.refresh_from_db()
        assert visit.state == "assigned"


class TestCompleteVisit:
    def test_with_consent_and_confirmation(self, desk: Desk, ticket: Ticket) -> None:
        visit = at_the_door(ticket, desk, MONDAY)
        record_finding(visit, "阀门锈死", by=desk.repairer, at=MONDAY + HOUR)
        paper = a_paper(ticket, desk.company, by=desk.repairer, at=MONDAY + HOUR)
        valve = Work(
            ItemKind.SERVICE,
            "更换户内阀门",
            consented_by="王秀英",
            consented_at=MONDAY + HOUR,
            amount_fen=8500,
            consent=paper,
        )
        done = complete_visit(
            visit,
            VisitOutcome.FIXED,
            work_done="更换阀门",
            works=[valve],
            confirmation=Confirmation("王秀英", paper),
            by=desk.repairer,
            at=MONDAY + 2 * HOUR,
        )
        assert (done.state, done.outcome, done.confirmed_by) == ("completed", "fixed", "王秀英")
        item = VisitItem.objects.get()
        assert (item.amount_fen, item.quantity, item.consent) == (8500, Decimal(1), paper)
        ticket.refresh_from_db()
        assert (ticket.state, ticket.repaired_by) == ("working", desk.repairer.user)

    def test_refused_before_the_matter_was_found(self, desk: Desk, ticket: Ticket) -> None:
        visit = at_the_door(ticket, desk, MONDAY)
        self.refused(visit, desk, "请先登记现场情况")

    def test_refused_without_consent_or_confirmation(self, desk: Desk, ticket: Ticket) -> None:
        visit = at_the_door(ticket, desk, MONDAY)
        record_finding(visit, "阀门锈死", by=desk.repairer, at=MONDAY + HOUR)
        agreed = {"consented_by": "王秀英", "consented_at": MONDAY + HOUR}
        self.refused(
            visit,
            desk,
            "须先取得用户同意",
            Work(ItemKind.FITTING, "拆暖气罩", consented_by="", consented_at=MONDAY + HOUR),
        )
        self.refused(
            visit,
            desk,
            "收费须附用户签字的同意书",
            Work(
                ItemKind.SERVICE,
                "换阀门",
                amount_fen=8500,
                **agreed,  # type: ignore[arg-type]
            ),
        )
        self.refused(
            visit,
            desk,
            "同意的时间不能晚于完成时间",
            Work(ItemKind.PART, "垫片", consented_by="王秀英", consented_at=MONDAY + 9 * HOUR),
        )
        with pytest.raises(Invalid, match="修复后须有用户确认"):
            complete_visit(
                visit, VisitOutcome.FIXED, work_done="x", by=desk.repairer, at=MONDAY + 2 * HOUR
            )
        visit.refresh_from_db()
        assert (visit.state, VisitItem.objects.count()) == ("arrived", 0)

    def test_not_mended_goes_back_to_the_dispatcher(self, desk: Desk, ticket: Ticket) -> None:
        visit = at_the_door(ticket, desk, MONDAY)
        complete_visit(
            visit,
            VisitOutcome.NOBODY_HOME,
            work_done="敲门无人应答",
            by=desk.repairer,
            at=MONDAY + HOUR,
        )
        ticket.refresh_from_db()
        assert (ticket.state, ticket.clock_state) == ("open", "running")
        assert repaired(ticket, desk, MONDAY + 3 * HOUR, other=True).ordinal == 2

    def refused(self, visit: Visit, desk: Desk, sentence: str, *works: Work) -> None:
        with pytest.raises(Refused, match=sentence):
            complete_visit(
                visit,
                VisitOutcome.FIXED,
                work_done="x",
                works=works,
                confirmation=Confirmation("王秀英"),
                by=desk.repairer,
                at=MONDAY + 2 * HOUR,
            )
        visit.refresh_from_db()
        assert (visit.state, visit.outcome, VisitItem.objects.count()) == ("arrived", "", 0)


class TestJoinDuplicate:
    def test_the_joined_keeps_its_promise_and_is_resolved_with_the_other(self, desk: Desk) -> None:
        main = a_ticket(desk, "2026-01-12 09:00")
        other = a_ticket(desk, "2026-01-12 21:00")
        join_duplicate(other, main, by=desk.dispatcher, at=t("2026-01-12 21:05"))
        other.refresh_from_db()
        assert (other.state, other.duplicate_of, other.due_at) == (
            "joined",
            main,
            t("2026-01-13 12:00"),
        )
        repaired(main, desk, t("2026-01-12 21:30"))
        resolve_ticket(main, "立管已通", by=desk.dispatcher, at=t("2026-01-12 22:00"))
        other.refresh_from_db()
        assert (other.state, other.clock_state, other.call_backs.count()) == (
            "resolved",
            "done",
            1,
        )

    def test_who_called_after_the_work_was_done_is_resolved_too(self, desk: Desk) -> None:
        main = a_ticket(desk, "2026-01-12 09:00")
        other = a_ticket(desk, "2026-01-12 11:30")
        repaired(main, desk, t("2026-01-12 10:50"))
        join_duplicate(other, main, by=desk.dispatcher, at=t("2026-01-12 11:40"))
        resolve_ticket(
            main,
            "立管已通",
            happened_at=t("2026-01-12 11:00"),
            by=desk.dispatcher,
            at=t("2026-01-12 13:00"),
        )
        done = {ticket.pk: ticket.clock_events.get(kind="done").at for ticket in (main, other)}
        assert done == {main.pk: t("2026-01-12 11:00"), other.pk: t("2026-01-12 11:30")}

    def test_refused_while_its_clock_is_paused(self, desk: Desk) -> None:
        main, other = (a_ticket(desk, "2026-01-12 09:00") for _ in range(2))
        paper = a_paper(other, desk.company, by=desk.agent, at=MONDAY)
        pause_ticket(other, PauseReason.PAPERS, paper, by=desk.agent, at=MONDAY)
        with pytest.raises(Refused, match="请先恢复再并单"):
            join_duplicate(other, main, by=desk.agent, at=MONDAY)
        other.refresh_from_db()
        assert (other.state, other.duplicate_of) == ("open", None)

    def test_it_can_be_taken_apart_again(self, desk: Desk) -> None:
        main, other = (a_ticket(desk, "2026-01-12 09:00") for _ in range(2))
        join_duplicate(other, main, by=desk.agent, at=MONDAY)
        apart = separate_duplicate(other, reason="另一处漏水", by=desk.agent, at=MONDAY)
        assert (apart.state, apart.duplicate_of) == ("open", None)

    def test_refused_across_buildings_faults_and_chains(self, desk: Desk) -> None:
        main, other, third = (a_ticket(desk, "2026-01-12 09:00") for _ in range(3))
        nowhere = a_ticket(desk, "2026-01-12 09:00", a_repair())
        leak = a_ticket(
            desk, "2026-01-12 09:00", a_repair(subject="leak", account=an_account(desk.company))
        )
        join_duplicate(other, main, by=desk.agent, at=MONDAY)
        for ticket, into, sentence in (
            (nowhere, main, "同一楼栋"),
            (leak, main, "事项不同"),
            (third, other, "现在是“已并单”，不能并入"),
            (main, third, "已有工单并入此单"),
            (main, main, "并入它自己"),
        ):
            with pytest.raises(Refused, match=sentence):
                join_duplicate(ticket, into, by=desk.agent, at=MONDAY)
        assert Ticket.objects.filter(state="joined").get() == other


def test_the_database_lets_nobody_verify_their_own_repair(desk: Desk, ticket: Ticket) -> None:
    assert desk.repairer.user is not None
    with pytest.raises(DatabaseError, match="ticket_verified_by_another"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(
            repaired_by=desk.repairer.user, verified_by=desk.repairer.user
        )


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_of_eight_dispatchers_one_wins_and_seven_are_told(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        works = [
            partial(
                assign_ticket,
                ticket,
                (desk.crew, desk.other_crew)[n % 2],
                seen_version=1,
                by=(desk.dispatcher, desk.other_dispatcher)[n % 2],
                at=MONDAY + MINUTE,
            )
            for n in range(8)
        ]
        outcomes = at_once(works)
        [won] = [outcome for outcome in outcomes if isinstance(outcome, Visit)]
        codes = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
        assert codes == ["ticket_changed"] * 7
        ticket.refresh_from_db()
        assert (ticket.crew, ticket.version, Visit.objects.get()) == (won.crew, 2, won)

    def test_two_joined_into_each_other_are_not_both_joined(self, desk: Desk) -> None:
        first, second = (a_ticket(desk, "2026-01-12 09:00") for _ in range(2))
        outcomes = at_once(
            [
                partial(join_duplicate, first, second, by=desk.agent, at=MONDAY + MINUTE),
                partial(join_duplicate, second, first, by=desk.agent, at=MONDAY + MINUTE),
            ]
        )
        assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
        assert Ticket.objects.filter(state="joined").count() == 1
