"""Clock rules as JSON, in the form that case files and published rules use."""

from datetime import timedelta

from office.case_files import Fields
from office.clock.rules import (
    CalendarDays,
    Elapsed,
    Rule,
    SameDay,
    WorkingDays,
    time_of_day,
)

KINDS = ("elapsed", "same_day", "calendar_days", "working_days")


def read_rule(terms: Fields) -> Rule:
    """Returns the rule that `terms` describe; raises ValueError for an unknown or missing key."""
    rule = _rule_of(terms.choice("kind", KINDS), terms)
    terms.finish()
    return rule


def _rule_of(kind: str, terms: Fields) -> Rule:
    if kind == "elapsed":
        return Elapsed(timedelta(seconds=1) * int(terms.quantity("hours") * 3600))
    if kind == "same_day":
        return SameDay(
            _time(terms, "cutoff"), _time(terms, "day_end"), _time(terms, "next_day_end")
        )
    if kind == "calendar_days":
        return CalendarDays(terms.count("days"), _time(terms, "day_end"))
    return WorkingDays(terms.count("days"), _time(terms, "day_end"))


def _time(terms: Fields, key: str) -> timedelta:
    return time_of_day(terms.text(key))
