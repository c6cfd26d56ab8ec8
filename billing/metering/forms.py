"""The forms of meters: installed, replaced, removed, read, and readings that are decided."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import HeatUnit, ReadingSource
from customers.models import Account
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.language import Text
from office.models import User


class ReadingField(forms.DecimalField):
    """What a register shows, with at most three decimals."""

    def __init__(self, label: Text, **options: Any) -> None:
        super().__init__(
            label=label, min_value=Decimal(0), max_digits=13, decimal_places=3, **options
        )


class _NewMeterFields(forms.Form):
    """What a meter that is installed says of itself."""

    number = forms.CharField(label=_("表号"), max_length=60)
    unit = forms.ChoiceField(label=_("计量单位"), choices=HeatUnit)
    start = ReadingField(_("起始读数"), help_text=_("新表也可能不从 0 开始"))
    register_digits = forms.IntegerField(
        label=_("表盘整数位数"),
        required=False,
        min_value=3,
        max_value=9,
        help_text=_("不清楚的请留空；留空时读数变小一律不收"),
    )
    factor = forms.DecimalField(
        label=_("修正系数"),
        initial=Decimal(1),
        min_value=Decimal("0.0001"),
        max_digits=8,
        decimal_places=4,
    )


class InstallMeterForm(_NewMeterFields):
    """A meter at an account."""

    company = CompanyField()
    account = forms.CharField(label=_("户号"), max_length=20)
    on = DayField(label=_("装表日期"))
    source = forms.CharField(label=_("依据"), max_length=120, help_text=_("装表单的名称或编号"))
    field_order = ["company", "account", "number", "unit", "on", "start"]

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)

    def clean_account(self) -> Account:
        """Returns the company's account with this number."""
        account = Account.objects.filter(
            company=self.cleaned_data.get("company"), number=self.cleaned_data["account"].strip()
        ).first()
        if account is None:
            raise forms.ValidationError(_("没有这个户号。"))
        return account


class _FinalFields(forms.Form):
    """The final reading of a meter that is taken out."""

    on = DayField(label=_("拆表日期"))
    final = ReadingField(_("拆表读数"))
    checked = forms.BooleanField(
        label=_("已再次核对"),
        required=False,
        help_text=_("只在读数超过限值、确属如此时勾选"),
    )
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("拆表单、换表单的名称或编号")
    )


class RemoveMeterForm(_FinalFields):
    """A meter that is taken out and not replaced."""


class ReplaceMeterForm(_FinalFields, _NewMeterFields):
    """A meter that is taken out and the one that is installed the same day."""

    field_order = ["on", "final", "checked", "number", "unit", "start", "register_digits", "factor"]


class ReadingForm(forms.Form):
    """What a meter showed on a day."""

    read_on = DayField(label=_("抄表日期"))
    value = ReadingField(_("读数"))
    source = forms.ChoiceField(label=_("来源"), choices=ReadingSource)


class DecisionForm(forms.Form):
    """What came out when somebody looked into a reading that was held back."""

    reason = forms.CharField(
        label=_("核实情况"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawalForm(forms.Form):
    """Why a reading that counts is taken back."""

    reason = forms.CharField(
        label=_("撤销原因"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("撤销后不再计入，须重新登记正确的读数"),
    )


class MeterReadingLimitForm(forms.Form):
    """From which daily use on a reading waits for a person."""

    company = CompanyField()
    effective_from = DayField(label=_("执行日期"), help_text=_("对这一天及以后的读数有效"))
    unit = forms.ChoiceField(label=_("计量单位"), choices=HeatUnit)
    most_per_day = forms.DecimalField(
        label=_("每日用热量上限"),
        min_value=Decimal("0.001"),
        max_digits=13,
        decimal_places=3,
        help_text=_("两次读数之间日均超过它的，等待另一人核实"),
    )
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("文件名称、文号或合同条款")
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)
