"""The dispatcher's board: what waits by due time and building, and who comes second is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.classes import Channel, Severity
from complaints.dispatch.board import IncidentHint
from complaints.dispatch.operations import assign_ticket
from complaints.models import Crew, Incident, IncidentLevel, Ticket, Visit
from complaints.tickets.intake import OutsideOrder, Place
from customers.models import Building, Community
from heating.roles import DISPATCHER, STAFF_ROLES
from office.actors import Actor
from office.models import User
from tests.builders import a_member_of_staff
from tests.clock import present
from tests.complaints.dispatch.waiting_tickets import a_waiting_ticket, on_duty
from tests.service_desk import HOUR, MINUTE, Desk, a_desk, a_repair, an_enquiry

pytestmark = pytest.mark.django_db

BOARD = "/admin/dispatch/"


def person(by: Actor) -> User:
    assert by.user is not None
    return by.user


@pytest.fixture
def board(client: Client, desk: Desk) -> Client:
    client.force_login(person(desk.dispatcher))
    return client


def rows(client: Client, **query: str) -> list[Ticket]:
    clusters = client.get(BOARD, query).context["clusters"]
    return [row.ticket for cluster in clusters for row in cluster.tickets]


def assign(client: Client, crew: Crew, *tickets: Ticket, query: str = "") -> list[str]:
    """Press the crew's button; what the page says afterwards."""
    seen = [f"{ticket.pk}:{ticket.version}" for ticket in tickets]
    answer = client.post(
        f"{reverse('admin:assign_ticket')}{query}",
        {"crew": crew.pk, "ticket": seen},
        follow=True,
    )
    return [str(message) for message in answer.context["messages"]]


class TestDispatch:
    def test_by_due_time_and_only_what_has_to_be_gone_out_for(
        self, board: Client, desk: Desk
    ) -> None:
        later = a_waiting_ticket(desk, severity=Severity.MAJOR)
        sooner = a_waiting_ticket(desk, severity=Severity.MINOR)
        a_waiting_ticket(desk, an_enquiry())
        sent = a_waiting_ticket(desk)
        assign_ticket(sent, desk.crew, seen_version=1, by=desk.dispatcher, at=present())
        assert rows(board) == [sooner, later]

    def test_the_deadline_of_12345_orders_the_board_like_the_list(
        self, board: Client, desk: Desk
    ) -> None:
        now = present()
        own = a_waiting_ticket(desk)
        order = OutsideOrder("SX-1", now + HOUR)
        report = a_repair(account=own.account, channel=Channel.GOVERNMENT, outside=order)
        ordered = a_waiting_ticket(desk, report)
        Ticket.objects.filter(pk=own.pk).update(due_at=now + 90 * MINUTE)
        Ticket.objects.filter(pk=ordered.pk).update(due_at=now + 100 * MINUTE)
        assert rows(board) == [ordered, own]
        address = reverse("admin:complaints_ticket_changelist")
        listed = board.get(address, {"due": "soon"}).context["cl"].result_list
        assert list(listed) == [ordered, own]

    def test_tickets_of_one_building_stand_together(self, board: Client, desk: Desk) -> None:
        community = Community.objects.create(company=desk.company, name="迎泽花园")
        building = Building.objects.create(community=community, name="9号楼")
        place = Place(building=building)
        first = a_waiting_ticket(desk, a_repair(place=place))
        alone = a_waiting_ticket(desk)
        second = a_waiting_ticket(desk, a_repair(place=place))
        clusters = board.get(BOARD).context["clusters"]
        assert [[row.ticket for row in cluster.tickets] for cluster in clusters] == [
            [first, second],
            [alone],
        ]
        assert [cluster.open_there for cluster in clusters] == [2, 1]

    def test_incidents_over_the_place_are_hinted(self, board: Client, desk: Desk) -> None:
        cold = a_waiting_ticket(desk)
        other = a_waiting_ticket(desk, a_repair(place=Place()))
        incident = Incident.objects.create(
            company=desk.company,
            number="I1",
            level=IncidentLevel.COMMUNITY,
            cause="一次管网爆管",
            starts_at=present(),
            registered_at=present(),
        )
        assert cold.community is not None
        incident.communities.add(cold.community)
        Incident.objects.filter(pk=incident.pk).update(state="ongoing")
        clusters = board.get(BOARD).context["clusters"]
        hints = {row.ticket.pk: row.incidents for cluster in clusters for row in cluster.tickets}
        assert hints == {cold.pk: [IncidentHint(incident.pk, "一次管网爆管")], other.pk: []}

    def test_who_is_on_duty_and_responsible_is_suggested(self, board: Client, desk: Desk) -> None:
        ticket = a_waiting_ticket(desk)
        (row,) = board.get(BOARD).context["clusters"][0].tickets
        assert row.best is None
        on_duty(desk, desk.crew)
        on_duty(desk, desk.other_crew)
        assert ticket.community is not None
        desk.other_crew.communities.add(ticket.community)
        (row,) = board.get(BOARD).context["clusters"][0].tickets
        assert row.best.crew == desk.other_crew

    def test_found_by_community_or_number(self, board: Client, desk: Desk) -> None:
        ticket = a_waiting_ticket(desk)
        assert ticket.community is not None
        assert rows(board, q=ticket.community.name) == [ticket]
        assert rows(board, q=ticket.number.lower()) == [ticket]
        assert rows(board, q="没有这个小区") == []

    def test_nothing_of_another_company(self, board: Client, desk: Desk) -> None:
        stranger = a_desk("21")
        foreign = a_waiting_ticket(stranger)
        own = a_waiting_ticket(desk)
        page = board.get(BOARD)
        assert rows(board) == [own]
        assert {entry.crew for entry in page.context["crews"]} == {desk.crew, desk.other_crew}
        assert foreign.number not in page.content.decode()
        assert page.context["waiting"] == 1

    @pytest.mark.parametrize(
        "role", [role for role in STAFF_ROLES if role is not DISPATCHER], ids=lambda role: role.key
    )
    def test_no_other_desk(self, role: Any, client: Client, desk: Desk) -> None:
        ticket = a_waiting_ticket(desk)
        client.force_login(a_member_of_staff("somebody", role, desk.company))
        for address in (BOARD, f"{BOARD}state/", f"{BOARD}assign/"):
            assert client.get(address).status_code == 403
        form = {"crew": desk.crew.pk, "ticket": f"{ticket.pk}:1"}
        assert client.post(f"{BOARD}assign/", form).status_code == 403
        assert not Visit.objects.exists()

    def test_asks_as_often_for_many_tickets_as_for_few(self, board: Client, desk: Desk) -> None:
        on_duty(desk, desk.crew)
        a_waiting_ticket(desk)
        self.questions(board)
        few = self.questions(board)
        for number in range(65):
            a_waiting_ticket(desk)
            if number % 10 == 0:
                on_duty(desk, self.a_crew(desk, f"{number} 班"))
        assert self.questions(board) == few <= 15
        assert len(rows(board)) == 60
        assert len(rows(board, page="1")) == 6

    def a_crew(self, desk: Desk, name: str) -> Crew:
        crew = Crew.objects.create(company=desk.company, name=name)
        crew.members.add(person(desk.repairer))
        return crew

    def questions(self, board: Client) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert board.get(BOARD).status_code == 200
        # A test's own transaction says more than a request's.
        own = ("SAVEPOINT", "RELEASE")
        return len([query for query in queries if not query["sql"].startswith(own)])


