"""What people fill in about bank statements and their lines."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.models import CompanyBankAccount
from billing.statements.columns import KEYS, NAMES
from office.models import User

LARGEST = 100 * 1024 * 1024
_ACCEPTED = (".xlsx", ".csv", ".sta", ".940", ".txt", ".xml")


class StatementForm(forms.Form):
    """A bank account and its statement."""

    bank_account = forms.ModelChoiceField(
        CompanyBankAccount.objects.none(), label=_("收款银行账户"), empty_label=None
    )
    file = forms.FileField(
        label=_("对账单文件"),
        help_text=_(
            "XLSX、CSV（UTF-8、GB18030）、MT940 或 camt.053，含余额；先预览，不写入任何内容"
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(_ACCEPTED)}),
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        _offer(self.fields["bank_account"], user)

    def clean_file(self) -> File[Any]:
        file: File[Any] = self.cleaned_data["file"]
        if PurePath(file.name or "").suffix.lower() not in _ACCEPTED:
            raise forms.ValidationError(
                _("只接受 XLSX、CSV、MT940（.sta、.940、.txt）或 camt.053（.xml）文件。")
            )
        if file.size > LARGEST:
            raise forms.ValidationError(_("文件超过 100 MB，请按日期分段下载后导入。"))
        return file


class HeadingsForm(forms.Form):
    """What the statements of a bank account call their columns; empty where the usual name fits."""

    bank_account = forms.ModelChoiceField(
        CompanyBankAccount.objects.none(), label=_("收款银行账户"), empty_label=None
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        _offer(self.fields["bank_account"], user)
        # The names are those of Chinese banks: only who reads Chinese is helped by them.
        is_chinese = (get_language() or "").startswith("zh")
        for key in KEYS:
            usual = _("常用列名：%(names)s") % {"names": "、".join(NAMES[key][:4])}
            self.fields[key] = forms.CharField(
                label=COLUMN_LABELS[key],
                max_length=40,
                required=False,
                help_text=usual if is_chinese else "",
            )


COLUMN_LABELS = {
    "day": _("日期列"),
    "clock": _("时间列"),
    "received": _("收入列"),
    "paid": _("支出列"),
    "amount": _("金额列（不分收支）"),
    "side": _("借贷标志列"),
    "balance": _("余额列"),
    "name": _("对方户名列"),
    "account": _("对方账号列"),
    "payer_name": _("付款人列"),
    "payer_account": _("付款账号列"),
    "payee_name": _("收款人列"),
    "payee_account": _("收款账号列"),
    "summary": _("摘要列"),
    "purpose": _("用途列"),
    "note": _("附言列"),
    "serial": _("流水号列"),
}


class BookingForm(forms.Form):
    """The account that a line is booked to."""

    account_number = forms.CharField(label=_("户号"), max_length=20)
    another = forms.BooleanField(label=_("已核对：相近日期的同额转账不是这一笔"), required=False)
    reason = forms.CharField(label=_("说明"), max_length=200, required=False)


class LinkForm(forms.Form):
    """The receipt of the transfer, entered before, that a line is."""

    receipt = forms.CharField(label=_("收据号"), max_length=40)
    reason = forms.CharField(label=_("说明"), max_length=200, required=False)


def _offer(field: Any, user: User) -> None:
    field.queryset = CompanyBankAccount.objects.visible_to(user).select_related("company")
    has_several = user.sees_every_company or len(user.company_ids) > 1
    field.label_from_instance = lambda row: f"{row.company} {row}" if has_several else str(row)
