"""The list of tickets: its filters say what the front page counts, its search finds by every way,
and nothing of another company is in any of it.
"""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.classes import Channel
from complaints.models import CallBack, Ticket
from complaints.promises.words import due_text
from complaints.ticket_place import with_place
from complaints.tickets.intake import OutsideOrder, Place, open_ticket
from complaints.tickets.resolution import reopen_ticket, resolve_ticket
from complaints.tickets.search import search_tickets
from complaints.waiting import due_soon, due_today, next_due, overdue
from complaints.waiting_kinds import DESK
from customers.models import Account, HeatStation
from heating.roles import AGENT
from office.actors import Actor
from office.models import User
from office.waiting import waits_of
from tests.builders import a_company, a_contract, a_customer, a_member_of_staff, an_account
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
    an_enquiry,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/ticket/"


def user_of(actor: Actor) -> User:
    assert actor.user is not None
    return actor.user


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(user_of(actor))
    return client


def listed(client: Client, **query: Any) -> list[str]:
    """The numbers on the list, as they stand."""
    page = client.get(LIST, query).content.decode()
    return list(dict.fromkeys(re.findall(r">\s*(GD\d{14})\s*<", page)))


def fresh(desk: Desk, report: Any = None, *, hours: float = 2) -> Ticket:
    report = report or a_repair(account=an_account(desk.company))
    at = present() - timedelta(hours=hours)
    return open_ticket(desk.company, report, by=desk.agent, at=at)


def matches(desk: Desk, text: str) -> set[Ticket]:
    user = user_of(desk.agent)
    return set(search_tickets(Ticket.objects.visible_to(user), text, user))


def counted(user: User, key: str) -> tuple[int, int]:
    """How much waits in a queue of the desk, and how much of it is past its promise."""
    [waiting] = waits_of([kind for kind in DESK if kind.key == key], user, present())
    return waiting.count, waiting.late


class TestDueWords:
    def test_last_years_have_their_year(self) -> None:
        assert present().year == 2026
        assert due_text(t("2026-01-13 00:00")) == "01-12 24:00"
        assert due_text(t("2025-12-31 12:00")) == "2025-12-31 12:00"

    def test_soon_today_and_overdue_meet_without_a_gap(self, desk: Desk) -> None:
        """A small repair reported at nine is due at midnight of the same day."""
        ticket = a_ticket(desk, "2026-01-12 09:00")
        due = t("2026-01-13 00:00")
        assert ticket.due_at == due

        def is_(condition: Any) -> bool:
            return Ticket.objects.filter(condition, pk=ticket.pk).exists()

        for at, late, soon, today in (
            (t("2026-01-12 00:00"), False, False, True),
            (t("2026-01-12 09:00"), False, False, True),
            (due - 2 * HOUR, False, True, True),
            (due - MINUTE, False, True, True),
            (due, False, True, False),
            (due + MINUTE, True, False, False),
        ):
            assert (is_(overdue(at)), is_(due_soon(at)), is_(due_today(at))) == (
                late,
                soon,
                today,
            ), at

    def test_the_government_lines_deadline_counts_too(self, desk: Desk) -> None:
        order = OutsideOrder("SX-1", t("2026-01-12 15:00"))
        report = a_complaint(channel=Channel.GOVERNMENT, outside=order)
        a_ticket(desk, "2026-01-12 09:00", report)
        assert not Ticket.objects.filter(overdue(t("2026-01-12 15:00"))).exists()
        assert Ticket.objects.filter(overdue(t("2026-01-12 15:01"))).count() == 1
        for at, soon, today in (
            (t("2026-01-11 23:59"), 0, 0),
            (t("2026-01-12 09:00"), 0, 1),
            (t("2026-01-12 13:00"), 1, 1),
            (t("2026-01-12 15:01"), 0, 1),
            (t("2026-01-13 00:00"), 0, 0),
        ):
            assert Ticket.objects.filter(due_soon(at)).count() == soon, at
            assert Ticket.objects.filter(due_today(at)).count() == today, at


