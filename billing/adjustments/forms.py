"""The form by which an adjustment is drafted."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from billing.adjustments.billed_lines import billed_lines
from billing.adjustments.corrections import Correction
from billing.models import Bill
from office.forms.day_field import DayField
from office.forms.yuan_field import YuanField
from office.money import yuan_text


class Way(TextChoices):
    """How the amount on the form is meant."""

    SHOULD = "should", _("更正为应为金额")
    CREDIT = "credit", _("冲减")
    SUPPLEMENT = "supplement", _("补收")


class DraftAdjustmentForm(forms.Form):
    """Which line of the bill is corrected, how, by which paper and until when it is to be paid."""

    line = forms.ChoiceField(label=_("明细"), required=False)
    way = forms.ChoiceField(label=_("方式"), choices=Way)
    amount = YuanField(
        label=_("金额（元）"),
        help_text=_("冲减、补收填变动的金额；更正填应该是多少"),
    )
    due_on = DayField(
        label=_("缴费截止日"), required=False, help_text=_("结果为补收时必填；冲减不用填")
    )
    reason = forms.CharField(label=_("原因"), max_length=200)
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("申请、测温单、批文等的名称或编号")
    )
    working = forms.CharField(
        label=_("计算说明"),
        max_length=300,
        required=False,
        help_text=_("用户在账单上看到的算式；不填则显示原因"),
    )

    def __init__(self, bill: Bill, *args: Any) -> None:
        super().__init__(*args)
        lines = billed_lines(bill)
        choices = [
            (
                str(item.line_id or ""),
                f"{item.item}　{yuan_text(item.billed.amount_fen)}",
            )
            for item in lines
        ]
        line: Any = self.fields["line"]
        line.choices = choices if len(lines) == 1 else [("", _("整张账单")), *choices]

    def clean_amount(self) -> int:
        """Returns the amount in fen; the way says in which direction it goes."""
        amount_fen = int(self.cleaned_data["amount"])
        if amount_fen < 0:
            raise forms.ValidationError(_("金额不填负号，方向由方式决定。"))
        return amount_fen

    @property
    def correction(self) -> Correction:
        """Returns what the valid form asks for."""
        answers = self.cleaned_data
        line_id = int(answers["line"]) if answers["line"] else None
        amount_fen, working = answers["amount"], answers["working"].strip()
        if answers["way"] == Way.SHOULD:
            return Correction(line_id, should_fen=amount_fen, working=working)
        signed_fen = -amount_fen if answers["way"] == Way.CREDIT else amount_fen
        return Correction(line_id, amount_fen=signed_fen, working=working)
