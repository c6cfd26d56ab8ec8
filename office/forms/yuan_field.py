"""A form field for an amount of money as people type it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from office.money import parse_yuan

LARGEST_FEN = 10**13


class YuanField(forms.CharField):
    """Reads yuan, such as "1,620.00" or "￥7"; the cleaned value is whole fen or None."""

    def to_python(self, value: Any) -> Any:
        """Returns the fen of the text; None where nothing was typed."""
        text = (
            str(super().to_python(value)).replace(",", "").replace("，", "").lstrip("¥￥").strip()
        )
        if not text:
            return None
        try:
            fen = parse_yuan(text)
        except ValueError:
            raise forms.ValidationError(
                _("%(label)s应为金额，如 1620.00。"),
                code="amount_wrong",
                params={"label": self.label},
            ) from None
        if abs(fen) > LARGEST_FEN:
            raise forms.ValidationError(
                _("%(label)s过大，请核对。"), code="amount_wrong", params={"label": self.label}
            )
        return fen
