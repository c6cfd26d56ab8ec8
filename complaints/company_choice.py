"""Which company something is for, or the whole group, as a person may choose it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.models import Company, User

if TYPE_CHECKING:
    _Choice = forms.ModelChoiceField[Company]
else:
    _Choice = forms.ModelChoiceField


class CompanyOrGroup(_Choice):
    """Nothing chosen is the whole group; only who sees every company may choose that."""

    def __init__(self, **given: Any) -> None:
        super().__init__(Company.objects.none(), label=_("公司"), required=False, **given)

    def offer(self, user: User) -> None:
        """Offer what the person may choose."""
        rows = Company.objects.filter(is_head_office=False)
        if user.sees_every_company:
            self.queryset = rows
            self.empty_label = str(_("全集团"))
            return
        self.queryset = rows.filter(pk__in=user.company_ids)
        self.required = self.widget.is_required = True
        if len(only := list(self.queryset[:2])) == 1:
            self.initial = only[0]
