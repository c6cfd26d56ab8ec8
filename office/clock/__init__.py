"""The service clock, pure: rules, histories of a promise, readings, and the escalation ladder.

It knows no table, no journal and no content, so that any desk may reckon by it.
"""

from office.clock.history import (
    BadHistory,
    ClockEvent,
    ClockState,
    EventKind,
    NotReceived,
    check_history,
)
from office.clock.reading import (
    ClockReading,
    Interval,
    breached,
    due,
    elapsed,
    explain,
    minutes,
    read_clock,
    remaining,
    state,
)
from office.clock.rules import (
    BadRule,
    CalendarDays,
    ClockError,
    Elapsed,
    Rule,
    SameDay,
    WorkingCalendar,
    WorkingDays,
    promise,
    time_of_day,
)
from office.zone import SHANGHAI

__all__ = [
    "SHANGHAI",
    "BadHistory",
    "BadRule",
    "CalendarDays",
    "ClockError",
    "ClockEvent",
    "ClockReading",
    "ClockState",
    "Elapsed",
    "EventKind",
    "Interval",
    "NotReceived",
    "Rule",
    "SameDay",
    "WorkingCalendar",
    "WorkingDays",
    "breached",
    "check_history",
    "due",
    "elapsed",
    "explain",
    "minutes",
    "promise",
    "read_clock",
    "remaining",
    "state",
    "time_of_day",
]
