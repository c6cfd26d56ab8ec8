"""A form field for a business date, and the days that any form of the house accepts."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.language import Text

# Beyond these years a day only comes from a slip of the hand, and reckoning with it (the day
# before, the same instant in UTC) leaves the range of Python's calendar.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
OUT_OF_RANGE: Text = _("日期应在 1900 年至 2199 年之间，请核对年份。")


def is_plausible(day: date) -> bool:
    """Says whether the house reckons with this day; a datetime is judged by its own date."""
    return FIRST_DAY.year <= day.year <= LAST_DAY.year


class DayInput(forms.DateInput):
    """The date field of the browser."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """Reads a day such as 2026-01-15, from 1900 to 2199."""

    widget = DayInput
    input_formats = ["%Y-%m-%d"]

    def to_python(self, value: Any) -> date | None:
        """Returns the day; refuses a year in which nothing of the house can lie."""
        day = super().to_python(value)
        if day is not None and not is_plausible(day):
            raise forms.ValidationError(OUT_OF_RANGE, code="day_out_of_range")
        return day
