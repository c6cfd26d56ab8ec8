"""The forms of refunds: what is paid back to whom, and what the bank has paid."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.bank.accounts import LONGEST_SERIAL
from billing.models import AdvanceRefund, CompanyBankAccount
from billing.refunds.operations import Payee
from customers.contracts.account_form import ContractForm
from office.forms.form_keys import FormKeyField
from office.forms.yuan_field import YuanField


class AdvanceRefundForm(ContractForm):
    """Whose advance is paid back, how much of it, to which bank account."""

    form_key = FormKeyField()
    amount = YuanField(label=_("退款金额（元）"))
    payee_name = forms.CharField(label=_("收款人"), max_length=80)
    payee_bank = forms.CharField(label=_("收款银行"), max_length=80)
    payee_account = forms.CharField(label=_("收款账号"), max_length=40)
    reason = forms.CharField(label=_("原因"), max_length=200)
    source = forms.CharField(label=_("依据"), max_length=120)

    @property
    def payee(self) -> Payee:
        """Who is paid."""
        answers = self.cleaned_data
        return Payee(answers["payee_name"], answers["payee_bank"], answers["payee_account"])


class BankPaymentForm(forms.Form):
    """From which account of the company the bank has paid, under which reference."""

    bank_account = forms.ModelChoiceField(
        CompanyBankAccount.objects.none(), label=_("付款账户"), empty_label=None
    )
    reference = forms.CharField(label=_("银行流水号"), max_length=LONGEST_SERIAL)

    def offer(self, refund: AdvanceRefund) -> None:
        """Offers the bank accounts of the company that pays."""
        bank_account: Any = self.fields["bank_account"]
        bank_account.queryset = CompanyBankAccount.objects.filter(company=refund.company_id)
