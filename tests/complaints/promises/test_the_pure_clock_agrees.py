"""Whatever happens to a ticket, it is due when the pure clock says."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.classes import PauseReason, Severity
from complaints.locking import lock_ticket, save_ticket
from complaints.promises.clock_entries import Entry, enter
from complaints.promises.explain import explain_promise
from complaints.rules.in_force import clock_rule
from complaints.tickets.intake import Report
from office.calendar import working_calendar
from office.clock import ClockEvent, EventKind, read_clock
from office.refusals import Refused
from tests.service_desk import (
    DAY,
    SYSTEM,
    Desk,
    a_complaint,
    a_paper,
    a_repair,
    a_ticket,
    an_enquiry,
    t,
)

pytestmark = pytest.mark.django_db


STEPS = st.lists(
    st.tuples(st.sampled_from(["pause", "resume", "done", "redo"]), st.integers(0, 4000)),
    max_size=8,
)


class TestTheTicketAndThePureClockAgree:
    """Whatever is tried in whatever order, the ticket holds what the engine says of its events."""

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        report=st.sampled_from([a_complaint(), an_enquiry(), a_repair(), a_repair(Severity.MAJOR)]),
        start=st.integers(0, 60 * 24 * 60),
        steps=STEPS,
    )
    def test_on_any_history(
        self, desk: Desk, report: Report, start: int, steps: list[tuple[str, int]]
    ) -> None:
        received = t("2026-01-20 00:00") + timedelta(minutes=start)
        ticket = a_ticket(desk, f"{received:%Y-%m-%d %H:%M}", report)
        paper = a_paper(ticket, desk.company, by=desk.agent, at=received)
        kinds = {
            "pause": EventKind.PAUSED,
            "resume": EventKind.RESUMED,
            "done": EventKind.DONE,
            "redo": EventKind.REDO,
        }
        happened = [ClockEvent(received, EventKind.RECEIVED)]
        now = received
        for verb, minutes in steps:
            now += timedelta(minutes=minutes)
            pausing = verb == "pause"
            entry = Entry(
                kinds[verb],
                now,
                PauseReason.PAPERS if pausing else None,
                evidence=paper if pausing else None,
            )
            locked_ticket = lock_ticket(ticket)
            try:
                enter(locked_ticket, entry, by=SYSTEM, at=now)
            except Refused:
                assert locked_ticket.clock_events.count() == len(happened)
                continue
            save_ticket(locked_ticket, "due_at", "clock_state")
            happened.append(ClockEvent(now, kinds[verb]))
        ticket.refresh_from_db()
        rule = clock_rule(ticket.promises.get().rule)
        oracle = read_clock(rule, happened, now, working_calendar())
        assert (ticket.clock_state, ticket.due_at) == (oracle.state.value, oracle.due)
        explanation = explain_promise(ticket, at=now + DAY)
        later = read_clock(rule, happened, now + DAY, working_calendar())
        assert (explanation.breached, explanation.due) == (later.breached, later.due)
        assert explanation.reading.elapsed == later.elapsed
