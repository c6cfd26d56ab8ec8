"""The forms of late fees: a rule, a suspension and a waiver."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import HeatingSeason, LateFeeBase, SpendingOrder
from customers.contracts.account_form import ContractForm
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.forms.percent_field import PercentField
from office.forms.yuan_field import YuanField
from office.models import User


class LateFeeRuleForm(forms.Form):
    """One rate from a day on, and the paper that allows it."""

    company = CompanyField()
    effective_from = DayField(label=_("执行日期"))
    per_day = PercentField(
        label=_("日率（%）"),
        max_digits=6,
        decimal_places=5,
        help_text=_("千分之二填 0.2；停止计收填 0"),
    )
    base = forms.ChoiceField(label=_("计收基数"), choices=LateFeeBase)
    order = forms.ChoiceField(label=_("抵缴顺序"), choices=SpendingOrder)
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("文件名称、文号或合同条款")
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)


class LateFeeSuspensionForm(ContractForm):
    """The days that bear no late fee, and why."""

    starts = DayField(label=_("起"))
    ends = DayField(label=_("止"), help_text=_("含当日"))
    reason = forms.CharField(label=_("原因"), max_length=200)
    source = forms.CharField(label=_("依据"), max_length=120)


class LateFeeWaiverForm(ContractForm):
    """How much of which season's late fee shall be waived, and why."""

    season = forms.CharField(label=_("采暖季"), max_length=9, help_text=_("如 2025-2026"))
    amount = YuanField(label=_("减免金额（元）"))
    reason = forms.CharField(label=_("原因"), max_length=200)
    source = forms.CharField(label=_("依据"), max_length=120)

    def clean_season(self) -> HeatingSeason:
        """Returns the season with this label in the company of the account."""
        contract = self.cleaned_data.get("account")
        label = self.cleaned_data["season"].strip()
        season = HeatingSeason.objects.filter(
            company=contract.company if contract else None, label=label
        ).first()
        if season is None:
            raise forms.ValidationError(_("该公司没有这个采暖季。"))
        return season