class TestList:
    def test_overdue_is_said_in_words(self, desk: Desk) -> None:
        late = fresh(desk, hours=50)
        page = signed_in(desk.agent).get(LIST).content.decode()
        assert late.number in page
        assert "已超时 " in page

    def test_the_place_in_the_list_is_the_tickets_own(self, desk: Desk) -> None:
        premise = an_account(desk.company).premise
        building, community = premise.building, premise.building.community
        station = HeatStation.objects.create(company=desk.company, name="一站")
        for place in (
            Place(premise=premise),
            Place(building=building),
            Place(community=community),
            Place(heat_station=station),
            Place(),
        ):
            fresh(desk, a_repair(place=place))
        rows = list(with_place(Ticket.objects.all()))
        places = [row.place_text for row in rows]
        assert places == [row.place for row in rows]
        assert places == ["", "一站", "汾河小区", "汾河小区3号楼", premise.address]

    def test_filters(self, desk: Desk) -> None:
        late, new = fresh(desk, hours=70), fresh(desk, an_enquiry(), hours=1)
        done = fresh(desk, hours=60)
        repaired(done, desk, present() - 59 * HOUR)
        done.refresh_from_db()
        resolve_ticket(done, "已修复", by=desk.agent, at=present() - 58 * HOUR)
        dispatched = fresh(desk, hours=55)
        repaired(dispatched, desk, present() - 54 * HOUR)
        agent = signed_in(desk.agent)
        numbers = [ticket.number for ticket in (late, new, done, dispatched)]
        assert listed(agent) == [*reversed([numbers[0], numbers[1], numbers[2], numbers[3]])]
        assert listed(agent, due="overdue") == [late.number, dispatched.number]
        assert listed(agent, work="call_back") == [done.number]
        assert listed(agent, work="enquiries") == [new.number]
        assert listed(agent, work="unassigned") == [late.number]
        assert listed(agent, work="mended") == [dispatched.number]
        assert set(listed(agent, work="live")) == {late.number, new.number, dispatched.number}
        assert listed(agent, state__exact="resolved") == [done.number]
        assert listed(agent, kind__exact="enquiry") == [new.number]
        assert len(listed(agent, mine="entered")) == 4
        assert listed(signed_in(desk.other_agent), mine="entered") == []
        assert set(listed(signed_in(desk.dispatcher), mine="assigned")) == {
            done.number,
            dispatched.number,
        }
        assert len(listed(signed_in(desk.repairer), mine="crew")) == 2

    def test_the_front_page_counts_what_the_list_shows(self, desk: Desk) -> None:
        fresh(desk, hours=70)
        fresh(desk, an_enquiry(), hours=1)
        fresh(desk, hours=1)
        foreign = a_desk("21")
        fresh(foreign, hours=70)
        user, agent = user_of(desk.agent), signed_in(desk.agent)
        assert counted(user, "overdue") == (len(listed(agent, due="overdue")), 1) == (1, 1)
        assert counted(user, "due_today")[0] == len(listed(agent, due="today"))
        assert counted(user, "due_soon")[0] == len(listed(agent, due="soon"))
        assert counted(user, "enquiries")[0] == len(listed(agent, work="enquiries")) == 1
        assert counted(user, "unassigned") == (len(listed(agent, work="unassigned")), 1) == (2, 1)
        mended = fresh(desk, hours=3)
        repaired(mended, desk, present() - 2 * HOUR)
        again = fresh(desk, hours=6)
        repaired(again, desk, present() - 5 * HOUR)
        again.refresh_from_db()
        resolve_ticket(again, "已修复", by=desk.agent, at=present() - 4 * HOUR)
        reopen_ticket(again, "又不热", by=desk.agent, at=present() - 3 * HOUR)
        assert listed(agent, work="mended") == [mended.number]
        assert counted(user, "mended") == (1, 0)
        page = agent.get(reverse("admin:index")).content.decode()
        assert f"{LIST}?due=overdue" in page
        assert all(ticket.company == desk.company for ticket in next_due(user, present()))

    def test_the_front_page_shows_first_what_runs_out_first_by_either_clock(
        self, desk: Desk
    ) -> None:
        now = present()

        def ordered(reference: str, due: datetime) -> Ticket:
            order = OutsideOrder(reference, due)
            return fresh(desk, a_complaint(channel=Channel.GOVERNMENT, outside=order))

        own = [fresh(desk, a_complaint()) for _ in range(9)]
        for n, ticket in enumerate(own):
            Ticket.objects.filter(pk=ticket.pk).update(due_at=now + (n + 2) * HOUR)
        soon, late = ordered("SX-1", now + HOUR), ordered("SX-2", now + 150 * MINUTE)
        # Our own promise is broken, theirs is not yet; and the other way round.
        half = ordered("SX-3", now + 90 * MINUTE)
        Ticket.objects.filter(pk=half.pk).update(due_at=now - HOUR)
        other = ordered("SX-4", now + MINUTE)
        Ticket.objects.filter(pk=other.pk).update(due_at=now + 30 * MINUTE)
        at = now + 2 * MINUTE
        shown = [ticket.pk for ticket in next_due(user_of(desk.agent), at)]
        wanted = [other, soon, half, own[0], late, *own[1:4]]
        assert shown == [ticket.pk for ticket in wanted]
        card = signed_in(desk.agent).get(reverse("admin:index")).content.decode()
        card = card[card.index('id="next-due"') :]
        assert f"12345 {due_text(now + HOUR)}" in card
        assert card.index(soon.number) < card.index(half.number) < card.index(own[0].number)


