"""The forms of a connection's fee: money at the counter, a refund, a move of credit."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.bank.accounts import accounts_in_use
from billing.connection_fees.taking import FeeForm
from billing.counter.money_facts import CardSlip
from billing.ledger.connection_money import connection_money
from billing.models import CompanyBankAccount
from billing.refunds.operations import Payee
from customers.models import Connection
from office.calendar import business_date
from office.forms.day_field import DayField
from office.forms.form_keys import EXPIRED, FormKeyField
from office.forms.yuan_field import LARGEST_FEN, YuanField


class MoneyForm(forms.Form):
    """The amount, with what the page showed as owed and the key by which it is booked once."""

    form_key = FormKeyField()
    seen_open_fen = forms.IntegerField(
        min_value=0,
        max_value=LARGEST_FEN,
        widget=forms.HiddenInput,
        error_messages={"required": EXPIRED, "invalid": EXPIRED},
    )
    amount = YuanField(label=_("收款金额（元）"))

    def offer(self, connection: Connection) -> None:
        """Shows what is open as the amount."""
        open_fen = connection_money(connection).open_fen
        self.fields["seen_open_fen"].initial = open_fen

    @staticmethod
    def fee_form(values: Any) -> FeeForm:
        """Returns the cleaned values as the operations take them."""
        return FeeForm(values["form_key"], values["seen_open_fen"], values["amount"])


class CardForm(MoneyForm):
    merchant_no = forms.CharField(label=_("商户号"), max_length=15)
    terminal = forms.CharField(label=_("终端号"), max_length=8)
    batch = forms.CharField(label=_("批次号"), max_length=6)
    trace = forms.CharField(label=_("凭证号"), max_length=6)
    card_tail = forms.CharField(label=_("卡号后四位"), max_length=4)

    @staticmethod
    def slip(values: Any) -> CardSlip:
        """Returns the card slip as it was typed."""
        names = ("merchant_no", "terminal", "batch", "trace", "card_tail")
        return CardSlip(*(values[name] for name in names))


class TransferForm(MoneyForm):
    bank_account = forms.ModelChoiceField(
        CompanyBankAccount.objects.none(), label=_("收款银行账户"), empty_label="—"
    )
    bank_reference = forms.CharField(label=_("银行流水号"), max_length=80)
    value_date = DayField(label=_("入账日期"))

    def offer(self, connection: Connection) -> None:
        super().offer(connection)
        bank_account: Any = self.fields["bank_account"]
        bank_account.queryset = accounts_in_use(connection.company, business_date(timezone.now()))


class FeeRefundForm(forms.Form):
    form_key = FormKeyField()
    amount = YuanField(label=_("退款金额（元）"))
    payee_name = forms.CharField(label=_("收款人"), max_length=80)
    payee_bank = forms.CharField(label=_("收款银行"), max_length=80)
    payee_account = forms.CharField(label=_("收款账号"), max_length=40)
    reason = forms.CharField(label=_("原因"), max_length=200)
    source = forms.CharField(label=_("依据"), max_length=120)

    def offer(self, connection: Connection) -> None:
        """Shows the applicant as the payee."""
        self.fields["payee_name"].initial = connection.applicant

    @staticmethod
    def payee(values: Any) -> Payee:
        """Returns who is paid."""
        return Payee(values["payee_name"], values["payee_bank"], values["payee_account"])


class CreditMoveForm(forms.Form):
    target = forms.ModelChoiceField(Connection.objects.none(), label=_("转入的入网"))
    amount = YuanField(label=_("划转金额（元）"))
    reason = forms.CharField(label=_("原因"), max_length=200)

    def offer(self, connection: Connection) -> None:
        """Offers the payer's other open connections in the company."""
        target: Any = self.fields["target"]
        target.queryset = Connection.objects.filter(
            company=connection.company_id, applicant=connection.applicant, ended_at=None
        ).exclude(pk=connection.pk)
