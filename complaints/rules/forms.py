"""Forms for the terms of a rule."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketClass
from complaints.models import AfterUnanswered
from complaints.rules.terms import check_terms
from office.forms.company_choice import CompanyOrGroupField
from office.forms.day_field import DayField
from office.models import User
from office.refusals import Refused

KINDS = [
    ("same_day", _("当日办结")),
    ("calendar_days", _("自然日")),
    ("working_days", _("工作日")),
    ("elapsed", _("小时")),
]
# Which terms each kind of rule has.
_TERMS = {
    "same_day": ("cutoff", "day_end", "next_day_end"),
    "calendar_days": ("days", "day_end"),
    "working_days": ("days", "day_end"),
    "elapsed": ("hours",),
}


def _time(label: Any, example: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=5,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": example, "autocomplete": "off"}),
    )


class DatedForm(forms.Form):
    """The form fields of every published rule: company, first day and source document."""

    company = CompanyOrGroupField()
    effective_from = DayField(label=_("执行日期"))
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("服务手册或文件的名称、文号")
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["company"]
        field.offer(user)

    @property
    def fingerprint(self) -> str:
        """Returns the previewed values as sorted JSON, to compare with what is published."""
        values = {name: str(value) for name, value in self.cleaned_data.items()}
        return json.dumps(values, ensure_ascii=False, sort_keys=True)


class RuleForm(DatedForm):
    ticket_class = forms.ChoiceField(label=_("工单类别"), choices=TicketClass.choices)
    kind = forms.ChoiceField(
        label=_("计时方式"), choices=KINDS, widget=forms.RadioSelect, initial="same_day"
    )
    hours = forms.DecimalField(
        label=_("小时数"), required=False, min_value=0, max_digits=7, decimal_places=2
    )
    days = forms.IntegerField(label=_("天数"), required=False, min_value=0, max_value=365)
    cutoff = _time(_("当日受理截止"), "20:00")
    day_end = _time(_("当日截至"), "24:00")
    next_day_end = _time(_("次日截至"), "12:00")

    field_order = ["company", "ticket_class", "kind"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        names = _TERMS.get(values.get("kind", ""), ())
        missing = [name for name in names if values.get(name) in (None, "")]
        for name in missing:
            if name not in self.errors:
                self.add_error(name, _("请填写这一项。"))
        if names and not self.errors:
            terms: dict[str, Any] = {"kind": values["kind"]}
            for name in names:
                terms[name] = str(values[name]) if name == "hours" else values[name]
            try:
                check_terms(terms)
            except Refused as refusal:
                self.add_error(None, refusal.sentence)
            values["terms"] = terms
        return values


class PolicyForm(DatedForm):
    sample_percent = forms.IntegerField(
        label=_("抽样 %"),
        min_value=0,
        max_value=100,
        initial=100,
        help_text=_("投诉和返工的工单全部回访，其他工单按此比例抽样"),
    )
    most_attempts = forms.IntegerField(
        label=_("最多拨打次数"), min_value=1, max_value=20, initial=3
    )
    hours_between = forms.IntegerField(
        label=_("未接通后至少间隔（小时）"),
        min_value=1,
        max_value=72,
        initial=2,
        help_text=_("未接通的通话不足这个间隔不计入次数，也不能登记"),
    )
    after_unanswered = forms.ChoiceField(
        label=_("未能接通时"), choices=AfterUnanswered.choices, widget=forms.RadioSelect
    )

    field_order = [
        "company",
        "sample_percent",
        "most_attempts",
        "hours_between",
        "after_unanswered",
    ]
