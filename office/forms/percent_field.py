"""A form field for a share that is kept as a ratio and typed as a percentage."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _

HUNDRED = Decimal(100)


def percentage(ratio: Decimal) -> str:
    """Returns a ratio as the figure before the percent sign: 0.0900 is "9"."""
    return f"{(ratio * HUNDRED).normalize():f}"


class PercentField(forms.DecimalField):
    """Reads a percentage such as "3", "3%" or "0.5"; the cleaned value is the ratio, such as 0.03.

    `max_digits` and `decimal_places` are those of the column that keeps the ratio.
    """

    def to_python(self, value: Any) -> Any:
        """Returns the ratio with the places of its column; None where nothing was typed."""
        text = str(value or "").replace("％", "%").strip().removesuffix("%").strip()
        if not text:
            return None
        try:
            percent = Decimal(text)
        except InvalidOperation:
            raise self._refusal() from None
        places = self.decimal_places or 0
        whole = self.max_digits is None or self.max_digits > places
        if not percent.is_finite() or percent < 0 or percent > HUNDRED:
            raise self._refusal()
        if percent == HUNDRED and not whole:
            raise self._refusal()
        ratio = (percent / HUNDRED).quantize(Decimal(1).scaleb(-places))
        if ratio * HUNDRED != percent:
            raise forms.ValidationError(
                _("%(label)s最多 %(places)s 位小数。"),
                code="percent_wrong",
                params={"label": self.label, "places": places - 2},
            )
        return ratio

    def prepare_value(self, value: Any) -> Any:
        """Returns the percentage of a ratio; what was typed stays as it was typed."""
        if isinstance(value, Decimal | int):
            return percentage(Decimal(value))
        return value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Returns the attributes of the input, whose arrows step by the smallest percentage."""
        step = Decimal(1).scaleb(2 - (self.decimal_places or 0))
        attrs = super().widget_attrs(widget)
        return attrs | {"step": str(step)} if "step" in attrs else attrs

    def _refusal(self) -> forms.ValidationError:
        return forms.ValidationError(
            _("%(label)s应为 0 到 100 之间的百分数，如 9 表示 9%%。"),
            code="percent_wrong",
            params={"label": self.label},
        )
