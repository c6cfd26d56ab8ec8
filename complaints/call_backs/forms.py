"""The form in which a customer answers a call-back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.call_backs.operations import Opinion
from complaints.models import Satisfaction


class OpinionForm(forms.Form):
    """Three answers and a remark."""

    satisfaction = forms.ChoiceField(
        label=_("您对这次服务"), choices=Satisfaction.choices, widget=forms.RadioSelect
    )
    remark = forms.CharField(
        label=_("想说的话（可不填）"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def opinion(self) -> Opinion:
        """Returns the customer's opinion as the operations take it."""
        values = self.cleaned_data
        return Opinion(Satisfaction(values["satisfaction"]), values["remark"])
