"""A form field for a date and a time of day in Shanghai, to the minute."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.forms.day_field import OUT_OF_RANGE, is_plausible


class MomentInput(forms.DateTimeInput):
    """Shows the browser's own calendar and clock."""

    input_type = "datetime-local"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """Reads what `MomentInput` sends; the form's cleaned value is an aware datetime."""

    widget = MomentInput
    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    default_error_messages = {"invalid": _("请填写日期和时间，如 2026-01-12 23:50。")}

    def to_python(self, value: Any) -> datetime | None:
        """Returns the instant; refuses a year in which nothing of the house can lie."""
        moment = super().to_python(value)
        if moment is not None and not is_plausible(moment):
            raise forms.ValidationError(OUT_OF_RANGE, code="day_out_of_range")
        return moment
