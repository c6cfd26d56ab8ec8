"""The form about the contract of an account that a clerk names by company and number."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import SupplyContract
from office.forms.company_choice import CompanyField
from office.models import User


class ContractForm(forms.Form):
    """A form about the contract of an account: the one in force, or else the last one."""

    # Two companies may have the same number, and a person may work in both.
    company = CompanyField()
    account = forms.CharField(label=_("户号"), max_length=20)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.offer(user)

    def clean_account(self) -> SupplyContract:
        """Returns the contract of the company's account with this number."""
        contract = (
            SupplyContract.objects.filter(
                company=self.cleaned_data.get("company"),
                account__number=self.cleaned_data["account"].strip(),
            )
            .select_related("company")
            .order_by("-starts")
            .first()
        )
        if contract is None:
            raise forms.ValidationError(_("没有这个户号。"))
        return contract
