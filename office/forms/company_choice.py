"""Choosing a company on a form, among those in which the person works."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from office.models import Company, User

if TYPE_CHECKING:
    _Choice = forms.ModelChoiceField[Company]
else:
    _Choice = forms.ModelChoiceField


def operating_companies(user: User) -> QuerySet[Company]:
    """Returns the operating companies in which the person may act; head office is none of them."""
    companies = Company.objects.filter(is_head_office=False)
    return companies if user.sees_every_company else companies.filter(pk__in=user.company_ids)


class CompanyField(_Choice):
    """One operating company. The form calls `offer` with its user before it is shown or read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Company.objects.none(), **{"label": _("公司"), **options})

    def offer(self, user: User) -> None:
        """Offers the person's operating companies, and chooses the only one in advance."""
        self.queryset = operating_companies(user)
        if len(companies := list(self.queryset[:2])) == 1:
            self.initial = companies[0]


class CompanyOrGroupField(CompanyField):
    """A company, or nothing for the whole group, which only who sees every company may choose."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def offer(self, user: User) -> None:
        """Offers the whole group too where the person sees every company."""
        if user.sees_every_company:
            self.queryset = operating_companies(user)
            self.empty_label = str(_("全集团"))
            return
        super().offer(user)
        self.required = self.widget.is_required = True


class EmployerField(CompanyField):
    """One company that employs people; head office is one of them."""

    def offer(self, user: User) -> None:
        """Offers every company in which the person may act, and chooses the only one."""
        companies = user.visible_companies
        self.queryset = Company.objects.filter(pk__in=[company.pk for company in companies])
        if len(companies) == 1:
            self.initial = companies[0]
