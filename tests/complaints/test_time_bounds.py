"""No time that a person enters lies before what it follows from, whatever the form."""

import ast
from datetime import date, datetime
from decimal import Decimal

import pytest

from complaints.classes import Department
from complaints.hand_overs.operations import hand_over_enquiry
from complaints.incidents.operations import (
    Reach,
    attach_tickets,
    begin_incident,
    register_incident,
    restore_incident,
)
from complaints.knowledge.operations import draft_article, publish_article
from complaints.models import (
    Answer,
    Article,
    ArticleVersion,
    ClockEvent,
    Incident,
    ItemKind,
    TemperatureTest,
    Ticket,
    VisitItem,
    VisitOutcome,
)
from complaints.spot_checks.operations import (
    Size,
    draw_spot_checks,
    link_spot_check,
    plan_spot_checks,
)
from complaints.temperature_tests.operations import (
    Instrument,
    Reading,
    Signatures,
    record_temperature_test,
)
from complaints.tickets.enquiries import answer_enquiry
from complaints.tickets.resolution import reopen_ticket, resolve_ticket
from complaints.time_bounds import TIMES
from complaints.visits.operations import Confirmation, Work, complete_visit, record_finding
from customers.models import Account
from office.journal import timeline
from office.refusals import Refused
from tests.builders import an_account
from tests.house.trees import house
from tests.service_desk import (
    DAY,
    HOUR,
    MINUTE,
    SYSTEM,
    Desk,
    a_complaint,
    a_paper,
    a_repair,
    a_ticket,
    an_enquiry,
    at_the_door,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")
WORK_DONE = t("2026-01-13 10:05")
EVENING_BEFORE = t("2026-01-12 23:00")


def facts(ticket: Ticket) -> tuple[object, ...]:
    ticket.refresh_from_db()
    return (ticket.state, ticket.version, ticket.clock_events.count(), timeline(ticket).count())


def resolve(ticket: Ticket, desk: Desk, when: datetime, at: datetime = WORK_DONE + DAY) -> Ticket:
    return resolve_ticket(ticket, "已恢复", happened_at=when, by=desk.dispatcher, at=at)


class TestResolveTicket:
    def test_not_before_the_visit_that_mended(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        repaired(ticket, desk, WORK_DONE - 5 * MINUTE)
        before = facts(ticket)
        with pytest.raises(
            Refused, match="办结时间 2026-01-12 23:00 早于上门完成（2026-01-13 10:05）"
        ):
            resolve(ticket, desk, EVENING_BEFORE)
        assert facts(ticket) == before
        resolve(ticket, desk, WORK_DONE)
        assert ClockEvent.objects.get(ticket=ticket, kind="done").at == WORK_DONE

    def test_a_complaint_not_before_the_visit_either(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        repaired(ticket, desk, WORK_DONE - 5 * MINUTE)
        before = facts(ticket)
        with pytest.raises(Refused, match="早于上门完成"):
            resolve(ticket, desk, EVENING_BEFORE)
        assert facts(ticket) == before

    def test_after_a_redo_not_before_the_visit_of_that_round(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        repaired(ticket, desk, MONDAY + HOUR)
        resolve(ticket, desk, MONDAY + 2 * HOUR)
        reopen_ticket(ticket, "又不热了", by=desk.agent, at=WORK_DONE + DAY)
        repaired(ticket, desk, WORK_DONE + DAY + HOUR, other=True)
        before = facts(ticket)
        with pytest.raises(Refused, match="早于上门完成（2026-01-14 11:10）"):
            resolve_ticket(
                ticket,
                "已复修",
                happened_at=WORK_DONE + DAY + HOUR,
                by=desk.other_dispatcher,
                at=WORK_DONE + 2 * DAY,
            )
        assert facts(ticket) == before

    def test_not_before_the_restoration_that_explains_it(self, desk: Desk) -> None:
        account = an_account(desk.company)
        incident = an_incident(desk, account)
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(account=account))
        attach_tickets(incident, [ticket], by=desk.dispatcher, at=MONDAY + HOUR)
        restore_incident(incident, restored_at=WORK_DONE, by=desk.dispatcher, at=WORK_DONE + HOUR)
        before = facts(ticket)
        with pytest.raises(Refused, match="早于故障恢复供热（2026-01-13 10:05）"):
            resolve(ticket, desk, EVENING_BEFORE)
        assert facts(ticket) == before
        resolve(ticket, desk, WORK_DONE)
        assert ClockEvent.objects.get(ticket=ticket, kind="done").at == WORK_DONE

    def test_a_visit_that_mended_earlier_needs_no_restoration(self, desk: Desk) -> None:
        account = an_account(desk.company)
        incident = an_incident(desk, account)
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(account=account))
        attach_tickets(incident, [ticket], by=desk.dispatcher, at=MONDAY + HOUR)
        repaired(ticket, desk, MONDAY + 2 * HOUR)
        restore_incident(incident, restored_at=WORK_DONE, by=desk.dispatcher, at=WORK_DONE + HOUR)
        resolve(ticket, desk, EVENING_BEFORE)
        assert ClockEvent.objects.get(ticket=ticket, kind="done").at == EVENING_BEFORE


def an_incident(desk: Desk, account: Account) -> Incident:
    incident = register_incident(
        desk.company,
        "爆管",
        Reach(buildings=[account.premise.building]),
        starts_at=MONDAY - HOUR,
        by=desk.dispatcher,
        at=MONDAY,
    )
    return begin_incident(incident, by=desk.dispatcher, at=MONDAY)


class TestRestoreIncident:
    def test_not_before_the_heat_went_off(self, desk: Desk) -> None:
        incident = an_incident(desk, an_account(desk.company))
        with pytest.raises(Refused, match="恢复供热时间 2026-01-12 07:59 早于停热开始"):
            restore_incident(
                incident, restored_at=MONDAY - 61 * MINUTE, by=desk.dispatcher, at=WORK_DONE
            )
        incident.refresh_from_db()
        assert (incident.state, incident.restored_at) == ("ongoing", None)


class TestAnswerEnquiry:
    def published(self, desk: Desk, at: datetime) -> ArticleVersion:
        article = Article.objects.create(code="ZS-1", topic="热费怎么算")
        draft = draft_article(article, "面积乘单价", by=SYSTEM, at=at)
        return publish_article(draft, by=desk.manager, at=at)

    def test_not_before_the_article_was_published(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        article = self.published(desk, WORK_DONE)
        before = facts(ticket)
        with pytest.raises(Refused, match="答复时间 2026-01-12 23:00 早于所引条目发布"):
            answer_enquiry(
                ticket,
                "按面积",
                article,
                happened_at=EVENING_BEFORE,
                by=desk.agent,
                at=WORK_DONE + DAY,
            )
        assert (facts(ticket), Answer.objects.count()) == (before, 0)

    def test_not_before_it_was_handed_over(self, desk: Desk) -> None:
        article = self.published(desk, MONDAY)
        ticket = a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        hand_over_enquiry(ticket, Department.FINANCE, "多收？", by=desk.agent, at=WORK_DONE)
        before = facts(ticket)
        with pytest.raises(Refused, match="早于转办（2026-01-13 10:05）"):
            answer_enquiry(
                ticket,
                "按面积",
                article,
                happened_at=EVENING_BEFORE,
                by=desk.agent,
                at=WORK_DONE + DAY,
            )
        assert (facts(ticket), Answer.objects.count()) == (before, 0)


class TestConsent:
    def test_not_before_the_repairer_arrived(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        visit = at_the_door(ticket, desk, WORK_DONE)
        record_finding(visit, "垫片老化", by=desk.repairer, at=WORK_DONE + 4 * MINUTE)
        work = Work(ItemKind.PART, "垫片", consented_by="王秀英", consented_at=WORK_DONE)
        with pytest.raises(Refused, match="用户同意时间 2026-01-13 10:05 早于到场"):
            complete_visit(
                visit,
                VisitOutcome.FIXED,
                work_done="换垫片",
                works=[work],
                confirmation=Confirmation("王秀英"),
                by=desk.repairer,
                at=WORK_DONE + HOUR,
            )
        visit.refresh_from_db()
        assert (visit.state, VisitItem.objects.count()) == ("arrived", 0)


def measure(desk: Desk, account: Account, when: datetime, ticket: Ticket | None = None) -> object:
    target = ticket or account
    papers = [a_paper(target, desk.company, by=desk.repairer, at=MONDAY) for _ in range(2)]
    return record_temperature_test(
        account,
        [Reading("客厅", when, Decimal("17.5"))],
        Instrument("WS-0017", date(2026, 6, 30)),
        Signatures(papers[0], papers[1], "王秀英"),
        outside=Decimal("-5.0"),
        required=Decimal("18.0"),
        ticket=ticket,
        by=desk.repairer,
        at=WORK_DONE,
    )


class TestRecordTemperatureTest:
    def test_of_a_ticket_not_before_its_report(self, desk: Desk) -> None:
        account = an_account(desk.company)
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(account=account))
        with pytest.raises(Refused, match="测温时间 2026-01-12 08:59 早于报修"):
            measure(desk, account, MONDAY - MINUTE, ticket)
        assert not TemperatureTest.objects.exists()
        measure(desk, account, MONDAY, ticket)
        assert TemperatureTest.objects.get().tested_at == MONDAY


class TestLinkSpotCheck:
    def test_not_before_the_draw(self, desk: Desk) -> None:
        account = an_account(desk.company)
        test = measure(desk, account, MONDAY)
        assert isinstance(test, TemperatureTest)
        plan = plan_spot_checks(
            desk.company,
            "一月抽测",
            Size(flats=1),
            starts_on=date(2026, 1, 10),
            ends_on=date(2026, 1, 20),
            by=desk.manager,
            at=MONDAY,
        )
        item = draw_spot_checks(plan, by=desk.manager, at=WORK_DONE).items.get()
        with pytest.raises(Refused, match="早于抽取（2026-01-13 10:05）"):
            link_spot_check(item, test, by=desk.repairer, at=WORK_DONE)
        item.refresh_from_db()
        assert (item.test, item.settled_at) == (None, None)


# Parameters and form fields by which somebody says when something happened, and the planned ones,
# which their operations compare with now and with each other.
_ENTERED = {"happened_at", "restored_at", "reported_at", "measured_at", "consented_at"}
_TRUE = {"happened_at", "restored_at"}
_PLANNED = {"starts_at", "ends_at", "expected_end_at", "outside_due_at"}


class TestTheTable:
    def test_every_operation_with_a_true_time_is_in_it(self) -> None:
        taking = {
            function.name
            for name, module in house().items()
            if name.startswith("complaints.")
            for function in module.functions
            if (names := {arg.arg for arg in function.args.kwonlyargs}) & _TRUE and "by" in names
        }
        assert taking <= set(TIMES), "add the operation's bounds to complaints/time_bounds.py"

    def test_every_row_is_asked_for_somewhere(self) -> None:
        operations = {
            node.args[0].value
            for name, module in house().items()
            if name.startswith("complaints.")
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "true_time"
            and isinstance(node.args[0], ast.Constant)
        }
        assert operations == set(TIMES)

    def test_every_time_on_a_form_is_of_a_sort_that_has_a_rule(self) -> None:
        fields = {
            target.id
            for name, module in house().items()
            if name.startswith("complaints.")
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and getattr(node.value.func, "id", "") in {"MomentField", "InstantField", "_when"}
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        # `sent_at` is the phone's clock itself, by which the others are corrected.
        assert fields - {"sent_at"} <= _ENTERED | _PLANNED
