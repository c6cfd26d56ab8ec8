"""Retention begins when a report is closed and ends when it is opened again."""

from datetime import datetime

from office.calendar import business_date
from whistleblowing.models import Report, Retention, RetentionRule, RetentionWarning
from whistleblowing.months import months_after
from whistleblowing.retention.rules import Term, term_in_force
from whistleblowing.words import Conclusion


def begin_retention(report: Report, conclusion: Conclusion, *, at: datetime) -> Retention | None:
    """A step of closing a report, whose lock the caller holds: writes until when it is kept.

    None, and kept for ever, where no rule says how long.
    """
    today = business_date(at)
    rules = {(rule.conclusion, rule.starts): rule for rule in RetentionRule.objects.all()}
    terms = [Term(rule.conclusion, rule.starts, rule.months) for rule in rules.values()]
    term = term_in_force(terms, conclusion, today)
    if term is None:
        return None
    return Retention.objects.create(
        report=report,
        rule=rules[term.outcome, term.starts],
        last_day=months_after(today, term.months),
    )


def end_retention(report: Report) -> None:
    """A step of reopening a report: takes it out of retention.

    A hold goes on only by being placed again: who reopens a case reads that it was held.
    """
    RetentionWarning.objects.filter(retention__report=report).delete()
    Retention.objects.filter(report=report).delete()
