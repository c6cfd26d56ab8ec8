"""Form fields for what a repairer's phone sends; each fault has a code and a sentence."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from office.forms.yuan_field import YuanField
from office.language import Text
from office.refusals import Invalid

MOST_ROWS = 40
_LONGEST = 500
_DJANGOS_CODES = frozenset({"required", "invalid", "invalid_choice", "missing"})
_HIGHEST_FEN = 10**8


class StepForm(forms.Form):
    """A form that the phone sends in the background: its first fault is answered as a refusal.

    `codes` names, field by field, the refusal that stands for Django's general codes.
    """

    codes: ClassVar[Mapping[str, str]] = {}

    def checked(self) -> dict[str, Any]:
        """Returns the cleaned values; raises Invalid with the fault of the first wrong field."""
        for name, faults in self.errors.as_data().items():
            fault = faults[0]
            code = fault.code or "invalid"
            if code in _DJANGOS_CODES:
                code = self.codes.get(name, code)
            raise Invalid(code, fault.message, **fault.params or {})
        return self.cleaned_data


class WordsField(forms.Field):
    """A field for free text, which may be empty."""

    def __init__(self, longest: int = _LONGEST) -> None:
        super().__init__(required=False)
        self.longest = longest

    def to_python(self, value: Any) -> str:
        """Returns the text without spaces around it; refuses one that is too long."""
        text = str(value or "").strip()
        if len(text) > self.longest:
            raise forms.ValidationError(
                _("文字超过 %(longest)s 字，请缩短。"),
                code="text_too_long",
                params={"longest": self.longest},
            )
        # PostgreSQL stores no NUL in text.
        return text.replace("\x00", "")


class InstantField(forms.Field):
    """A field for an instant as scripts write it: ISO 8601 with the offset of its zone."""

    def to_python(self, value: Any) -> datetime | None:
        """Returns an aware instant; refuses other text, which only an outdated page sends."""
        if not value:
            return None
        try:
            instant = parse_datetime(str(value))
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None or not 2000 < instant.year < 2200:
            raise forms.ValidationError(
                _("时间无法读取，请刷新页面后重新提交。"), code="time_wrong"
            )
        return instant


class KeyField(forms.UUIDField):
    """A field for the key of a photo step; a damaged key counts as missing."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            return None


class CelsiusField(forms.DecimalField):
    """A field for a temperature in °C, between -100 and 100."""

    default_error_messages = dict.fromkeys(("required", "invalid"), _("温度应为数字，如 18.5。"))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if abs(value) >= 100:
            raise forms.ValidationError(self.error_messages["invalid"], code="celsius_wrong")


class QuantityField(forms.DecimalField):
    """A field for a quantity above 0 with at most two decimals; 1 where nothing was typed."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("数量应大于零，最多两位小数。")
    }

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> Decimal:
        quantity: Decimal | None = super().clean(value)
        if quantity is None:
            return Decimal(1)
        if not (0 < quantity < 10**6 and quantity == round(quantity, 2)):
            raise forms.ValidationError(self.error_messages["invalid"], code="quantity_wrong")
        return quantity


class AmountField(YuanField):
    """A field for the price of an item: 0 to 1,000,000 yuan; the cleaned value is fen."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> int:
        wrong = forms.ValidationError(
            _("金额应为元，最多两位小数，如 85.00。"), code="amount_wrong"
        )
        try:
            fen = super().clean(value) or 0
        except forms.ValidationError:
            raise wrong from None
        if not 0 <= fen <= _HIGHEST_FEN:
            raise wrong
        return int(fen)


class RowsField(forms.Field):
    """A field for a JSON list of rows, each checked by a form of its own."""

    def __init__(self, row_form: type[StepForm], *, code: str, sentence: Text) -> None:
        super().__init__(required=False)
        self.row_form, self.code, self.sentence = row_form, code, sentence

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        """Returns the cleaned values of each row; refuses with the first fault of any row."""
        rows = self._rows(str(value or "[]"))
        texts = [
            {name: text.strip() for name, text in row.items() if isinstance(text, str)}
            for row in rows
        ]
        try:
            return [self.row_form(row).checked() for row in texts]
        except Invalid as fault:
            raise forms.ValidationError(fault.sentence, code=fault.code) from None

    def _rows(self, text: str) -> list[dict[str, Any]]:
        try:
            rows = json.loads(text)
            # Half of a surrogate pair is valid JSON, but neither UTF-8 nor PostgreSQL takes it.
            json.dumps(rows, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            rows = None
        whole = isinstance(rows, list) and len(rows) <= MOST_ROWS
        if not (whole and all(isinstance(row, dict) for row in rows)):
            raise forms.ValidationError(self.sentence, code=self.code)
        return list(rows)
