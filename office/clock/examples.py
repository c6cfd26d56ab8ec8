"""Worked clock cases in JSON, mapped to the engine that times real tickets."""

from office.case_files import Answer, Fields
from office.clock import ClockEvent, EventKind, WorkingCalendar, read_clock
from office.clock.terms import read_rule


def work_out(case: Fields) -> Answer:
    """Returns what the clock says for one case; raises ValueError with the reason otherwise."""
    reading = read_clock(
        read_rule(case.inner("rule")),
        [_event(event) for event in case.each("events")],
        case.instant("as_of"),
        _calendar(case.inner("calendar")),
    )
    return {
        "state": reading.state.value,
        "elapsed_minutes": reading.elapsed_minutes,
        "remaining_minutes": reading.remaining_minutes,
        "breached": reading.breached,
        "due": reading.due,
    }


def _calendar(calendar: Fields) -> WorkingCalendar:
    working_calendar = WorkingCalendar(calendar.days("holidays"), calendar.days("working_weekends"))
    calendar.finish()
    return working_calendar


def _event(event: Fields) -> ClockEvent:
    kind = event.choice("kind", [kind.value for kind in EventKind])
    clock_event = ClockEvent(event.instant("at"), EventKind(kind))
    event.finish()
    return clock_event
