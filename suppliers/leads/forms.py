"""The form in which a person judges a lead."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suppliers.models import LeadVerdict


class VerdictForm(forms.Form):
    verdict = forms.TypedChoiceField(
        label=_("判断"), choices=LeadVerdict.choices, coerce=LeadVerdict
    )
    reason = forms.CharField(
        label=_("判断理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