class TestAssignTicket:
    def test_several_tickets_in_two_clicks(self, board: Client, desk: Desk) -> None:
        tickets = [a_waiting_ticket(desk) for _ in range(3)]
        assert assign(board, desk.crew, *tickets) == ["已派 3 张工单给一班。"]
        sent = Visit.objects.order_by("pk").values_list("ticket", "crew", "assigned_by")
        by = person(desk.dispatcher).pk
        assert list(sent) == [(ticket.pk, desk.crew.pk, by) for ticket in tickets]
        assert rows(board) == []

    def test_the_second_dispatcher_is_told(self, board: Client, desk: Desk) -> None:
        assigned, free = a_waiting_ticket(desk), a_waiting_ticket(desk)
        other = Client()
        other.force_login(person(desk.other_dispatcher))
        assign(other, desk.other_crew, assigned)
        refused, done = assign(board, desk.crew, assigned, free)
        assert refused == (
            f"{assigned.number}：工单 {assigned.number} 刚刚被他人处理过（现为“已派工”），"
            "请刷新后重新决定；本次没有改动。"
        )
        assert done == "已派 1 张工单给一班。"
        assigned.refresh_from_db()
        assert assigned.crew == desk.other_crew
        assert Visit.objects.count() == 2

    def test_nothing_ticked_or_no_crew(self, board: Client, desk: Desk) -> None:
        stranger = a_desk("21")
        ticket = a_waiting_ticket(desk)
        for crew, tickets in ((desk.crew, ()), (stranger.crew, (ticket,))):
            assert assign(board, crew, *tickets) == ["请先勾选工单，再点班组。"]
        for nonsense in ("x", "1:x", ":", "9" * 30, "１:１"):
            board.post(f"{BOARD}assign/", {"crew": desk.crew.pk, "ticket": nonsense})
        assert not Visit.objects.exists()

    def test_another_companys_ticket_is_not_there(self, board: Client, desk: Desk) -> None:
        foreign = a_waiting_ticket(a_desk("21"))
        assert assign(board, desk.crew, foreign) == []
        assert not Visit.objects.exists()

    def test_comes_back_to_what_was_filtered(self, board: Client, desk: Desk) -> None:
        form = {"crew": desk.crew.pk}
        answer = board.post(f"{BOARD}assign/?q=迎泽&page=0", form)
        assert answer.headers["Location"] == f"{BOARD}?q=%E8%BF%8E%E6%B3%BD&page=0"


class TestDispatchState:
    def test_changes_with_the_board_and_only_then(self, board: Client, desk: Desk) -> None:
        ticket = a_waiting_ticket(desk)
        first = self.mark(board)
        assert self.mark(board) == first
        assert board.get(BOARD).context["mark"] == first
        a_waiting_ticket(a_desk("21"))
        assert self.mark(board) == first
        another = a_waiting_ticket(desk)
        second = self.mark(board)
        assign_ticket(
            another,
            desk.crew,
            seen_version=1,
            by=desk.dispatcher,
            at=present() + timedelta(minutes=1),
        )
        assert len({first, second, self.mark(board)}) >= 2
        assert second != first
        Ticket.objects.filter(pk=ticket.pk).update(version=9)
        assert self.mark(board) not in (first, second)

    def test_the_board_that_asks_by_itself_keeps_no_session_young(self, board: Client) -> None:
        board.get(BOARD)
        soon = present() + timedelta(minutes=5)
        Session.objects.update(expire_date=soon)
        self.mark(board)
        assert Session.objects.get().expire_date == soon
        board.get(BOARD)
        assert Session.objects.get().expire_date > soon

    def mark(self, board: Client) -> str:
        return str(board.get(f"{BOARD}state/").json()["mark"])
