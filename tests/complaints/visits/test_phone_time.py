"""Steps keep their true time, and those of a withdrawn visit are not lost."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.dispatch.operations import assign_ticket
from complaints.models import ItemKind, Ticket, Visit, VisitItem, VisitOutcome, VisitStep
from complaints.visits.phone_time import TOLERANCE, by_our_clock, settled
from complaints.visits.steps import Completion, Finding, Item
from office.models import JournalEntry
from office.refusals import Invalid, NotFound, Refused
from tests.complaints.visits.phone_steps import NINE, TEN, photo, take, take_until_finding
from tests.service_desk import (
    HOUR,
    MINUTE,
    Desk,
)

pytestmark = pytest.mark.django_db


class TestTrueTime:
    def test_never_later_than_now(self, desk: Desk, visit: Visit) -> None:
        with pytest.raises(Invalid, match="发生时间不能晚于现在"):
            take(visit, "accept_assignment", desk, happened_at=TEN + HOUR)
        visit.refresh_from_db()
        assert (visit.state, VisitStep.objects.count()) == ("assigned", 0)

    def test_never_before_the_last_step(self, desk: Desk, visit: Visit) -> None:
        with pytest.raises(Refused, match="接单时间 2026-01-12 08:57 早于派工（2026-01-12 09:00）"):
            take(visit, "accept_assignment", desk, happened_at=NINE - 3 * MINUTE)
        visit.refresh_from_db()
        assert visit.state == "assigned"

    def test_a_clock_off_by_a_minute_is_forgiven(self, desk: Desk, visit: Visit) -> None:
        take(visit, "accept_assignment", desk, NINE, happened_at=NINE - MINUTE)
        take(visit, "depart", desk, NINE + MINUTE, happened_at=NINE + 2 * MINUTE)
        visit.refresh_from_db()
        assert (visit.accepted_at, visit.departed_at) == (NINE, NINE + MINUTE)

    def test_a_clock_an_hour_fast_is_corrected(self, desk: Desk, visit: Visit) -> None:
        happened, sent = NINE + HOUR + 5 * MINUTE, TEN + HOUR
        take(visit, "accept_assignment", desk, TEN, happened_at=happened, sent_at=sent)
        visit.refresh_from_db()
        assert visit.accepted_at == NINE + 5 * MINUTE
        step = VisitStep.objects.get()
        assert (step.happened_at, step.entered_at) == (NINE + 5 * MINUTE, TEN)
        assert (step.phone_time, step.phone_sent_at) == (happened, sent)

    def test_consent_is_corrected_with_it(self, desk: Desk, visit: Visit) -> None:
        take_until_finding(visit, desk)
        fast = HOUR
        item = Item(ItemKind.PART, "垫片", Decimal(2), 0, "王秀英", TEN + 5 * MINUTE + fast)
        done = Completion(VisitOutcome.FIXED, "换垫片", (item,), "王秀英")
        take(
            visit,
            done,
            desk,
            TEN + HOUR,
            happened_at=TEN + 9 * MINUTE + fast,
            sent_at=TEN + HOUR + fast,
        )
        visit.refresh_from_db()
        assert visit.completed_at == TEN + 9 * MINUTE
        assert VisitItem.objects.get().consented_at == TEN + 5 * MINUTE

    def test_consent_after_the_work_is_refused(self, desk: Desk, visit: Visit) -> None:
        take_until_finding(visit, desk)
        item = Item(ItemKind.PART, "垫片", Decimal(2), 0, "王秀英", TEN + HOUR)
        done = Completion(VisitOutcome.FIXED, "换垫片", (item,), "王秀英")
        with pytest.raises(Invalid, match="同意的时间不能晚于完成时间"):
            take(visit, done, desk, TEN + 2 * HOUR, happened_at=TEN + 9 * MINUTE)
        assert not VisitItem.objects.exists()

    @given(
        phone_minute=st.integers(-500, 500),
        sent=st.none() | st.integers(-500, 500),
        last=st.integers(-500, 0),
    )
    def test_what_is_accepted_lies_between_the_last_step_and_now(
        self, phone_minute: int, sent: int | None, last: int
    ) -> None:
        before, now = TEN + last * MINUTE, TEN
        sent_at = None if sent is None else TEN + sent * MINUTE
        raw = by_our_clock(TEN + phone_minute * MINUTE, sent_at, now)
        when = settled(raw, last=before, at=now)
        moved = when - raw
        assert abs(moved) <= TOLERANCE
        if moved:
            assert when in (before, now)
        assert (before <= when <= now) == (before - TOLERANCE <= raw <= now + TOLERANCE)
        if sent_at is not None and abs(now - sent_at) > TOLERANCE:
            assert now - raw == timedelta(minutes=(sent or 0) - phone_minute)


class TestWithdrawnMeanwhile:
    @pytest.fixture
    def withdrawn(self, desk: Desk, ticket: Ticket, visit: Visit) -> Visit:
        """The repairer arrived, then another crew was sent."""
        for verb in ("accept_assignment", "depart", "arrive"):
            take(visit, verb, desk)
        ticket.refresh_from_db()
        assign_ticket(
            ticket,
            desk.other_crew,
            seen_version=ticket.version,
            by=desk.other_dispatcher,
            at=TEN + MINUTE,
        )
        return visit

    def test_the_repairer_is_told_and_the_words_are_kept(
        self, desk: Desk, ticket: Ticket, withdrawn: Visit
    ) -> None:
        step = take(withdrawn, Finding("阀门锈死"), desk, TEN + HOUR, happened_at=TEN)
        withdrawn.refresh_from_db()
        assert (step.answer, withdrawn.state, withdrawn.finding) == ("withdrawn", "withdrawn", "")
        entry = JournalEntry.objects.get(action="keep_withdrawn_step", record_id=ticket.pk)
        assert entry.facts == {
            "visit": 1,
            "verb": "record_finding",
            "said": {"finding": "阀门锈死"},
            "happened_at": "2026-01-12T10:00:00+08:00",
        }

    def test_the_photo_is_kept_with_the_ticket(
        self, desk: Desk, ticket: Ticket, withdrawn: Visit
    ) -> None:
        step = take(withdrawn, photo(), desk, TEN + HOUR)
        assert step.document is not None
        assert (step.answer, step.document.record_id) == ("done", ticket.pk)

    def test_sent_again_it_is_kept_once(self, desk: Desk, withdrawn: Visit) -> None:
        key = uuid4()
        for _ in range(2):
            step = take(withdrawn, Finding("阀门锈死"), desk, TEN + HOUR, key=key)
            assert step.answer == "withdrawn"
        assert JournalEntry.objects.filter(action="keep_withdrawn_step").count() == 1

    def test_nobody_else_leaves_words_there(self, desk: Desk, withdrawn: Visit) -> None:
        with pytest.raises(NotFound):
            take(withdrawn, Finding("x"), desk, TEN + HOUR, by=desk.other_repairer)
        assert not JournalEntry.objects.filter(action="keep_withdrawn_step").exists()
