"""The forms of the watch: re-checks, issues, events and attendance."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.documents.operations import ACCEPT
from office.forms.day_field import DayField
from office.forms.typed_numbers import read_number
from office.refusals import Refused
from suppliers.models import EventKind, Supplier, SupplierActivity
from suppliers.registry.facts import checked_credit_code
from suppliers.watch.events import EventFacts
from suppliers.watch.issues import IssueFacts

MOST_PEOPLE = 500
_LINES = forms.Textarea(attrs={"rows": 3})


class IssueForm(forms.Form):
    text = forms.CharField(label=_("问题"), max_length=400, widget=_LINES)
    due_on = DayField(label=_("整改期限"))

    @staticmethod
    def facts(values: Any) -> IssueFacts:
        """Returns the facts of cleaned values."""
        return IssueFacts(values["text"], values["due_on"])


class RecheckForm(forms.Form):
    """What a re-check found; an issue is named together with its last day, or not at all."""

    findings = forms.CharField(label=_("复查情况"), max_length=500, widget=_LINES)
    issue = forms.CharField(
        label=_("发现的问题"),
        max_length=400,
        required=False,
        widget=_LINES,
        help_text=_("没有问题的不填"),
    )
    issue_due_on = DayField(label=_("整改期限"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("issue")) != bool(values.get("issue_due_on")):
            raise forms.ValidationError(_("问题和整改期限须一起填写。"))
        return values

    @staticmethod
    def issues(values: Any) -> tuple[IssueFacts, ...]:
        """Returns the issue of cleaned values, or nothing."""
        return (IssueFacts(values["issue"], values["issue_due_on"]),) if values["issue"] else ()


class RectificationForm(forms.Form):
    text = forms.CharField(label=_("整改情况"), max_length=400, widget=_LINES)
    paper = forms.FileField(
        label=_("材料"),
        required=False,
        help_text=_("PDF、JPG、PNG、XLSX、DOCX，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


class JudgementForm(forms.Form):
    text = forms.CharField(label=_("验证情况"), max_length=400, widget=_LINES)


class EventForm(forms.Form):
    """An event and its guests, whose credit codes are typed one on a line."""

    kind = forms.ChoiceField(label=_("种类"), choices=EventKind)
    topic = forms.CharField(label=_("主题"), max_length=120)
    held_on = DayField(label=_("日期"))
    place = forms.CharField(label=_("地点"), max_length=80)
    invited = forms.CharField(
        label=_("邀请的供应商"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("每行一个统一社会信用代码"),
    )

    def clean_invited(self) -> list[Supplier]:
        codes = []
        for number, line in enumerate(self.cleaned_data["invited"].splitlines(), start=1):
            if not line.strip():
                continue
            try:
                codes.append(checked_credit_code(line))
            except Refused as refusal:
                raise forms.ValidationError(
                    _("第 %(number)s 行：%(reason)s"),
                    params={"number": number, "reason": refusal.sentence},
                ) from refusal
        suppliers = Supplier.objects.in_bulk(codes, field_name="credit_code")
        missing = [code for code in codes if code not in suppliers]
        if missing:
            raise forms.ValidationError(
                _("没有登记这些信用代码的供应商：%(codes)s"), params={"codes": "、".join(missing)}
            )
        return list(suppliers.values())

    @staticmethod
    def facts(values: Any) -> EventFacts:
        """Returns the facts of cleaned values."""
        return EventFacts(
            EventKind(values["kind"]), values["topic"], values["held_on"], values["place"]
        )


class AttendanceForm(forms.Form):
    """How many people of each invited supplier came, one supplier on a line."""

    people = forms.CharField(
        label=_("参加人数"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("每行一家：信用代码，名称，人数；没有来的填0，还不知道的不填"),
    )

    @classmethod
    def of(cls, event: SupplierActivity) -> "AttendanceForm":
        """Returns the form with a line for each invited supplier."""
        rows = event.attendances.select_related("supplier")
        return cls(
            initial={
                "people": "\n".join(
                    f"{row.supplier.credit_code}，{row.supplier.name}，"
                    f"{'' if row.people is None else row.people}"
                    for row in rows
                )
            }
        )

    def clean_people(self) -> dict[int, int]:
        """Returns the numbers that were filled in, by the suppliers' keys."""
        counts: dict[str, int] = {}
        for number, line in enumerate(self.cleaned_data["people"].splitlines(), start=1):
            parts = [part.strip() for part in line.replace(",", "，").split("，")]
            code, text = parts[0], parts[-1]
            if len(parts) < 3 or not text:
                continue
            count = read_number(text, largest=MOST_PEOPLE)
            if count is None:
                raise forms.ValidationError(
                    _("第 %(number)s 行无法识别，请按说明填写。"), params={"number": number}
                )
            counts[code] = count
        suppliers = Supplier.objects.in_bulk(counts, field_name="credit_code")
        if len(suppliers) < len(counts):
            raise forms.ValidationError(_("有的信用代码没有登记，请刷新页面。"))
        return {suppliers[code].pk: count for code, count in counts.items()}
