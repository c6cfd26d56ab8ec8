"""The forms of the ladder, of a run's scope and of a task's result."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import DunningChannel
from customers.models import Community
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.forms.yuan_field import YuanField
from office.models import User


class _CompanyForm(forms.Form):
    """A form about one of the user's companies."""

    company = CompanyField()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.offer(user)


class DunningStepForm(_CompanyForm):
    """One step of the ladder from a day on."""

    number = forms.IntegerField(label=_("级次"), min_value=1, max_value=20)
    effective_from = DayField(label=_("执行日期"))
    days_after_due = forms.IntegerField(label=_("逾期天数"), min_value=1, max_value=3_650)
    channel = forms.ChoiceField(label=_("方式"), choices=DunningChannel)
    least = YuanField(label=_("最低净欠费（元）"), initial="0")
    text = forms.CharField(
        label=_("内容"), max_length=120, help_text=_("短信中接在户号和净欠费之后")
    )
    in_use = forms.BooleanField(label=_("启用"), required=False, initial=True)
    source = forms.CharField(label=_("依据"), max_length=120)


class DunningScopeForm(_CompanyForm):
    """The company, and the community when not the whole company is looked at."""

    community = forms.CharField(
        label=_("小区"), max_length=60, required=False, help_text=_("小区全名；不填为全公司")
    )

    def clean(self) -> dict[str, Any]:
        """Turns the name into the community of the chosen company."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        name, company = values.get("community", "").strip(), values.get("company")
        values["community"] = None
        if name and company is not None:
            values["community"] = Community.objects.filter(company=company, name=name).first()
            if values["community"] is None:
                self.add_error("community", _("该公司没有这个名称的小区。"))
        return values


class DunningResultForm(forms.Form):
    """What came of a task, and on which day."""

    done_on = DayField(label=_("办理日期"))
    result = forms.CharField(label=_("结果"), max_length=200)
