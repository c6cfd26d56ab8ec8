"""The check of a promise rule's terms before the rule is published."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from office.calendar import working_calendar
from office.case_files import Fields
from office.clock import promise
from office.clock.terms import read_rule
from office.refusals import Invalid
from office.zone import SHANGHAI


def check_terms(terms: dict[str, Any]) -> None:
    """Refuses terms that the clock cannot apply at every hour of a day."""
    try:
        rule = read_rule(Fields(terms, "时限"))
        calendar = working_calendar()
        for hour in range(24):
            promise(rule, datetime(2026, 1, 12, hour, 59, 59, tzinfo=SHANGHAI), calendar)
    except ValueError as fault:
        raise Invalid("terms_wrong", _("时限规则有误：%(fault)s。"), fault=str(fault)) from None
