"""A form field for a date and a time of day in Shanghai, to the minute."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


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
