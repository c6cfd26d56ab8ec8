"""The form of a report: whom it is about, what happened, when and where."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.models import Company
from whistleblowing.identity.operations import (
    FEWEST_GUARDIANS,
    LONGEST_CONTACT,
    LONGEST_NAME,
    Identity,
)
from whistleblowing.identity.queries import guardians
from whistleblowing.words import Channel, FraudKind, Rank

LONGEST = 20_000


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


def company_choices() -> list[tuple[str, str]]:
    """Returns the companies a reporter may name, by name, with an empty choice first."""
    names = Company.objects.order_by("code").values_list("name", flat=True)
    return [("", "—"), *((name, name) for name in names)]


class ReportForm(forms.Form):
    """What a reporter fills in; only what happened, the kind and the rank are needed."""

    kind = forms.ChoiceField(label=_("属于哪一类"), choices=FraudKind.choices)
    rank = forms.ChoiceField(label=_("被检举人的层级"), choices=Rank.choices, initial=Rank.UNKNOWN)
    accused = forms.CharField(
        label=_("被检举人姓名"), max_length=120, required=False, help_text=_("多人请用顿号分开")
    )
    company = forms.ChoiceField(label=_("所在公司"), required=False)
    department = forms.CharField(label=_("所在部门"), max_length=120, required=False)
    partner = forms.CharField(label=_("外部合作单位"), max_length=120, required=False)
    what = forms.CharField(
        label=_("发生了什么"), max_length=LONGEST, widget=forms.Textarea({"rows": 8})
    )
    when = forms.CharField(label=_("什么时候"), max_length=300, required=False)
    where = forms.CharField(label=_("在哪里"), max_length=300, required=False)
    name = forms.CharField(label=_("您的姓名"), max_length=LONGEST_NAME, required=False)
    contact = forms.CharField(label=_("联系方式"), max_length=LONGEST_CONTACT, required=False)
    channel = forms.ChoiceField(
        label=_("您在替他人登记吗"),
        choices=[("", _("不，我自己检举")), *Channel.choices],
        required=False,
    )
    form_key = forms.CharField(max_length=64, min_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company = self.fields["company"]
        assert isinstance(company, forms.ChoiceField)  # noqa: S101 - for the type
        company.choices = company_choices()
        if len(guardians()) < FEWEST_GUARDIANS:
            # Nobody could keep a name apart from the report.
            del self.fields["name"], self.fields["contact"]
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def facts(self) -> dict[str, str]:
        """Returns the cleaned values to be sealed."""
        apart = ("form_key", "name", "contact")
        values = {key: value for key, value in self.cleaned_data.items() if key not in apart}
        # `kind` is what every entry of the log says it is.
        values["kind_of_fraud"] = values.pop("kind")
        return values

    def identity(self) -> Identity:
        """Returns the name and contact that are sealed apart."""
        return Identity(self.cleaned_data.get("name", ""), self.cleaned_data.get("contact", ""))

    def visible_groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Returns the fields in the order of the page, under their headings."""
        groups = (
            (_("检举谁"), ("rank", "accused", "company", "department", "partner")),
            (_("检举什么"), ("kind", "what", "when", "where")),
            (_("您自己（与检举内容分开加密，须两位保管人同意才能打开）"), ("name", "contact")),
            (_("谁在填写"), ("channel",)),
        )
        return [
            (heading, [self[name] for name in names])
            for heading, names in groups
            if names[0] in self.fields
        ]
