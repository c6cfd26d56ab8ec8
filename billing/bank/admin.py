"""The screen of the company's bank accounts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.bank.accounts import plain_serial
from billing.models import CompanyBankAccount, Payment
from office.lists.filters import CompanyFilter
from office.screens.reference import ReferenceAdmin
from office.screens.reference_form import ReferenceForm


class AccountNumberField(forms.CharField):
    """Reads an account number as bank papers print it: in groups, with full-width digits."""

    def to_python(self, value: Any) -> str:
        return plain_serial(str(super().to_python(value)))


class CompanyBankAccountForm(ReferenceForm):
    """A bank account of a company."""

    number = AccountNumberField(label=_("账号"), max_length=30)


@admin.register(CompanyBankAccount)
class CompanyBankAccountAdmin(ReferenceAdmin):
    form = CompanyBankAccountForm
    list_display = ["number", "bank", "name", "company", "opened_on", "closed_on"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter]
    search_fields = ["number", "bank", "name"]
    fields = ["company", "bank", "number", "name", "currency", "opened_on", "closed_on"]
    readonly_fields = ["currency"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keeps the number once money is entered on the account: a wrong one is closed instead."""
        fields = super().get_readonly_fields(request, obj)
        is_used = obj is not None and Payment.objects.filter(bank_account=obj).exists()
        return (*fields, "number", "bank") if is_used else fields
