"""A rule is published for a day to come, with the paper that says so; earlier ones stay."""

from datetime import date, datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.refusals import Invalid, NotAllowed, Refused
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import ClockRule, RetentionRule, RoutingRule, StepKind
from whistleblowing.months import MONTHS
from whistleblowing.officers.events import note
from whistleblowing.words import Conclusion, EventKind, Level, Rank

Rule = TypeVar("Rule", ClockRule, RoutingRule, RetentionRule)
DAY_KINDS = ("calendar_days", "working_days", MONTHS)
LONGEST_DAYS, LONGEST_MONTHS, YEARS_AHEAD = 3650, 600, 5
SHORTEST_MONTH = 28


@transaction.atomic
def publish_clock_rule(
    step: StepKind,
    *,
    kind: str,
    days: int,
    remind_days: int,
    starts: date,
    source: str,
    by: Reader,
    at: datetime,
) -> ClockRule:
    """Publishes how many days a step may take, or how many months where `kind` says so; reminders
    go out `remind_days` before.
    """
    _check(starts, source, by, at)
    in_months = kind == MONTHS
    least_days = days * SHORTEST_MONTH if in_months else days
    if kind not in DAY_KINDS or not days > 0 or least_days > LONGEST_DAYS:
        raise Invalid("days_wrong", _("期限须大于零，不超过十年。"))
    if not 0 <= remind_days < least_days:
        raise Invalid("remind_days_wrong", _("提醒须早于到期。"))
    if in_months:
        terms: dict[str, object] = {"kind": MONTHS, "months": days}
    else:
        terms = {"kind": kind, "days": days, "day_end": "24:00"}
    row = ClockRule(
        step=step, terms=terms, remind_days=remind_days, starts=starts, source=source.strip()
    )
    return _publish(row, by, at)


@transaction.atomic
def publish_routing_rule(
    rank: Rank, level: Level, *, starts: date, source: str, by: Reader, at: datetime
) -> RoutingRule:
    """Publishes the lowest level that handles reports on a rank.

    Group leaders are always handled by the board: no rule lowers that.
    """
    _check(starts, source, by, at)
    if rank is Rank.GROUP_LEADER and level is not Level.BOARD:
        raise Refused("leaders_go_above", _("对集团领导的检举只能由董事会、监事会受理。"))
    return _publish(
        RoutingRule(rank=rank, level=level, starts=starts, source=source.strip()), by, at
    )


@transaction.atomic
def publish_retention_rule(
    conclusion: Conclusion, months: int, *, starts: date, source: str, by: Reader, at: datetime
) -> RetentionRule:
    """Publishes how many months reports with a conclusion are kept once they are closed."""
    _check(starts, source, by, at)
    if not 0 < months <= LONGEST_MONTHS:
        raise Invalid("months_wrong", _("保存月数须在 1 到 600 之间。"))
    row = RetentionRule(conclusion=conclusion, months=months, starts=starts, source=source.strip())
    return _publish(row, by, at)


def _check(starts: date, source: str, by: Reader, at: datetime) -> None:
    if by.officer is None or not by.officer.takes_reports:
        raise NotAllowed()
    if starts <= business_date(at):
        raise Invalid("rule_not_ahead", _("施行日期须晚于今天：已经起算的期限不变。"))
    if starts.year > business_date(at).year + YEARS_AHEAD:
        # A slip of the hand: nobody would notice that the rule never begins.
        raise Invalid("rule_far_ahead", _("施行日期最多提前五年公布，请核对年份。"))
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据的文件名称和文号。"))


def _publish(row: Rule, by: Reader, at: datetime) -> Rule:
    # The unique constraint decides: two officers may publish for the same day at one moment.
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused("rule_of_the_day", _("该日期已有同一事项的规则，请另选日期。")) from None
    if by.officer is not None:
        note(EventKind.RULE_PUBLISHED, by.officer, at=at)
    return row