class TestSearch:
    @pytest.fixture
    def account(self, desk: Desk) -> Account:
        account = an_account(desk.company, number="1177770001")
        a_contract(account, a_customer(desk.company, name="欧阳修", phone="13811112222"))
        return account

    @pytest.fixture
    def ticket(self, desk: Desk, account: Account) -> Ticket:
        report = a_repair(account=account, caller_name="李清照", caller_phone="13935171234")
        return fresh(desk, report)

    @pytest.mark.parametrize(
        "text",
        [
            "1177770001",
            "11777700",
            "13935171234",
            "139 3517 1234",
            "+8613935171234",
            "1234",
            "李清",
            "李清照",
            "欧阳",
            "汾河小区",
        ],
    )
    def test_every_way_leads_there(self, desk: Desk, ticket: Ticket, text: str) -> None:
        fresh(desk, a_repair(caller_name="王安石", caller_phone="13700000000"))
        assert matches(desk, text) == {ticket}

    def test_by_its_number_from_the_front_and_by_its_last_digits(
        self, desk: Desk, ticket: Ticket
    ) -> None:
        serial = str(int(ticket.number[-8:]))
        for text in (ticket.number, ticket.number.lower(), f" {ticket.number[:10]}", serial):
            assert matches(desk, text) == {ticket}, text

    def test_by_the_number_of_12345(self, desk: Desk) -> None:
        order = OutsideOrder("SX-2026-77", present() + DAY)
        ticket = fresh(desk, a_complaint(channel=Channel.GOVERNMENT, outside=order))
        assert matches(desk, "SX-2026") == {ticket}
        assert matches(desk, "SX-2027") == set()

    @pytest.mark.parametrize("text", ["苏轼", "99999", "GD99", "' OR 1=1", "%", "\x00李"])
    def test_finds_nothing_where_nothing_is(self, desk: Desk, ticket: Ticket, text: str) -> None:
        assert matches(desk, text) in (set(), {ticket} if "李" in text else set())

    def test_the_palette_finds_it_by_its_number(self, desk: Desk, ticket: Ticket) -> None:
        address = reverse("admin:search")
        page = signed_in(desk.agent).get(address, {"s": ticket.number}).content.decode()
        assert reverse("admin:complaints_ticket_change", args=[ticket.pk]) in page


