"""The forms of an admission's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.approvals.screen import OpinionForm
from office.documents.operations import PHOTOS, Upload
from office.forms.day_field import DayField
from office.models import User
from suppliers.admission.kind import CHECKS
from suppliers.admission.operations import ConditionFacts
from suppliers.admission.site_visits import VisitReport
from suppliers.models import MOST_POINTS, Admission, AdmissionCondition, CheckItem

_LINES = forms.Textarea(attrs={"rows": 3})


class ApproveForm(OpinionForm):
    """The opinion of a level with what it must check, and conditions if there are any."""

    text = forms.CharField(label=_("审查意见"), max_length=500, widget=_LINES)
    checks = forms.MultipleChoiceField(
        label=_("审查项"), choices=CheckItem, widget=forms.CheckboxSelectMultiple, required=False
    )
    conditions = forms.CharField(
        label=_("附带条件"),
        max_length=1000,
        required=False,
        widget=_LINES,
        help_text=_("每行一条；没有条件的不填"),
    )
    due_on = DayField(label=_("条件期限"), required=False)

    field_order = ("seen", "checks", "text", "conditions", "due_on", "paper")

    def offer(self, permission: str) -> None:
        """Offers what the level of this permission must check."""
        checks: Any = self.fields["checks"]
        checks.choices = [(item.value, item.label) for item in CHECKS[permission]]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        texts = [line.strip() for line in values.get("conditions", "").splitlines()]
        due_on = values.get("due_on")
        if due_on is not None:
            values["conditions"] = [ConditionFacts(text, due_on) for text in texts if text]
        elif any(texts):
            raise forms.ValidationError(_("请填写条件期限。"))
        else:
            values["conditions"] = []
        values["checks"] = [CheckItem(item) for item in values.get("checks", [])]
        return values


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=400, widget=_LINES)


class ResubmitForm(forms.Form):
    reason = forms.CharField(label=_("申请理由"), max_length=400, widget=_LINES)


class VisitPlanForm(forms.Form):
    place = forms.CharField(label=_("考察地点"), max_length=120)
    planned_for = DayField(label=_("计划日期"))
    team = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True, is_staff=True).order_by("last_name", "pk"),
        label=_("考察组"),
        help_text=_("至少 2 人；按住 Ctrl 可多选"),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )


class VisitReportForm(forms.Form):
    """The checklist with points, the users who were visited and the conclusion."""

    visited_on = DayField(label=_("考察日期"))
    users = forms.CharField(
        label=_("走访用户"),
        max_length=2000,
        widget=_LINES,
        help_text=_("每行一家：用户单位，用户评价"),
    )
    conclusion = forms.CharField(label=_("考察结论"), max_length=500, widget=_LINES)
    photo = forms.FileField(
        label=_("考察照片"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(PHOTOS)}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item, most in MOST_POINTS.items():
            self.fields[f"points_{item.value}"] = forms.IntegerField(
                label=f"{item.label}（0–{most}）", min_value=0, max_value=most
            )

    def clean_users(self) -> list[tuple[str, str]]:
        rows = []
        for line in self.cleaned_data["users"].splitlines():
            name, _comma, opinion = line.replace(",", "，").partition("，")
            if name.strip():
                rows.append((name.strip(), opinion.strip()))
        return rows

    @staticmethod
    def report(values: Any) -> VisitReport:
        """Returns the report of cleaned values."""
        photo = values["photo"]
        return VisitReport(
            values["visited_on"],
            {item: values[f"points_{item.value}"] for item in MOST_POINTS},
            values["users"],
            values["conclusion"],
            (Upload(photo.name, photo),) if photo else (),
        )


class TrialForm(forms.Form):
    goods = forms.CharField(label=_("试用内容"), max_length=120)
    quantity = forms.DecimalField(label=_("试用数量"), max_digits=12, decimal_places=3)
    unit = forms.CharField(label=_("单位"), max_length=10)


class InspectionForm(forms.Form):
    received_on = DayField(label=_("到货日期"))
    received = forms.DecimalField(label=_("到货数量"), max_digits=12, decimal_places=3)
    accepted = forms.DecimalField(label=_("合格数量"), max_digits=12, decimal_places=3)
    inspection = forms.CharField(label=_("验收情况"), max_length=400, widget=_LINES)


class TrialOpinionForm(forms.Form):
    agrees = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("", "—"), ("yes", _("同意批量供应")), ("no", _("不同意"))],
        coerce=lambda value: value == "yes",
    )
    text = forms.CharField(label=_("试用意见"), max_length=400, widget=_LINES)


class ConditionForm(forms.Form):
    condition = forms.ModelChoiceField(
        AdmissionCondition.objects.filter(met_at=None), label=_("条件")
    )
    evidence = forms.CharField(label=_("落实情况"), max_length=400, widget=_LINES)
    paper = forms.FileField(label=_("材料"), required=False)

    def offer(self, admission: Admission) -> None:
        """Offers the open conditions of the admission."""
        condition: Any = self.fields["condition"]
        condition.queryset = admission.conditions.filter(met_at=None)


class QualificationForm(forms.Form):
    valid_until = DayField(label=_("有效期至"))
