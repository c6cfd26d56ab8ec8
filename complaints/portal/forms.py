"""Forms of the customers' own pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.classes import SUBJECTS, Subject, TicketKind
from customers.models import Account
from office.form_keys import FormKeyField

# A customer thinks of what is wrong, not of what we call it: repairs first.
_ORDER = (TicketKind.REPAIR, TicketKind.COMPLAINT, TicketKind.ENQUIRY, TicketKind.SERVICE)


def _matters() -> list[tuple[Any, list[tuple[str, Any]]]]:
    return [
        (kind.label, [(f"{kind.value}:{s.value}", s.label) for s in SUBJECTS[kind]])
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

    def matter_said(self) -> tuple[TicketKind, Subject]:
        """Returns the kind and the subject, which the form offers as one choice."""
        kind, _colon, subject = self.cleaned_data["matter"].partition(":")
        return TicketKind(kind), Subject(subject)


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
        choices=[("yes", _("已解决")), ("no", _("没有解决"))], coerce=lambda said: said == "yes"
    )
    remark = forms.CharField(max_length=300, required=False)
