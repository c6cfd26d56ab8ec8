"""What is owed to a reporter: begun, done and reckoned by dated rules on the house's clock.

Every report is clocked like a named one: a due time must not tell whether there is a name.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.clock import ClockEvent, ClockReading, EventKind, read_clock
from office.promises.reckoning import calendar_in_force, rule_of
from office.refusals import Refused
from whistleblowing.models import ClockRule, OwedStep, Report, StepKind
from whistleblowing.months import MONTHS, months_after

# What begins to be owed when a report arrives.
FROM_RECEIPT = (StepKind.ACKNOWLEDGE, StepKind.ACCEPT, StepKind.FEEDBACK)


def rule_in_force(step: StepKind, at: datetime) -> ClockRule:
    """Returns the rule of a step on the day; refuses where none has begun."""
    rules = ClockRule.objects.filter(step=step, starts__lte=business_date(at))
    rule = rules.order_by("starts").last()
    if rule is None:
        raise Refused("no_clock_rule", _("“%(step)s”还没有办理时限。"), step=step.label)
    return rule


def begin_step(report: Report, step: StepKind, *, at: datetime) -> OwedStep:
    """Lets a step be owed from now on; one that is owed already stays with its due time.

    A step of the operation that causes it; the caller holds the report's lock.
    """
    owed = OwedStep.objects.filter(report=report, step=step, done_at=None).first()
    if owed is not None:
        return owed
    rule = rule_in_force(step, at)
    reading = _read(rule, at)
    return OwedStep.objects.create(
        report=report,
        step=step,
        rule=rule,
        begins_at=at,
        due_at=reading.promised,
        provisional=reading.provisional,
    )


def finish_steps(report: Report, steps: Iterable[StepKind], *, at: datetime) -> None:
    """Marks owed steps as done. A step of the operation that does them."""
    OwedStep.objects.filter(report=report, step__in=list(steps), done_at=None).update(done_at=at)


def owed_steps(report: Report) -> list[OwedStep]:
    """Returns what is owed on a report and not done, the most urgent first."""
    return list(report.owed_steps.filter(done_at=None).order_by("due_at"))


def may_object_until(report: Report) -> datetime | None:
    """Returns until when the reporter may object to the result; None before any feedback."""
    if report.feedback_at is None:
        return None
    return _read(rule_in_force(StepKind.OBJECT, report.feedback_at), report.feedback_at).promised


def days_of(terms: Mapping[str, Any], day: date) -> Mapping[str, Any]:
    """Returns the terms for the service clock, which knows no months: as days from this day on."""
    if terms["kind"] != MONTHS:
        return terms
    days = (months_after(day, terms["months"]) - day).days
    return {"kind": "calendar_days", "days": days, "day_end": "24:00"}


def _read(rule: ClockRule, at: datetime) -> ClockReading:
    terms = rule_of(days_of(rule.terms, business_date(at)))
    return read_clock(terms, [ClockEvent(at, EventKind.RECEIVED)], at, calendar_in_force(terms))
