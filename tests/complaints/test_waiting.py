"""What is due first stands first on every list: by the promise or by the deadline of 12345."""

import re
from typing import Any

import pytest
from django.test import Client

from complaints.classes import Channel, PauseReason, Severity
from complaints.dispatch.board import find_waiting
from complaints.dispatch.operations import assign_ticket
from complaints.models import Ticket
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.tickets.classification import join_duplicate, separate_duplicate
from complaints.tickets.intake import OutsideOrder, Report
from complaints.tickets.notes import add_note, note_photo
from complaints.tickets.resolution import reopen_ticket, resolve_ticket
from complaints.visits.crew_visits import visits_at_hand
from complaints.waiting import next_due, unheard_notes
from office.actors import Actor
from office.models import User
from tests.builders import an_account
from tests.service_desk import HOUR, Desk, a_desk, a_paper, a_repair, a_ticket, repaired, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")


@pytest.fixture
def by_deadline(desk: Desk) -> list[Ticket]:
    """Promised for 16 January and wanted by 12345 tonight; promised for midnight; for 16 January.

    They were reported in another order.
    """
    later = a_ticket(desk, "2026-01-12 09:00", medium(desk))
    tonight = a_ticket(desk, "2026-01-12 09:00")
    order = OutsideOrder("12345-7", t("2026-01-12 20:00"))
    outside = a_ticket(
        desk, "2026-01-12 09:00", medium(desk, channel=Channel.GOVERNMENT, outside=order)
    )
    assert outside.due_at == later.due_at == t("2026-01-16 00:00")
    return [outside, tonight, later]


def medium(desk: Desk, **changes: Any) -> Report:
    return a_repair(Severity.MEDIUM, account=an_account(desk.company), **changes)


def user_of(desk: Desk) -> User:
    assert desk.dispatcher.user is not None
    return desk.dispatcher.user


class TestOrder:
    def test_of_the_front_page_and_the_dispatch_board(
        self, desk: Desk, by_deadline: list[Ticket]
    ) -> None:
        assert list(next_due(user_of(desk), MONDAY + HOUR)) == by_deadline
        assert find_waiting(user_of(desk), "", 0) == by_deadline

    def test_of_the_ticket_list(
        self, desk: Desk, by_deadline: list[Ticket], client: Client
    ) -> None:
        client.force_login(user_of(desk))
        page = client.get("/admin/complaints/ticket/", {"due": "overdue"}).content.decode()
        shown = re.findall(r"GD\d{14}", page)
        assert list(dict.fromkeys(shown)) == [ticket.number for ticket in by_deadline]

    def test_of_the_repairers_visits(self, desk: Desk, by_deadline: list[Ticket]) -> None:
        for ticket in reversed(by_deadline):
            assign_ticket(
                ticket, desk.crew, seen_version=ticket.version, by=desk.dispatcher, at=MONDAY
            )
        assert desk.repairer.user is not None
        visits = visits_at_hand(desk.repairer.user, MONDAY + HOUR)
        assert [visit.ticket for visit in visits] == by_deadline


