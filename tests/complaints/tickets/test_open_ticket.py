"""Intake: a number, a clock from the true time of the report, a promise."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.classes import Channel, Severity, Subject
from complaints.models import ClockEvent, Promise, PromiseRule, Ticket
from complaints.tickets.intake import OutsideOrder, Place, Report, open_ticket
from customers.models import Account
from office.actors import Actor
from office.models import JournalEntry, NumberSeries, User
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import a_company, an_account
from tests.parallel import at_once
from tests.service_desk import (
    HOUR,
    Desk,
    a_complaint,
    a_desk,
    a_repair,
    a_ticket,
    an_enquiry,
    publish_rules,
    t,
)

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")


def ordered(reference: str) -> Report:
    """What 12345 passed on to us."""
    order = OutsideOrder(reference, t("2026-01-12 15:00"))
    return a_complaint(channel=Channel.GOVERNMENT, outside=order)


def nothing_opened() -> bool:
    return not (
        Ticket.objects.exists()
        or ClockEvent.objects.exists()
        or Promise.objects.exists()
        or NumberSeries.objects.filter(name__startswith="ticket:").exists()
    )


class TestOpenTicket:
    def test_gives_number_place_clock_and_promise(self, desk: Desk) -> None:
        account = an_account(desk.company)
        ticket = open_ticket(desk.company, a_repair(account=account), by=desk.agent, at=MONDAY)
        ticket.refresh_from_db()
        assert (ticket.number, ticket.state, ticket.version) == ("GD11202600000001", "open", 1)
        premise = account.premise
        assert (ticket.premise, ticket.building, ticket.community) == (
            premise,
            premise.building,
            premise.building.community,
        )
        assert (ticket.due_at, ticket.clock_state) == (t("2026-01-13 00:00"), "running")
        [event] = ticket.clock_events.all()
        assert (event.kind, event.at, event.entered_at) == ("received", MONDAY, MONDAY)
        [promise] = ticket.promises.all()
        assert (promise.ticket_class, promise.due_at) == ("repair_minor", t("2026-01-13 00:00"))
        assert not promise.provisional
        entry = JournalEntry.objects.get(action="open_ticket")
        assert (entry.record_id, entry.actor) == (ticket.pk, "客服甲11")

    def test_within_thirteen_statements_with_its_promise_and_contract(self, desk: Desk) -> None:
        """Account and companies of the user are read before, as by the page before on a server."""
        for report in (a_repair(), an_enquiry()):
            account = an_account(desk.company)
            account = Account.objects.select_related(
                "premise__building__community", "premise__heat_station"
            ).get(pk=account.pk)
            assert desk.agent.user is not None
            by = Actor.staff(User.objects.get(pk=desk.agent.user.pk))
            a_ticket(desk, "2026-01-12 08:00")
            assert by.user is not None
            assert by.user.company_ids == [desk.company.pk]
            with CaptureQueriesContext(connection) as queries:
                open_ticket(desk.company, replace(report, place=Place(account)), by=by, at=MONDAY)
            assert len(queries) <= 13, "\n".join(query["sql"][:120] for query in queries)

    @pytest.mark.parametrize(
        ("reported", "due"),
        [
            ("2026-01-12 00:00", "2026-01-13 00:00"),
            ("2026-01-12 20:00", "2026-01-13 00:00"),
            ("2026-01-12 20:01", "2026-01-13 12:00"),
            ("2026-01-12 23:50", "2026-01-13 12:00"),
            ("2026-01-12 23:59", "2026-01-13 12:00"),
            ("2026-02-28 23:50", "2026-03-01 12:00"),
            ("2025-12-31 23:50", "2026-01-01 12:00"),
            ("2026-03-31 23:50", "2026-04-01 12:00"),
        ],
    )
    def test_late_calls_and_edges_of_the_day_and_the_season(
        self, desk: Desk, reported: str, due: str
    ) -> None:
        assert a_ticket(desk, reported).due_at == t(due)

    @pytest.mark.parametrize(
        ("reported", "due", "provisional"),
        [
            ("2026-01-12 09:00", "2026-01-15 18:00", False),
            # The Sunday of 4 January is worked for the New Year.
            ("2025-12-31 10:00", "2026-01-06 18:00", False),
            # Spring festival: off from the 15th to the 23rd, worked on Saturday 14 and 28.
            ("2026-02-12 10:00", "2026-02-24 18:00", False),
            ("2026-02-26 10:00", "2026-03-02 18:00", False),
            ("2026-12-29 10:00", "2027-01-01 18:00", True),
        ],
    )
    def test_enquiries_by_working_days_with_make_up_days(
        self, desk: Desk, reported: str, due: str, provisional: bool
    ) -> None:
        ticket = a_ticket(desk, reported, an_enquiry())
        promise = ticket.promises.get()
        assert (promise.due_at, promise.provisional) == (t(due), provisional)

    def test_late_entry_is_promised_from_the_true_time(self, desk: Desk) -> None:
        report = a_repair(reported_at=t("2026-01-11 22:10"))
        ticket = open_ticket(desk.company, report, by=desk.agent, at=MONDAY)
        assert (ticket.reported_at, ticket.entered_at) == (t("2026-01-11 22:10"), MONDAY)
        assert ticket.due_at == t("2026-01-12 12:00")
        event = ticket.clock_events.get()
        assert (event.at, event.entered_at) == (t("2026-01-11 22:10"), MONDAY)

    def test_the_government_line_brings_its_own_deadline(self, desk: Desk) -> None:
        order = OutsideOrder("SX12345-0001", t("2026-01-12 15:00"))
        report = a_complaint(channel=Channel.GOVERNMENT, outside=order)
        ticket = open_ticket(desk.company, report, by=desk.agent, at=MONDAY)
        assert (ticket.outside_due_at, ticket.due_at) == (
            t("2026-01-12 15:00"),
            t("2026-01-15 18:00"),
        )

    def test_an_order_of_the_government_line_is_one_ticket(self, desk: Desk) -> None:
        first = open_ticket(desk.company, ordered("SX-1"), form_key="f", by=desk.agent, at=MONDAY)
        for reference in ("SX-1", " SX-1 "):
            with pytest.raises(Refused, match=f"已受理为工单 {first.number}（现为“待处理”") as no:
                open_ticket(
                    desk.company, ordered(reference), form_key="g", by=desk.other_agent, at=MONDAY
                )
            assert no.value.code == "outside_order_known"
        assert (Ticket.objects.count(), Promise.objects.count()) == (1, 1)
        assert NumberSeries.objects.get(name="ticket:11:2026").next_value == 2
        again = open_ticket(desk.company, ordered("SX-1"), form_key="f", by=desk.agent, at=MONDAY)
        assert again.pk == first.pk
        elsewhere = a_desk("21")
        open_ticket(elsewhere.company, ordered("SX-1"), by=elsewhere.agent, at=MONDAY)
        open_ticket(desk.company, ordered("SX-2"), by=desk.agent, at=MONDAY)
        assert Ticket.objects.count() == 3

    def test_a_company_may_promise_more_than_the_group(self, desk: Desk) -> None:
        rule = PromiseRule.objects.create(
            company=desk.company,
            ticket_class="repair_minor",
            effective_from="2025-10-01",
            terms={"kind": "elapsed", "hours": "4"},
            source="太原承诺",
            published_at=MONDAY,
        )
        ticket = a_ticket(desk, "2026-01-12 09:00")
        assert (ticket.promises.get().rule, ticket.due_at) == (rule, t("2026-01-12 13:00"))

    def test_the_same_form_twice_opens_once(self, desk: Desk) -> None:
        send = partial(open_ticket, desk.company, a_repair(), form_key="f1", by=desk.agent)
        first, again = send(at=MONDAY), send(at=MONDAY)
        assert (again.pk, Ticket.objects.count(), Promise.objects.count()) == (first.pk, 1, 1)
        assert a_ticket(desk, "2026-01-12 09:05").number == "GD11202600000002"

    @pytest.mark.parametrize(
        "changes",
        [
            {"summary": "卧室也不热"},
            {"caller_phone": "13800000009"},
            {"channel": Channel.HALL},
            {"reported_at": MONDAY - HOUR},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_the_same_form_with_another_content_is_refused(
        self, desk: Desk, changes: dict[str, Any]
    ) -> None:
        first = open_ticket(desk.company, a_repair(), form_key="f1", by=desk.agent, at=MONDAY)
        other = replace(a_repair(), **changes)
        with pytest.raises(Refused, match="页面已失效"):
            open_ticket(desk.company, other, form_key="f1", by=desk.agent, at=MONDAY)
        assert (Ticket.objects.get(), first.summary) == (first, a_repair().summary)

    def test_the_form_sent_again_after_a_colleague_reclassified_opens_once(
        self, desk: Desk
    ) -> None:
        send = partial(open_ticket, desk.company, a_repair(), form_key="f1", by=desk.agent)
        first = send(at=MONDAY)
        Ticket.objects.update(severity=Severity.MEDIUM)
        assert (send(at=MONDAY).pk, Ticket.objects.count()) == (first.pk, 1)

    def test_the_form_of_another_company_is_refused(self, desk: Desk) -> None:
        first = open_ticket(desk.company, a_repair(), form_key="f1", by=desk.agent, at=MONDAY)
        other = a_desk("21")
        with pytest.raises(Refused, match="页面已失效"):
            open_ticket(other.company, a_repair(), form_key="f1", by=other.agent, at=MONDAY)
        assert Ticket.objects.get() == first

    def test_a_customer_reports_by_wechat_now_and_only_so(self, desk: Desk) -> None:
        customer = Actor.customer("139****0001")
        ticket = open_ticket(desk.company, a_repair(channel=Channel.WECHAT), by=customer, at=MONDAY)
        assert ticket.entered_by is None
        for report in (
            a_repair(),
            a_repair(channel=Channel.WECHAT, reported_at=t("2026-01-01 09:00")),
        ):
            with pytest.raises(Invalid, match="只能通过微信或网站"):
                open_ticket(desk.company, report, by=customer, at=MONDAY)
        assert Ticket.objects.count() == 1

    @pytest.mark.parametrize(
        ("report", "sentence"),
        [
            (a_repair(subject=Subject.ATTITUDE), "没有“服务态度”这一事项"),
            (a_repair(severity=None), "报修须选小修"),
            (an_enquiry(severity=Severity.MINOR), "其他类型不分级别"),
            (a_repair(summary=" "), "请填写用户反映的内容"),
            (a_repair(reported_at=t("2026-01-12 09:01")), "不能晚于现在"),
            (a_repair(channel=Channel.GOVERNMENT), "须填写其工单号和限办时间"),
            (a_repair(outside=OutsideOrder("1", t("2026-01-13 09:00"))), "其他渠道不填"),
            (
                a_repair(
                    channel=Channel.GOVERNMENT, outside=OutsideOrder("1", t("2026-01-12 09:00"))
                ),
                "应晚于报告时间",
            ),
        ],
    )
    def test_refused_with_a_sentence(self, desk: Desk, report: Report, sentence: str) -> None:
        with pytest.raises(Invalid, match=sentence):
            open_ticket(desk.company, report, by=desk.agent, at=MONDAY)
        assert nothing_opened()

    def test_refused_for_anothers_account_and_to_another_companys_agent(self, desk: Desk) -> None:
        elsewhere = a_company("21")
        with pytest.raises(Invalid, match="不属于该公司"):
            open_ticket(
                desk.company, a_repair(account=an_account(elsewhere)), by=desk.agent, at=MONDAY
            )
        for by in (desk.repairer, a_desk("21").agent):
            with pytest.raises(NotAllowed):
                open_ticket(desk.company, a_repair(), by=by, at=MONDAY)
        assert nothing_opened()

    def test_refused_before_any_rule_is_in_force(self, desk: Desk) -> None:
        report = a_repair(reported_at=t("2025-09-30 23:59"))
        with pytest.raises(Refused, match="2025-09-30 没有执行中的“小修”时限规则"):
            open_ticket(desk.company, report, by=desk.agent, at=MONDAY)
        assert nothing_opened()


class TestVisibleTo:
    def test_another_companys_ticket_is_in_no_queryset(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        foreign = a_desk("21")
        assert foreign.agent.user is not None
        assert desk.agent.user is not None
        for rows in (Ticket, ClockEvent, Promise):
            assert not rows.objects.visible_to(foreign.agent.user).exists()
            assert rows.objects.visible_to(desk.agent.user).count() == 1
        other = a_ticket(foreign, "2026-01-12 09:00")
        assert other.number == "GD21202600000001"
        assert Ticket.objects.visible_to(desk.agent.user).get() == ticket

    def test_the_groups_rules_are_everybodys(self, desk: Desk) -> None:
        publish_rules(a_company("21"))
        assert desk.agent.user is not None
        assert PromiseRule.objects.visible_to(desk.agent.user).count() == 7


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_twenty_tickets_have_twenty_numbers_without_a_gap(self, desk: Desk) -> None:
        works = [
            partial(open_ticket, desk.company, a_repair(), by=desk.agent, at=MONDAY)
            for _ in range(20)
        ]
        at_once(works)
        numbers = sorted(Ticket.objects.values_list("number", flat=True))
        assert numbers == [f"GD112026{n:08d}" for n in range(1, 21)]

    def test_a_double_click_opens_one(self, desk: Desk) -> None:
        click = partial(
            open_ticket, desk.company, a_repair(), form_key="f1", by=desk.agent, at=MONDAY
        )
        outcomes = at_once([click] * 5)
        assert len({o.pk for o in outcomes if isinstance(o, Ticket)}) == 1
        assert (Ticket.objects.count(), Promise.objects.count()) == (1, 1)

    def test_one_order_of_the_government_line_is_taken_in_by_one_agent(self, desk: Desk) -> None:
        works = [
            partial(open_ticket, desk.company, ordered("SX-1"), form_key=key, by=by, at=MONDAY)
            for key, by in (("f1", desk.agent), ("f2", desk.other_agent), ("f3", desk.dispatcher))
        ]
        outcomes = at_once(works)
        ticket = Ticket.objects.get()
        assert [outcome.pk for outcome in outcomes if isinstance(outcome, Ticket)] == [ticket.pk]
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
        assert len(refused) == 2
        assert all(ticket.number in f"{outcome.sentence}" for outcome in refused)
