"""The forms of an annual plan: its target, and an area that was surveyed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.annual_plans.operations import AreaFacts
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.models import User

LINES = forms.Textarea(attrs={"rows": 2})


class AnnualPlanForm(forms.Form):
    """The company, the year and the area that is to be connected."""

    company = CompanyField()
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    target_area = forms.DecimalField(
        label=_("年度目标（m²）"), max_digits=14, decimal_places=2, min_value=0
    )
    source = forms.CharField(label=_("依据"), max_length=200)

    def offer(self, user: User) -> None:
        """Offers the person's companies."""
        field: Any = self.fields["company"]
        field.offer(user)


class SurveyedAreaForm(forms.Form):
    name = forms.CharField(
        label=_("片区"), max_length=60, help_text=_("同名片区再次登记，以后登记的为准")
    )
    demand_kw = forms.DecimalField(
        label=_("热负荷需求（kW）"), max_digits=12, decimal_places=2, min_value=0
    )
    potential_area = forms.DecimalField(
        label=_("潜在面积（m²）"), max_digits=14, decimal_places=2, min_value=0
    )
    target_area = forms.DecimalField(
        label=_("计划面积（m²）"), max_digits=14, decimal_places=2, min_value=0
    )
    longitude = forms.DecimalField(label=_("经度"), max_digits=9, decimal_places=6)
    latitude = forms.DecimalField(label=_("纬度"), max_digits=8, decimal_places=6)
    surveyed_on = DayField(label=_("调研日期"))
    remark = forms.CharField(label=_("市场情况"), max_length=300, widget=LINES)

    @staticmethod
    def facts(values: Any) -> AreaFacts:
        """Returns what the survey found."""
        return AreaFacts(**values)
