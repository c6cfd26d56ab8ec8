"""One cause, many tickets: attached in sets, resolved one by one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.classes import Severity, Subject, TicketKind
from complaints.incidents.operations import (
    Reach,
    announce_outage,
    attach_tickets,
    begin_incident,
    cancel_incident,
    close_incident,
    notify_affected,
    register_incident,
    restore_incident,
)
from complaints.incidents.reach import incidents_over
from complaints.models import Incident, Notice, NoticeRecipient, Ticket
from complaints.tickets.classification import reclassify_ticket
from complaints.tickets.resolution import reopen_ticket, resolve_ticket
from customers.models import Account, Building, Community, HeatStation
from office.models import NumberSeries
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import a_company, an_account
from tests.service_desk import DAY, HOUR, MINUTE, Desk, a_desk, a_repair, a_ticket, an_enquiry, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")


@pytest.fixture
def accounts(desk: Desk) -> list[Account]:
    """Three flats of one building."""
    return [an_account(desk.company) for _ in range(3)]


@pytest.fixture
def here(accounts: list[Account]) -> Community:
    return accounts[0].premise.building.community


def burst(desk: Desk, here: Community) -> Incident:
    incident = register_incident(
        desk.company,
        "二次网主管爆裂",
        Reach(communities=[here]),
        starts_at=MONDAY - HOUR,
        by=desk.dispatcher,
        at=MONDAY,
    )
    return begin_incident(incident, by=desk.dispatcher, at=MONDAY)


class TestAttachTickets:
    def test_all_repairs_in_reach_in_a_constant_number_of_statements(
        self, desk: Desk, here: Community, accounts: list[Account]
    ) -> None:
        few = [a_ticket(desk, "2026-01-12 08:30", a_repair(account=a)) for a in accounts]
        a_ticket(desk, "2026-01-12 08:30", an_enquiry(place=a_repair(account=accounts[0]).place))
        a_ticket(desk, "2026-01-12 08:30", a_repair(subject=Subject.VALVE, account=accounts[0]))
        a_ticket(desk, "2026-01-12 08:30", a_repair())
        incident = burst(desk, here)
        with CaptureQueriesContext(connection) as queries:
            assert attach_tickets(incident, by=desk.dispatcher, at=MONDAY) == 3
        assert set(incident.tickets.all()) == set(few)
        before = {(x.pk, x.state, x.due_at) for x in few}
        assert {(x.pk, x.state, x.due_at) for x in incident.tickets.all()} == before
        for _ in range(12):
            a_ticket(desk, "2026-01-12 09:00", a_repair(account=accounts[0]))
        with CaptureQueriesContext(connection) as again:
            assert attach_tickets(incident, by=desk.dispatcher, at=MONDAY) == 12
        assert len(again) <= len(queries)

    def test_below_a_heat_station_or_a_building(self, desk: Desk, accounts: list[Account]) -> None:
        station = HeatStation.objects.create(company=desk.company, name="一站")
        account = accounts[0]
        account.premise.heat_station = station
        account.premise.save()
        by_station = a_ticket(desk, "2026-01-12 08:30", a_repair(account=account))
        a_ticket(desk, "2026-01-12 08:30", a_repair(account=accounts[1]))
        incident = register_incident(
            desk.company,
            "循环泵故障",
            Reach(heat_stations=[station]),
            starts_at=MONDAY,
            by=desk.dispatcher,
            at=MONDAY,
        )
        begin_incident(incident, by=desk.dispatcher, at=MONDAY)
        assert attach_tickets(incident, by=desk.dispatcher, at=MONDAY) == 1
        assert incident.tickets.get() == by_station
        assert list(incidents_over(account)) == [incident]
        assert list(incidents_over(accounts[1])) == []

    def test_refused_for_one_elsewhere_and_nothing_is_attached(
        self, desk: Desk, here: Community, accounts: list[Account]
    ) -> None:
        inside = a_ticket(desk, "2026-01-12 08:30", a_repair(account=accounts[0]))
        outside = a_ticket(desk, "2026-01-12 08:30", a_repair())
        incident = burst(desk, here)
        with pytest.raises(Refused, match="不在故障范围内"):
            attach_tickets(incident, [inside, outside], by=desk.dispatcher, at=MONDAY)
        assert not incident.tickets.exists()

    def test_what_an_outage_explains_from_six_hours_before_it_until_it_was_over(
        self, desk: Desk, here: Community, accounts: list[Account]
    ) -> None:
        def reported(when: str) -> Ticket:
            return a_ticket(desk, when, a_repair(account=accounts[0]))

        days_ago, too_early = reported("2026-01-09 09:00"), reported("2026-01-12 01:59")
        first, last = reported("2026-01-12 02:00"), reported("2026-01-12 10:00")
        after = reported("2026-01-12 10:01")
        others = [
            a_ticket(desk, "2026-01-12 08:30", a_repair(subject=subject, account=accounts[0]))
            for subject in (Subject.LEAK, Subject.NOISE, Subject.VALVE, Subject.OTHER)
        ]
        incident = burst(desk, here)
        incident = restore_incident(incident, by=desk.dispatcher, at=MONDAY + HOUR)
        for ticket, sentence in (
            (days_ago, f"工单 {days_ago.number} 报告于 2026-01-09 09:00，不在故障开始前 6 小时"),
            (too_early, "报告于 2026-01-12 01:59，"),
            (after, "报告于 2026-01-12 10:01，"),
            *((ticket, "停热解释不了，须单独上门处理") for ticket in others),
        ):
            with pytest.raises(Refused, match=sentence):
                attach_tickets(incident, [first, ticket], by=desk.dispatcher, at=MONDAY + HOUR)
        assert not incident.tickets.exists()
        assert attach_tickets(incident, by=desk.dispatcher, at=MONDAY + HOUR) == 2
        assert set(incident.tickets.all()) == {first, last}

    def test_what_turns_out_to_leak_ends_with_a_visit(
        self, desk: Desk, here: Community, accounts: list[Account]
    ) -> None:
        ticket = a_ticket(desk, "2026-01-12 08:30", a_repair(account=accounts[0]))
        incident = burst(desk, here)
        attach_tickets(incident, [ticket], by=desk.dispatcher, at=MONDAY)
        reclassify_ticket(
            ticket,
            kind=TicketKind.REPAIR,
            subject=Subject.LEAK,
            severity=Severity.MEDIUM,
            reason="来电补充：阀门处漏水",
            by=desk.dispatcher,
            at=MONDAY + MINUTE,
        )
        restore_incident(incident, by=desk.dispatcher, at=MONDAY + HOUR)
        with pytest.raises(Refused, match="须有一次“已修复”"):
            resolve_ticket(ticket, "已来暖", by=desk.dispatcher, at=MONDAY + 2 * HOUR)
        ticket.refresh_from_db()
        assert (ticket.state, ticket.clock_state) == ("open", "running")


class TestCloseIncident:
    def test_closes_no_ticket_of_a_flat_still_cold(
        self, desk: Desk, here: Community, accounts: list[Account]
    ) -> None:
        warm, cold = (
            a_ticket(desk, "2026-01-12 08:30", a_repair(Severity.MAJOR, account=a))
            for a in accounts[:2]
        )
        incident = burst(desk, here)
        attach_tickets(incident, by=desk.dispatcher, at=MONDAY)
        with pytest.raises(Refused, match="须有一次“已修复”"):
            resolve_ticket(warm, "已来暖", by=desk.dispatcher, at=MONDAY + HOUR)
        restore_incident(incident, by=desk.dispatcher, at=MONDAY + 5 * HOUR)
        resolve_ticket(warm, "已来暖", by=desk.dispatcher, at=MONDAY + 6 * HOUR)
        close_incident(incident, by=desk.dispatcher, at=MONDAY + 7 * HOUR)
        cold.refresh_from_db()
        warm.refresh_from_db()
        assert (cold.state, cold.clock_state, cold.due_at) == (
            "open",
            "running",
            t("2026-01-16 00:00"),
        )
        assert (warm.state, warm.call_backs.count()) == ("resolved", 1)

    def test_cold_again_afterwards_somebody_has_to_go_there(
        self, desk: Desk, here: Community, accounts: list[Account]
    ) -> None:
        ticket = a_ticket(desk, "2026-01-12 08:30", a_repair(account=accounts[0]))
        incident = burst(desk, here)
        attach_tickets(incident, by=desk.dispatcher, at=MONDAY)
        restore_incident(incident, by=desk.dispatcher, at=MONDAY + HOUR)
        resolve_ticket(ticket, "已来暖", by=desk.dispatcher, at=MONDAY + 2 * HOUR)
        reopen_ticket(ticket, "还是不热", by=desk.agent, at=MONDAY + 3 * HOUR)
        with pytest.raises(Refused, match="须有一次“已修复”"):
            resolve_ticket(ticket, "已来暖", by=desk.dispatcher, at=MONDAY + 4 * HOUR)
        ticket.refresh_from_db()
        assert (ticket.state, ticket.clock_state) == ("open", "running")

    def test_refused_while_the_heat_is_off(self, desk: Desk, here: Community) -> None:
        incident = burst(desk, here)
        with pytest.raises(Refused, match="现在是“抢修中”，不能关闭"):
            close_incident(incident, by=desk.dispatcher, at=MONDAY + HOUR)
        incident.refresh_from_db()
        assert incident.state == "ongoing"


class TestAnnounceOutage:
    def planned(self, desk: Desk, here: Community) -> Incident:
        return register_incident(
            desk.company,
            "换热站检修",
            Reach(communities=[here]),
            starts_at=MONDAY + DAY,
            expected_end_at=MONDAY + DAY + 6 * HOUR,
            planned=True,
            by=desk.dispatcher,
            at=MONDAY,
        )

    def test_tells_every_affected_account_ahead(
        self, desk: Desk, here: Community, accounts: list[Account]
    ) -> None:
        elsewhere = Community.objects.create(company=desk.company, name="别的小区")
        other = an_account(desk.company)
        other.premise.building = Building.objects.create(community=elsewhere, name="1号楼")
        other.premise.save()
        incident = self.planned(desk, here)
        with CaptureQueriesContext(connection) as queries:
            notice = announce_outage(
                incident, "13日9时至15时停热", by=desk.dispatcher, at=MONDAY + HOUR
            )
        assert sum("INTO complaints_noticerecipient" in query["sql"] for query in queries) == 1
        recipients = NoticeRecipient.objects.filter(notice=notice).values_list("account", flat=True)
        assert (set(recipients), notice.accounts) == ({account.pk for account in accounts}, 3)
        incident.refresh_from_db()
        assert incident.state == "announced"
        assert begin_incident(incident, by=desk.dispatcher, at=MONDAY + DAY).state == "ongoing"

    def test_refused_too_late_and_for_what_was_not_planned(
        self, desk: Desk, here: Community
    ) -> None:
        incident = self.planned(desk, here)
        with pytest.raises(Refused, match="不能再作为提前公告"):
            announce_outage(incident, "停热", by=desk.dispatcher, at=MONDAY + DAY)
        with pytest.raises(Refused, match="须先公告再开始"):
            begin_incident(incident, by=desk.dispatcher, at=MONDAY + DAY)
        incident.refresh_from_db()
        assert (incident.state, Notice.objects.count()) == ("registered", 0)
        notify_affected(incident, "今天停热", by=desk.dispatcher, at=MONDAY + DAY)
        with pytest.raises(Refused, match="请取消后按突发故障登记"):
            begin_incident(incident, by=desk.dispatcher, at=MONDAY + DAY)
        incident.refresh_from_db()
        assert (incident.state, Notice.objects.count()) == ("registered", 1)
        cancelled = cancel_incident(incident, reason="推迟检修", by=desk.dispatcher, at=MONDAY)
        assert cancelled.state == "cancelled"
        with pytest.raises(Refused, match="不能再通知用户"):
            notify_affected(incident, "停热", by=desk.dispatcher, at=MONDAY)
        assert Notice.objects.count() == 2

    def test_who_was_told_of_it_is_told_that_it_does_not_come(
        self, desk: Desk, here: Community, accounts: list[Account]
    ) -> None:
        quiet, announced = self.planned(desk, here), self.planned(desk, here)
        announce_outage(announced, "13日停热", by=desk.dispatcher, at=MONDAY + HOUR)
        for incident in (quiet, announced):
            cancel_incident(incident, reason="推迟", by=desk.dispatcher, at=MONDAY + 2 * HOUR)
        assert not quiet.notices.exists()
        last = announced.notices.latest("pk")
        assert last.text == "原定1月13日9时00分开始的计划停热已取消，届时正常供热。"
        assert (last.accounts, last.recipients.count(), last.issued_by) == (
            len(accounts),
            len(accounts),
            desk.dispatcher.user,
        )

    def test_nothing_is_switched_off_before_the_time_that_was_announced(
        self, desk: Desk, here: Community
    ) -> None:
        incident = self.planned(desk, here)
        announce_outage(incident, "13日停热", by=desk.dispatcher, at=MONDAY + HOUR)
        with pytest.raises(Refused, match="公告的开始时间是 2026-01-13 09:00，不能提前停热"):
            begin_incident(incident, by=desk.dispatcher, at=MONDAY + DAY - MINUTE)
        incident.refresh_from_db()
        assert incident.state == "announced"
        begin_incident(incident, by=desk.dispatcher, at=MONDAY + DAY)
        restored = restore_incident(incident, by=desk.dispatcher, at=MONDAY + DAY)
        assert (restored.state, restored.restored_at) == ("restored", MONDAY + DAY)


class TestRegisterIncident:
    def test_refused_without_reach_with_anothers_or_at_the_wrong_time(
        self, desk: Desk, here: Community
    ) -> None:
        foreign = Community.objects.create(company=a_company("21"), name="新区花园")
        for reach, starts, planned, sentence in (
            (Reach(), MONDAY, False, "请选择受影响的"),
            (Reach(communities=[here, foreign]), MONDAY, False, "不属于该公司"),
            (Reach(communities=[here]), MONDAY + HOUR, False, "不能晚于现在"),
            (Reach(communities=[here]), MONDAY, True, "须早于开始时间"),
        ):
            with pytest.raises(Invalid, match=sentence):
                register_incident(
                    desk.company,
                    "爆管",
                    reach,
                    starts_at=starts,
                    planned=planned,
                    by=desk.dispatcher,
                    at=MONDAY,
                )
        with pytest.raises(NotAllowed):
            burst(Desk(**{**vars(desk), "dispatcher": a_desk("21").dispatcher}), here)
        assert not Incident.objects.exists()
        assert not NumberSeries.objects.filter(name__startswith="incident").exists()
        assert Ticket.objects.count() == 0
