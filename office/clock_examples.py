"""Worked clock cases in JSON, mapped to the engine that times real tickets."""

from datetime import timedelta

from office.case_files import Answer, Fields
from office.clock import (
    CalendarDays,
    ClockEvent,
    Elapsed,
    EventKind,
    Rule,
    SameDay,
    WorkingCalendar,
    WorkingDays,
    read_clock,
    time_of_day,
)

_RULES = ("elapsed", "same_day", "calendar_days", "working_days")


def work_out(case: Fields) -> Answer:
    """What the clock says for one case; ValueError says why nothing."""
    reading = read_clock(
        _rule(case.inner("rule")),
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
    found = WorkingCalendar(calendar.days("holidays"), calendar.days("working_weekends"))
    calendar.finish()
    return found


def _event(event: Fields) -> ClockEvent:
    kind = event.choice("kind", [kind.value for kind in EventKind])
    found = ClockEvent(event.instant("at"), EventKind(kind))
    event.finish()
    return found


def _rule(rule: Fields) -> Rule:
    found = _rule_of(rule.choice("kind", _RULES), rule)
    rule.finish()
    return found


def _rule_of(kind: str, rule: Fields) -> Rule:
    if kind == "elapsed":
        return Elapsed(timedelta(seconds=1) * int(rule.quantity("hours") * 3600))
    if kind == "same_day":
        return SameDay(_time(rule, "cutoff"), _time(rule, "day_end"), _time(rule, "next_day_end"))
    if kind == "calendar_days":
        return CalendarDays(rule.count("days"), _time(rule, "day_end"))
    return WorkingDays(rule.count("days"), _time(rule, "day_end"))


def _time(rule: Fields, key: str) -> timedelta:
    return time_of_day(rule.text(key))
