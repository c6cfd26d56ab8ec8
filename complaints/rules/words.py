"""Wording of the rules of the service clock."""

from datetime import timedelta

from django.utils.translation import gettext as _

from office.clock import CalendarDays, Elapsed, Rule, SameDay

_HOUR = timedelta(hours=1)


def rule_in_words(rule: Rule) -> str:
    """Returns one sentence with every term of the rule."""
    if isinstance(rule, Elapsed):
        return _("受理后 %(hours)s 小时内") % {"hours": f"{rule.hours / _HOUR:g}"}
    if isinstance(rule, SameDay):
        return _("%(cutoff)s 前受理，当日 %(day_end)s 前；之后受理，次日 %(next_day_end)s 前") % {
            "cutoff": _time(rule.cutoff),
            "day_end": _time(rule.day_end),
            "next_day_end": _time(rule.next_day_end),
        }
    facts = {"days": rule.days, "day_end": _time(rule.day_end)}
    if isinstance(rule, CalendarDays):
        return _("受理后第 %(days)s 天 %(day_end)s 前") % facts
    return _("受理后第 %(days)s 个工作日 %(day_end)s 前") % facts


def _time(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
