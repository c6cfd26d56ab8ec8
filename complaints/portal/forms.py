"""Forms of the customers' own pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.classes import SUBJECTS, Channel, Subject, TicketKind
from complaints.portal.operations import OwnReport
from customers.models import Account
from office.forms.form_keys import FormKeyField

# Repairs come first, since most reports are repairs.
_ORDER = (TicketKind.REPAIR, TicketKind.COMPLAINT, TicketKind.ENQUIRY, TicketKind.SERVICE)


def _matters() -> list[tuple[Any, list[tuple[str, Any]]]]:
    return [
        (
            kind.label,
            [(f"{kind.value}:{subject.value}", subject.label) for subject in SUBJECTS[kind]],
        )
        for kind in _ORDER
    ]


class OwnReportForm(forms.Form):
    """The form for a fault, complaint or question about one of the customer's accounts."""

    account = forms.TypedChoiceField(label=_("哪一户"), coerce=int)
    matter = forms.ChoiceField(label=_("什么问题"), choices=_matters)
    summary = forms.CharField(
        label=_("具体情况"),
        max_length=500,
        widget=forms.Textarea(
            attrs={"rows": 4, "placeholder": _("例如：客厅暖气片不热，已有两天")}
        ),
    )
    key = FormKeyField()

    def __init__(self, *args: Any, accounts: Sequence[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(account.pk, f"{account.premise.address}") for account in accounts]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]

    def report(self, channel: Channel) -> OwnReport:
        """Returns the report; the form offers kind and subject as one choice."""
        values = self.cleaned_data
        kind, _colon, subject = values["matter"].partition(":")
        return OwnReport(
            values["account"], TicketKind(kind), Subject(subject), values["summary"], channel
        )


class AddForm(forms.Form):
    """The form to add words, photos or both."""

    text = forms.CharField(
        label=_("补充说明"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = FormKeyField()


class VerdictForm(forms.Form):
    """The form for the verdict: solved or not."""

    solved = forms.TypedChoiceField(
        choices=[("yes", _("已解决")), ("no", _("没有解决"))], coerce=lambda answer: answer == "yes"
    )
    remark = forms.CharField(max_length=300, required=False)
