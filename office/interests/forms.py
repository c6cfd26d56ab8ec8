"""The forms of declarations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.forms.day_field import DayField
from office.interests.operations import InterestFacts
from office.models import InterestScene, Person


class PersonField(forms.CharField):
    """Reads a staff number and returns the person; None for an empty field."""

    def clean(self, value: Any) -> Any:
        number = super().clean(value).strip()
        if not number:
            return None
        person = Person.objects.filter(number=number).first()
        if person is None:
            raise forms.ValidationError(_("没有这个工号的人员。"))
        return person


class InterestForm(forms.Form):
    scene = forms.ChoiceField(label=_("情形"), choices=InterestScene)
    related = PersonField(label=_("相关同事工号"), max_length=20, required=False)
    party = forms.CharField(label=_("相关外部单位"), max_length=120, required=False)
    detail = forms.CharField(
        label=_("说明"), max_length=400, widget=forms.Textarea(attrs={"rows": 4})
    )
    first_day = DayField(label=_("起始日期"))

    @property
    def facts(self) -> InterestFacts:
        """What the valid form declares."""
        values = self.cleaned_data
        return InterestFacts(
            InterestScene(values["scene"]),
            values["detail"],
            values["first_day"],
            values["related"],
            values["party"],
        )


class EnterInterestForm(InterestForm):
    """For those who enter declarations on paper: an empty number declares for oneself."""

    declarant = PersonField(
        label=_("申报人工号"), max_length=20, required=False, help_text=_("留空为本人申报")
    )
    field_order = ["declarant"]


class EndInterestForm(forms.Form):
    last_day = DayField(label=_("终止日期"))
    reason = forms.CharField(label=_("终止原因"), max_length=200)