class TestNotesOnPaused:
    @pytest.fixture
    def paused(self, desk: Desk) -> Ticket:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        paper = a_paper(ticket, desk.company, by=desk.agent, at=MONDAY)
        return pause_ticket(ticket, PauseReason.PAPERS, paper, by=desk.agent, at=MONDAY + HOUR)

    def listed(self, client: Client, desk: Desk, work: str) -> list[str]:
        client.force_login(user_of(desk))
        page = client.get("/admin/complaints/ticket/", {"work": work}).content.decode()
        return list(dict.fromkeys(re.findall(r">\s*(GD\d{14})\s*<", page)))

    def test_waits_on_the_front_page_until_somebody_reacts(
        self, desk: Desk, paused: Ticket, client: Client
    ) -> None:
        customer = Actor.customer("王秀英")
        add_note(paused, "材料齐了，请上门", by=customer, at=MONDAY + 2 * HOUR)
        note = add_note(paused, "下午都在家", by=customer, at=MONDAY + 3 * HOUR)
        assert list(unheard_notes(user_of(desk))) == [note]
        client.force_login(user_of(desk))
        page = client.get("/admin/").content.decode()
        assert ("暂停、并单或办结后用户有补充（1）" in page, "下午都在家" in page) == (True, True)
        assert self.listed(client, desk, "noted") == [paused.number]
        resume_ticket(paused, by=desk.agent, at=MONDAY + 4 * HOUR)
        assert list(unheard_notes(user_of(desk))) == []
        assert self.listed(client, desk, "noted") == []

    def test_ends_with_a_note_of_the_staff(self, desk: Desk, paused: Ticket) -> None:
        add_note(paused, "齐了", by=Actor.customer("王"), at=MONDAY + 2 * HOUR)
        add_note(paused, "已回电，约周三", by=desk.agent, at=MONDAY + 3 * HOUR)
        assert list(unheard_notes(user_of(desk))) == []

    def test_after_the_end_it_waits_as_well(self, desk: Desk, client: Client) -> None:
        customer = Actor.customer("王秀英")
        ticket = a_ticket(desk, "2026-01-12 09:00")
        repaired(ticket, desk, MONDAY + HOUR)
        add_note(ticket, "谢谢", by=customer, at=MONDAY + 2 * HOUR)
        resolve_ticket(ticket, "已清洗", by=desk.agent, at=MONDAY + 3 * HOUR)
        assert list(unheard_notes(user_of(desk))) == []
        note = add_note(ticket, "又不热了", by=customer, at=MONDAY + 4 * HOUR)
        assert list(unheard_notes(user_of(desk))) == [note]
        assert self.listed(client, desk, "noted") == [ticket.number]
        reopen_ticket(ticket, "又不热", by=desk.agent, at=MONDAY + 5 * HOUR)
        assert list(unheard_notes(user_of(desk))) == []

    def test_on_a_joined_ticket_words_and_photos_wait_until_somebody_reacts(
        self, desk: Desk, client: Client
    ) -> None:
        customer = Actor.customer("王秀英")
        main = a_ticket(desk, "2026-01-12 09:00")
        joined = join_duplicate(
            a_ticket(desk, "2026-01-12 09:00"), main, by=desk.agent, at=MONDAY + HOUR
        )
        note = add_note(joined, "我家也漏水", by=customer, at=MONDAY + 2 * HOUR)
        # A photo waits with the words that wait already.
        note_photo(joined, by=customer, at=MONDAY + 2 * HOUR)
        assert list(unheard_notes(user_of(desk))) == [note]
        assert self.listed(client, desk, "noted") == [joined.number]
        add_note(joined, "已转告班组", by=desk.agent, at=MONDAY + 3 * HOUR)
        assert list(unheard_notes(user_of(desk))) == []
        note_photo(joined, by=customer, at=MONDAY + 4 * HOUR)
        assert [note.text for note in unheard_notes(user_of(desk))] == ["上传了照片"]
        separate_duplicate(joined, reason="另一处", by=desk.agent, at=MONDAY + 5 * HOUR)
        assert list(unheard_notes(user_of(desk))) == []

    def test_what_was_written_before_the_pause_or_elsewhere_does_not_wait(
        self, desk: Desk, paused: Ticket
    ) -> None:
        customer = Actor.customer("王")
        running = a_ticket(desk, "2026-01-12 09:00")
        for ticket in (paused, running):
            add_note(ticket, "几点来", by=customer, at=MONDAY + HOUR / 2)
        assert list(unheard_notes(user_of(desk))) == []
        stranger = a_desk("21")
        add_note(paused, "齐了", by=customer, at=MONDAY + 2 * HOUR)
        assert list(unheard_notes(user_of(stranger))) == []

    def test_the_list_can_be_filtered_by_paused(
        self, desk: Desk, paused: Ticket, client: Client
    ) -> None:
        a_ticket(desk, "2026-01-12 09:00")
        assert self.listed(client, desk, "paused") == [paused.number]
