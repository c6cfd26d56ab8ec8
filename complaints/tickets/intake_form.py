"""The intake form, and how it becomes the arguments of `open_ticket`."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.classes import SUBJECTS, Channel, Severity, Subject, TicketKind
from complaints.incidents.reach import EXPLAINED
from complaints.models import Incident, Ticket
from complaints.tickets.intake import Links, OutsideOrder, Place, Report
from customers.models import Account, Building, Community, HeatStation
from office.documents.operations import ACCEPT, Upload
from office.forms.company_choice import operating_companies
from office.forms.form_keys import FormKeyField
from office.forms.moment_field import MomentField
from office.models import Company, User
from office.refusals import Invalid

MOST_PAPERS = 6
PLACES = ("account", "building", "community", "heat_station")


class PapersInput(forms.FileInput):
    allow_multiple_selected = True


class PapersField(forms.FileField):
    """A field for several photos or documents; their content is checked when they are stored."""

    widget = PapersInput

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[Any]"]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(PapersField, self).clean(file) for file in files if file]


class IntakeForm(forms.Form):
    """The form of a report; all places are looked up among what the agent may see."""

    kind = forms.ChoiceField(
        label=_("类型"), choices=TicketKind.choices, widget=forms.RadioSelect()
    )
    subject = forms.ChoiceField(
        label=_("事项"),
        choices=Subject.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": _("请选择事项。")},
    )
    severity = forms.ChoiceField(
        label=_("级别"), choices=Severity.choices, required=False, widget=forms.RadioSelect()
    )
    channel = forms.ChoiceField(label=pgettext_lazy("service", "渠道"), choices=Channel.choices)
    caller_name = forms.CharField(
        label=_("来电人"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    caller_phone = forms.CharField(
        label=_("联系电话"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    summary = forms.CharField(
        label=_("内容"),
        max_length=500,
        error_messages={"required": _("请填写用户反映的内容。")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reported_at = MomentField(
        label=_("实际报告时间"),
        help_text=_("补录纸质登记时填写，承诺从这一时刻算起"),
        required=False,
    )
    outside_reference = forms.CharField(
        label=_("12345 工单号"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    outside_due_at = MomentField(label=_("12345 限办时间"), required=False)
    papers = PapersField(
        label=_("照片或纸质材料"),
        help_text=_("PDF、JPG、PNG、XLSX、DOCX 或录音，每个不超过 20 MB"),
        required=False,
        widget=PapersInput(attrs={"accept": ACCEPT}),
    )
    company = forms.ModelChoiceField(Company.objects.none(), label=_("公司"), required=False)
    account = forms.ModelChoiceField(
        Account.objects.none(), required=False, widget=forms.HiddenInput()
    )
    building = forms.ModelChoiceField(
        Building.objects.none(), required=False, widget=forms.HiddenInput()
    )
    community = forms.ModelChoiceField(
        Community.objects.none(), required=False, widget=forms.HiddenInput()
    )
    heat_station = forms.ModelChoiceField(
        HeatStation.objects.none(), required=False, widget=forms.HiddenInput()
    )
    main = forms.ModelChoiceField(Ticket.objects.none(), required=False)
    incident = forms.ModelChoiceField(Incident.objects.none(), required=False)
    form_key = FormKeyField()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        companies = operating_companies(user)
        rows = {
            "company": companies,
            "account": Account.objects.visible_to(user).select_related(
                "company", "premise__building__community", "premise__heat_station"
            ),
            "building": Building.objects.visible_to(user).select_related("community__company"),
            "community": Community.objects.visible_to(user).select_related("company"),
            "heat_station": HeatStation.objects.visible_to(user).select_related("company"),
            "main": Ticket.objects.visible_to(user).select_related("company"),
            "incident": Incident.objects.visible_to(user).select_related("company"),
        }
        for name, queryset in rows.items():
            field: Any = self.fields[name]
            field.queryset = queryset

    @property
    def subjects(self) -> list[tuple[str, Any, str]]:
        """Returns value, name and kinds of each subject, for the script that hides the others."""
        return [
            (
                value,
                label,
                " ".join(kind for kind, subjects in SUBJECTS.items() if value in subjects),
            )
            for value, label in Subject.choices
        ]

    def report(self) -> Report:
        """Returns the report; a repair needs a place."""
        values = self.cleaned_data
        kind = TicketKind(values["kind"])
        if kind is TicketKind.REPAIR and not any(values[name] for name in PLACES):
            raise Invalid(
                "place_missing", _("报修须先选户号、楼栋、小区或换热站，请在上方查找后再保存。")
            )
        return Report(
            kind=kind,
            subject=Subject(values["subject"]),
            channel=Channel(values["channel"]),
            summary=values["summary"],
            # Without scripts the level of a repair is sent with every kind.
            severity=_severity(values["severity"]) if kind is TicketKind.REPAIR else None,
            caller_name=values["caller_name"],
            caller_phone=values["caller_phone"],
            reported_at=values["reported_at"],
            place=Place(**{name: values[name] for name in PLACES}),
            outside=self._outside(),
        )

    def links(self) -> Links:
        """Returns what the report is joined to, if that is possible, and its documents."""
        values = self.cleaned_data
        explained = values["kind"] == TicketKind.REPAIR and values["subject"] in EXPLAINED
        papers: list[UploadedFile[Any]] = values["papers"] or []
        if len(papers) > MOST_PAPERS:
            raise Invalid(
                "too_many_papers",
                _("一次最多上传 %(most)s 个文件，其余请在工单页面上传。"),
                most=MOST_PAPERS,
            )
        return Links(
            main=values["main"],
            incident=values["incident"] if explained else None,
            papers=[Upload(str(paper.name), paper) for paper in papers],
        )

    def chosen_company(self) -> Company:
        """Returns the company of the place, the user's only one, or the chosen one."""
        values = self.cleaned_data
        for name in PLACES:
            if values[name] is not None:
                return company_of_place(values[name])
        choices: Any = self.fields["company"]
        chosen: Company | None = values["company"] or _only(choices.queryset)
        if chosen is None:
            raise Invalid("company_missing", _("请选择公司。"))
        return chosen

    def _outside(self) -> OutsideOrder | None:
        values = self.cleaned_data
        if not (values["outside_reference"] or values["outside_due_at"]):
            return None
        if values["outside_due_at"] is None:
            raise Invalid("outside_due", _("请填写 12345 的限办时间。"))
        return OutsideOrder(values["outside_reference"], values["outside_due_at"])


def company_of_place(place: Account | Building | Community | HeatStation) -> Company:
    return place.community.company if isinstance(place, Building) else place.company


def _severity(value: str) -> Severity | None:
    return Severity(value) if value else None


def _only(companies: Iterable[Company]) -> Company | None:
    choices = list(companies)
    return choices[0] if len(choices) == 1 else None
