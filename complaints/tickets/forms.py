"""Forms of the verbs of a ticket.

Every form carries the version that was shown, so that a decision on an older state is refused.
"""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints import departments
from complaints.classes import PauseReason, Severity, Subject, TicketKind
from complaints.evidence import kept_with
from complaints.hand_overs.open_hand_overs import latest_reply
from complaints.knowledge.citable import citable_version, citable_versions
from complaints.models import ArticleVersion, Crew, Ticket
from complaints.rosters.on_duty import CrewAtHand, best_first, crews_at_hand
from complaints.tickets.notes import LONGEST
from complaints.tickets.page import joinable
from office.documents.operations import ACCEPT, Upload
from office.forms.form_keys import FormKeyField
from office.forms.moment_field import MomentField
from office.models import Document
from office.refusals import Invalid

EXPIRED = {
    "required": _("页面已失效，请重新打开工单。"),
    "invalid": _("页面已失效，请重新打开工单。"),
}


class TicketForm(forms.Form):
    """A form about one ticket, with the version and the last journal line that were on screen."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput(), error_messages=EXPIRED)
    seen_entry = forms.IntegerField(
        widget=forms.HiddenInput(), required=False, error_messages=EXPIRED
    )

    def __init__(self, ticket: Ticket, last_entry: int, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {
            "seen_version": ticket.version,
            "seen_entry": last_entry,
            **kwargs["initial"],
        }
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        self.prepare(ticket)

    def prepare(self, ticket: Ticket) -> None:
        """Sets the choices that depend on the ticket."""

    def choose(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Returns the typed texts by label, so that a refusal loses none of them."""
        return [
            (str(box.label), str(box.value()))
            for box in self.visible_fields()
            if isinstance(box.field, forms.CharField) and box.value()
        ]


def _text(label: Any, *, rows: int = 3, longest: int = 500) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows})
    )


def _when(label: Any) -> forms.DateTimeField:
    return MomentField(label=label, help_text=_("不填即为现在；补记时填实际时间"), required=False)


def _crew_text(row: CrewAtHand, ticket: Ticket) -> str:
    """Returns the text for a crew: what qualifies it, and its present load."""
    parts = [row.crew.name]
    if row.on_duty:
        parts.append(str(_("值班")))
    if row.looks_after(ticket.community_id, ticket.heat_station_id):
        parts.append(str(_("负责此处")))
    parts.append(_("手上 %(load)s 单") % {"load": row.load})
    return " · ".join(parts)


class ReclassifyForm(TicketForm):
    kind = forms.ChoiceField(label=_("类型"), choices=TicketKind.choices)
    subject = forms.ChoiceField(label=_("事项"), choices=Subject.choices)
    severity = forms.ChoiceField(
        label=_("级别（仅报修）"), choices=[("", "—"), *Severity.choices], required=False
    )
    reason = _text(_("改判理由"), longest=200)

    def prepare(self, ticket: Ticket) -> None:
        for name in ("kind", "subject", "severity"):
            self.fields[name].initial = getattr(ticket, name)


class JoinForm(TicketForm):
    main = forms.ModelChoiceField(
        Ticket.objects.none(), label=_("主单"), help_text=_("同一楼栋、类型和事项都相同")
    )

    def prepare(self, ticket: Ticket) -> None:
        self.choose("main", joinable(ticket))
        field: Any = self.fields["main"]
        field.label_from_instance = lambda row: f"{row.number} {row.place}"


class SeparateForm(TicketForm):
    reason = _text(_("拆单理由"), longest=200)


class AssignForm(TicketForm):
    crew = forms.ModelChoiceField(Crew.objects.none(), label=_("班组"))

    def prepare(self, ticket: Ticket) -> None:
        self.choose("crew", Crew.objects.filter(company=ticket.company_id, active=True))
        at_hand = crews_at_hand([ticket.company_id], timezone.now())
        likeliest = best_first(at_hand, ticket.community_id, ticket.heat_station_id)
        field: Any = self.fields["crew"]
        field.choices = [("", "—"), *((row.crew.pk, _crew_text(row, ticket)) for row in likeliest)]


class PauseForm(TicketForm):
    reason = forms.ChoiceField(label=_("暂停原因"), choices=PauseReason.choices)
    paper = forms.FileField(
        label=_("凭证文件"),
        help_text=_("照片、通话记录等；或在下面选已上传的档案"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    evidence = forms.ModelChoiceField(
        Document.objects.none(), label=_("已上传的档案"), required=False
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    happened_at = _when(_("暂停时间"))

    def prepare(self, ticket: Ticket) -> None:
        self.choose("evidence", kept_with(ticket).filter(permission=""))

    def proof(self) -> Document | Upload:
        """Returns the uploaded file, or the chosen document."""
        paper, evidence = self.cleaned_data["paper"], self.cleaned_data["evidence"]
        if paper is not None:
            return Upload(paper.name, paper)
        if evidence is None:
            raise Invalid("evidence_missing", _("暂停计时须有凭证：请上传文件或选择已上传的档案。"))
        chosen: Document = evidence
        return chosen


class ResumeForm(TicketForm):
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    happened_at = _when(_("恢复时间"))


class HandOverForm(TicketForm):
    department = forms.ChoiceField(label=_("部门"), choices=departments.choices)
    question = _text(_("需答复的问题"), longest=300)


class AnswerForm(TicketForm):
    # The list below the field `article`, which the buttons' fragment includes.
    choices_template = "complaints/tickets/_articles.html"

    article = forms.CharField(
        label=_("依据的知识条目"),
        help_text=_("输入编号或主题的几个字，从列表中选择"),
        max_length=140,
        widget=forms.TextInput(attrs={"list": "articles", "autocomplete": "off"}),
    )
    text = _text(_("答复内容"), rows=5, longest=1000)
    happened_at = _when(_("答复时间"))

    def prepare(self, ticket: Ticket) -> None:
        reply = latest_reply(ticket)
        if reply is not None:
            self.fields["text"].initial = reply.text
            self.fields["text"].help_text = _("已填入部门的答复，可以修改")

    @property
    def articles(self) -> list[ArticleVersion]:
        """Returns the versions that can be cited now, for the list below the field."""
        return list(citable_versions(self.ticket))

    def cited(self) -> ArticleVersion:
        """Returns the chosen version; refuses a text that names none."""
        typed = self.cleaned_data["article"]
        version = citable_version(self.ticket, typed)
        if version is None:
            raise Invalid(
                "article_unknown",
                _("没有已发布的知识条目“%(said)s”，请从列表中选择。"),
                said=typed,
            )
        return version


class ResolveForm(TicketForm):
    resolution = _text(_("处理结果"))
    happened_at = _when(_("办结时间"))


class ReopenForm(TicketForm):
    reason = _text(_("返工原因"), longest=200)


class CloseForm(TicketForm):
    """The form to close a ticket; it has no field but the version."""


class NoteForm(TicketForm):
    text = _text(_("补充说明"), longest=LONGEST)
    form_key = FormKeyField()


class AttachForm(TicketForm):
    kind = forms.ChoiceField(
        label=_("种类"),
        choices=[
            ("report", _("报告时的材料")),
            ("evidence", pgettext_lazy("service", "凭证")),
            ("photo", _("照片")),
            ("recording", _("录音")),
            ("paper", _("纸质材料")),
            ("other", _("其它")),
        ],
    )
    title = forms.CharField(label=_("标题"), max_length=120, required=False)
    file = forms.FileField(
        label=_("文件"),
        help_text=_("PDF、JPG、PNG、XLSX、DOCX 或录音，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
