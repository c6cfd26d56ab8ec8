"""The forms of refunds: what is paid back to whom, and what the bank has paid."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import CompanyBankAccount
from billing.refunds.operations import Payee
from customers.models import SupplyContract
from office.forms.yuan_field import YuanField
from office.models import User


class AdvanceRefundForm(forms.Form):
    """Whose advance is paid back, how much of it, to which bank account."""

    account = forms.CharField(label=_("户号"), max_length=20)
    amount = YuanField(label=_("退款金额（元）"))
    payee_name = forms.CharField(label=_("收款人"), max_length=80)
    payee_bank = forms.CharField(label=_("收款银行"), max_length=80)
    payee_account = forms.CharField(label=_("收款账号"), max_length=40)
    reason = forms.CharField(label=_("原因"), max_length=200)
    source = forms.CharField(label=_("依据"), max_length=120)

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        self._user = user

    def clean_account(self) -> SupplyContract:
        """Returns the contract of the account with this number, or its last one."""
        contracts = SupplyContract.objects.visible_to(self._user).select_related("company")
        contract = (
            contracts.filter(account__number=self.cleaned_data["account"].strip())
            .order_by("-starts")
            .first()
        )
        if contract is None:
            raise forms.ValidationError(_("没有这个户号。"))
        return contract

    @property
    def payee(self) -> Payee:
        """Who is paid."""
        answers = self.cleaned_data
        return Payee(answers["payee_name"], answers["payee_bank"], answers["payee_account"])


class BankPaymentForm(forms.Form):
    """From which account of the company the bank has paid, under which reference."""

    bank_account = forms.CharField(label=_("付款账号"), max_length=40)
    reference = forms.CharField(label=_("银行流水号"), max_length=64)

    def clean_bank_account(self) -> CompanyBankAccount:
        """Returns the account of a company with this number."""
        accounts = CompanyBankAccount.objects.filter(
            number=self.cleaned_data["bank_account"].strip()
        )
        account = accounts.first()
        if account is None:
            raise forms.ValidationError(_("公司没有这个银行账号。"))
        return account
