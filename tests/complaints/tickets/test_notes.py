"""What is known later: added beside the ticket, in any state of it."""

import pytest
from django.db import DatabaseError, transaction

from complaints.classes import PauseReason
from complaints.models import TicketNote
from complaints.promises.pauses import pause_ticket
from complaints.tickets.notes import add_note
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.service_desk import DAY, HOUR, Desk, a_desk, a_paper, a_ticket, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")


class TestAddNote:
    def test_keeps_who_said_what_and_when(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        note = add_note(ticket, " 次卧也不热 ", by=desk.agent, at=MONDAY + HOUR)
        assert (note.text, note.source, note.author) == ("次卧也不热", "staff", "客服甲11")
        assert (note.by, note.at) == (desk.agent.user, MONDAY + HOUR)
        ticket.refresh_from_db()
        assert (ticket.version, ticket.due_at) == (1, t("2026-01-13 00:00"))
        entry = JournalEntry.objects.get(action="add_note")
        assert (entry.record_id, entry.facts) == (ticket.pk, {"source": "staff"})

    def test_a_customer_adds_by_what_they_own(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        note = add_note(ticket, "卧室漏水", by=Actor.customer("139****0001"), at=MONDAY)
        assert (note.source, note.author, note.by) == ("customer", "139****0001", None)

    def test_the_same_form_twice_adds_once(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        first = add_note(ticket, "次卧也不热", form_key="n1", by=desk.agent, at=MONDAY)
        again = add_note(ticket, "次卧也不热", form_key="n1", by=desk.agent, at=MONDAY)
        assert (again.pk, TicketNote.objects.count()) == (first.pk, 1)

    def test_the_form_of_another_ticket_or_text_is_refused(self, desk: Desk) -> None:
        ticket, other = (a_ticket(desk, f"2026-01-12 09:0{n}") for n in (0, 1))
        first = add_note(ticket, "次卧也不热", form_key="n1", by=desk.agent, at=MONDAY)
        for wrong, text in ((other, "次卧也不热"), (ticket, "次卧热了")):
            with pytest.raises(Refused, match="页面已失效") as refusal:
                add_note(wrong, text, form_key="n1", by=desk.agent, at=MONDAY)
            assert (refusal.value.code, TicketNote.objects.get()) == ("form_expired", first)

    def test_after_the_old_deadline_while_paused_it_starts_no_clock(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        paper = a_paper(ticket, desk.company, by=desk.agent, at=MONDAY)
        pause_ticket(ticket, PauseReason.NOBODY_HOME, paper, by=desk.agent, at=MONDAY + HOUR)
        add_note(ticket, "用户说周四回来", by=desk.agent, at=MONDAY + 2 * DAY)
        ticket.refresh_from_db()
        assert (ticket.clock_state, ticket.due_at) == ("paused", None)
        assert ticket.clock_events.count() == 2

    @pytest.mark.parametrize(
        ("text", "sentence"), [("  ", "请填写补充说明"), ("冷" * 501, "不能超过 500 字")]
    )
    def test_refused_with_a_sentence(self, desk: Desk, text: str, sentence: str) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        with pytest.raises(Invalid, match=sentence):
            add_note(ticket, text, by=desk.agent, at=MONDAY)
        assert not TicketNote.objects.exists()

    def test_refused_to_another_companys_agent(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        with pytest.raises(NotAllowed):
            add_note(ticket, "x", by=a_desk("21").agent, at=MONDAY)
        assert not TicketNote.objects.exists()

    def test_a_note_never_changes(self, desk: Desk) -> None:
        note = add_note(a_ticket(desk, "2026-01-12 09:00"), "x", by=desk.agent, at=MONDAY)
        for change in (lambda: TicketNote.objects.update(text="y"), note.delete):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change()