class TestScope:
    def test_another_companys_ticket_is_nowhere(self, desk: Desk) -> None:
        account = an_account(desk.company, number="1177770001")
        a_contract(account, a_customer(desk.company, name="欧阳修"))
        report = a_repair(account=account, caller_name="李清照", caller_phone="13935171234")
        ticket = fresh(desk, report, hours=70)
        foreign = a_desk("21")
        stranger = signed_in(foreign.agent)
        assert listed(stranger) == []
        for text in (
            ticket.number,
            "1177770001",
            "13935171234",
            "1234",
            "李清照",
            "欧阳修",
            "汾河小区",
            "1",
        ):
            assert listed(stranger, q=text) == [], text
        assert listed(stranger, company=desk.company.pk) == []
        assert listed(stranger, due="overdue") == []
        other = user_of(foreign.agent)
        assert [counted(other, key) for key in ("overdue", "unassigned")] == [(0, 0), (0, 0)]
        assert list(next_due(other, present())) == []
        found_by = stranger.get(reverse("admin:search"), {"s": ticket.number}).content.decode()
        assert ticket.number not in found_by
        query = {
            "app_label": "complaints",
            "model_name": "ticket",
            "field_name": "duplicate_of",
            "term": ticket.number,
        }
        address = reverse("admin:autocomplete")
        own = signed_in(desk.agent).get(address, query).json()["results"]
        assert [row["text"] for row in own] == [ticket.number]
        assert stranger.get(address, query).json()["results"] == []


class TestQueries:
    def test_the_list_and_the_front_page_ask_as_often_for_many_as_for_few(self, desk: Desk) -> None:
        agent = signed_in(desk.agent)
        first = fresh(desk)
        pages: tuple[tuple[str, dict[str, str]], ...] = (
            (LIST, {}),
            (LIST, {"due": "overdue"}),
            (LIST, {"work": "call_back"}),
            (LIST, {"q": "王"}),
            (LIST, {"q": "1234"}),
            ("/admin/", {}),
        )

        def counts() -> list[int]:
            statement_counts = []
            for address, words in pages:
                agent.get(address, words)
                with CaptureQueriesContext(connection) as captured:
                    assert agent.get(address, words).status_code == 200
                statement_counts.append(len(captured))
            return statement_counts

        few = counts()
        copy_tickets(first, 3000)
        assert Ticket.objects.count() == 3001
        many = counts()
        assert many == few
        assert max(many) <= 15, many


def copy_tickets(first: Ticket, count: int) -> None:
    """So many more like it, each with its own number, name, telephone and due time."""
    fields = [field for field in Ticket._meta.concrete_fields if not field.primary_key]
    columns = [str(field.column) for field in fields]
    own = {
        "number": "'GD112099' || lpad(n::text, 8, '0')",
        "due_at": "due_at + n * interval '10 second'",
        "caller_phone": "'139' || lpad((n * 7919 %% 100000000)::text, 8, '0')",
        "caller_name": "(ARRAY['王', '李', '张', '赵'])[1 + n %% 4] || n",
    }
    values = [own.get(column, column) for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO complaints_ticket ({', '.join(columns)}) SELECT {', '.join(values)} "
            "FROM complaints_ticket, generate_series(1, %s) AS n WHERE complaints_ticket.id = %s",
            [count, first.pk],
        )
        cursor.execute("ANALYZE complaints_ticket")


def test_call_backs_are_counted_by_what_is_owed(desk: Desk) -> None:
    ticket = fresh(desk, hours=70)
    repaired(ticket, desk, present() - 69 * HOUR)
    ticket.refresh_from_db()
    resolve_ticket(ticket, "已修复", by=desk.agent, at=present() - 68 * HOUR)
    CallBack.objects.update(due_at=present() - HOUR)
    assert counted(user_of(desk.agent), "call_backs") == (1, 1)
    for_all = a_member_of_staff("group", AGENT, a_company())
    User.objects.filter(pk=for_all.pk).update(group_wide=True)
    assert counted(User.objects.get(pk=for_all.pk), "call_backs") == (1, 1)
