"""The forms of a connection's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.connection.applications import ApplicationFacts
from customers.connection.papers import papers_asked
from customers.connection.surveys import SurveyReport
from customers.models import Connection, ConnectionPaperRule, CustomerKind
from office.documents.operations import ACCEPT, PHOTOS, Upload
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.models import User

LINES = forms.Textarea(attrs={"rows": 3})


class FactsForm(forms.Form):
    """What an applicant asks for."""

    applicant = forms.CharField(label=_("申请人"), max_length=80)
    applicant_kind = forms.ChoiceField(
        label=_("申请人类型"), choices=CustomerKind, initial=CustomerKind.OTHER
    )
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=18, required=False, help_text=_("单位必填")
    )
    contact = forms.CharField(label=_("联系人"), max_length=40)
    phone = forms.CharField(label=_("电话"), max_length=20)
    project = forms.CharField(label=_("项目名称"), max_length=80)
    address = forms.CharField(label=_("项目地址"), max_length=120)
    area = forms.DecimalField(
        label=_("申请面积（m²）"), max_digits=12, decimal_places=2, min_value=0
    )
    flats = forms.IntegerField(label=_("户数"), min_value=1)
    wanted_on = DayField(label=_("期望通热日期"))

    def facts(self) -> ApplicationFacts:
        """Returns the facts of the cleaned values."""
        values = {name: self.cleaned_data[name] for name in FactsForm.base_fields}
        kind = CustomerKind(values.pop("applicant_kind"))
        return ApplicationFacts(applicant_kind=kind, **values)


class ApplicationForm(FactsForm):
    """A new application in one of the person's companies."""

    company = CompanyField()
    field_order = ("company",)

    def offer(self, user: User) -> None:
        """Offers the person's companies."""
        field: Any = self.fields["company"]
        field.offer(user)


class ResubmitForm(FactsForm):
    """A returned application with what is on file."""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            values["facts"] = self.facts()
        return values

    @classmethod
    def of(cls, connection: Connection) -> "ResubmitForm":
        """Returns the form with the connection's present facts."""
        return cls(
            initial={name: getattr(connection, name) for name in cls.base_fields},
            auto_id="resubmit_%s",
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=400, widget=LINES)


class MissingForm(forms.Form):
    reason = forms.CharField(
        label=_("补正内容"),
        max_length=400,
        required=False,
        widget=LINES,
        help_text=_("所缺材料自动列出，不必再写"),
    )


class PaperForm(forms.Form):
    rule = forms.ModelChoiceField(ConnectionPaperRule.objects.all(), label=_("材料"))
    scan = forms.FileField(
        label=_("扫描件"),
        help_text=_("PDF、JPG、PNG、XLSX、DOCX，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )

    def offer(self, connection: Connection) -> None:
        """Offers what the list asks of this applicant."""
        rule: Any = self.fields["rule"]
        rule.queryset = papers_asked(connection)


class SurveyPlanForm(forms.Form):
    surveyor = forms.ModelChoiceField(
        User.objects.filter(is_active=True, is_staff=True).order_by("last_name", "pk"),
        label=_("踏勘人"),
    )
    planned_for = DayField(label=_("计划日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        surveyor: Any = self.fields["surveyor"]
        surveyor.label_from_instance = lambda person: person.display_name

    def offer(self, connection: Connection) -> None:
        """Offers the engineers of the connection's company."""
        surveyor: Any = self.fields["surveyor"]
        surveyor.queryset = (
            surveyor.queryset.filter(
                companies=connection.company_id,
                groups__permissions__codename="report_survey",
                groups__permissions__content_type__app_label="customers",
            )
            .order_by("last_name", "pk")
            .distinct()
        )


class SurveyReportForm(forms.Form):
    surveyed_on = DayField(label=_("踏勘日期"))
    heat_load_kw = forms.DecimalField(
        label=_("热负荷（kW）"), max_digits=10, decimal_places=2, min_value=0
    )
    distance_m = forms.IntegerField(label=_("接入距离（m）"), min_value=0, max_value=100_000)
    network_point = forms.CharField(label=_("接入点"), max_length=80, required=False)
    conclusion = forms.CharField(label=_("踏勘结论"), max_length=500, widget=LINES)
    photo = forms.FileField(
        label=_("现场照片"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(PHOTOS)}),
    )

    @staticmethod
    def report(values: Any) -> SurveyReport:
        """Returns the report of cleaned values."""
        facts = {name: value for name, value in values.items() if name != "photo"}
        photo = values["photo"]
        return SurveyReport(**facts, photos=(Upload(photo.name, photo),) if photo else ())
