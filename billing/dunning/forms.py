"""The forms of dunning: a hold and an instalment plan of an account's contract."""

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.dunning.plans import PartFacts
from billing.models import HoldKind
from customers.contracts.account_form import ContractForm
from office.forms.day_field import DayField
from office.forms.yuan_field import YuanField


class DunningHoldForm(ContractForm):
    """Why a contract is not reminded, until when, and what was promised."""

    kind = forms.ChoiceField(label=_("种类"), choices=HoldKind)
    ends = DayField(label=_("止"), help_text=_("含当日"))
    promised = YuanField(
        label=_("承诺金额（元）"), required=False, help_text=_("只在承诺付款时填写")
    )
    reason = forms.CharField(label=_("原因"), max_length=200)
    source = forms.CharField(
        label=_("依据"), max_length=120, required=False, help_text=_("免催须填写文号或批示")
    )


class LiftHoldForm(forms.Form):
    """Why dunning begins again."""

    reason = forms.CharField(label=_("解除原因"), max_length=200)


class InstalmentPlanForm(ContractForm):
    """The parts of a plan, one a line, with the reason and the paper."""

    parts = forms.CharField(
        label=_("各期"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("每行一期：付款期限和金额（元），如 2026-12-31 500.00；合计须等于净欠费"),
    )
    reason = forms.CharField(label=_("原因"), max_length=180)
    source = forms.CharField(label=_("依据"), max_length=120)

    def clean_parts(self) -> list[PartFacts]:
        """Returns the parts line by line; names the line that cannot be read."""
        day, amount = DayField(label=_("付款期限")), YuanField(label=_("金额"))
        parts: list[PartFacts] = []
        for number, line in enumerate(self.cleaned_data["parts"].splitlines(), 1):
            if not line.strip():
                continue
            words = line.split()
            try:
                if len(words) != 2:
                    raise forms.ValidationError("")
                parts.append(PartFacts(day.clean(words[0]), amount.clean(words[1])))
            except forms.ValidationError as error:
                raise forms.ValidationError(
                    _("第 %(line)s 行应为日期和金额，如 2026-12-31 500.00。"),
                    params={"line": number},
                ) from error
        return parts


class CancelPlanForm(forms.Form):
    """Why the plan ends."""

    reason = forms.CharField(label=_("取消原因"), max_length=200)
