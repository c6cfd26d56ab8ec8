"""What a clerk fills in about a paper that pays for several accounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.base import File
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.counter.money_facts import CardSlip
from billing.group_payments.operations import Paper
from billing.models import CompanyBankAccount, Shift
from office.calendar import business_date
from office.forms.day_field import DayField
from office.forms.form_keys import FormKeyField
from office.forms.yuan_field import YuanField
from office.models import User

LARGEST = 10 * 1024 * 1024
_SLIP = ("merchant_no", "terminal", "batch", "trace", "card_tail")
_SLIP_LABELS = (_("商户号"), _("终端号"), _("批次号"), _("凭证号"), _("卡号后四位"))
_WIDTHS = (15, 8, 6, 6, 4)
# A contract and what it owed in the preview; the page writes it.
_SEEN = re.compile(r"([0-9]{1,18}):([0-9]{1,18})")


class SpreadForm(forms.Form):
    """The accounts and amounts that a paper pays for; a file replaces what is typed."""

    form_key = FormKeyField()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    payer_name = forms.CharField(
        label=_("付款单位（人）"), max_length=120, help_text=_("如单位、家庭或物业公司的名称")
    )
    file = forms.FileField(
        label=_("明细表格"),
        required=False,
        help_text=_("XLSX 或 CSV，有户号、金额两列（可有户名列）；上传后替换下面的明细"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    parts = forms.CharField(
        label=_("各户明细"),
        required=False,
        max_length=2_000_000,
        help_text=_("每行一户：户号、金额，可再写户名；可从表格整列复制粘贴"),
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )
    beyond_debt = forms.BooleanField(label=_("已核对，多出欠费的部分作为预存"), required=False)

    def clean_file(self) -> File[Any] | None:
        file: File[Any] | None = self.cleaned_data["file"]
        if file is None:
            return None
        if PurePath(file.name or "").suffix.lower() not in (".xlsx", ".csv"):
            raise forms.ValidationError(_("只接受 XLSX 或 CSV 文件。"))
        if file.size > LARGEST:
            raise forms.ValidationError(_("文件超过 10 MB，请只保留户号、金额和户名。"))
        return file

    def clean_seen(self) -> dict[int, int]:
        """Returns the debts that the preview showed, in fen by contract."""
        pairs = map(_SEEN.fullmatch, self.cleaned_data["seen"].split())
        return {int(pair[1]): int(pair[2]) for pair in pairs if pair is not None}


class GroupPaymentForm(SpreadForm):
    """A transfer or card slip with its figures, and the accounts that it pays for."""

    method = forms.ChoiceField(
        label=_("收款方式"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择收款方式。")},
    )
    amount = YuanField(label=_("凭证金额（元）"))
    bank_account = forms.ModelChoiceField(
        CompanyBankAccount.objects.none(), label=_("收款银行账户"), required=False
    )
    bank_reference = forms.CharField(
        label=_("银行流水号"),
        required=False,
        max_length=80,
        help_text=_("照银行回单填写一次，不必加“-2”之类的后缀"),
    )
    value_date = DayField(label=_("入账日期"), required=False)

    field_order = [
        *("method", "amount", "payer_name", "bank_account", "bank_reference", "value_date"),
        *_SLIP,
        *("file", "parts", "beyond_debt", "form_key", "seen"),
    ]

    def __init__(self, user: User, shift: Shift | None, *args: Any) -> None:
        super().__init__(*args)
        today = business_date(timezone.now())
        ways = {
            "transfer": ("billing.enter_transfer", _("对公转账")),
            "card": ("billing.take_card", _("银行卡")),
        }
        method: Any = self.fields["method"]
        method.choices = [
            (way, label) for way, (permission, label) in ways.items() if user.has_perm(permission)
        ]
        method.initial = method.choices[0][0]
        self.shift = shift
        bank_account: Any = self.fields["bank_account"]
        bank_account.queryset = (
            CompanyBankAccount.objects.visible_to(user)
            .filter(Q(closed_on__isnull=True) | Q(closed_on__gt=today), opened_on__lte=today)
            .select_related("company")
        )
        self.fields["value_date"].widget.attrs["max"] = f"{today:%Y-%m-%d}"
        for name, label, width in zip(_SLIP, _SLIP_LABELS, _WIDTHS, strict=True):
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": width}),
            )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Refuses a transfer without account or day, and a card slip without an open shift."""
        values = super().clean() or self.cleaned_data
        if values.get("method") == "transfer":
            for name, sentence in (
                ("bank_account", _("请选择收款银行账户。")),
                ("value_date", _("请填写入账日期，如 2026-01-15。")),
            ):
                if not values.get(name) and not self.has_error(name):
                    self.add_error(name, sentence)
        if values.get("method") == "card" and self.shift is None:
            self.add_error("method", _("您还没有开班，请先开班再收款。"))
        return values

    @property
    def slip_lines(self) -> list[forms.BoundField]:
        """Returns the fields of the card slip, from top to bottom."""
        return [self[name] for name in _SLIP]


def paper_of(values: Mapping[str, Any], amount_fen: int) -> Paper:
    """Returns the paper of this amount from the values of a form."""
    return Paper(
        form_key=values["form_key"],
        payer_name=values["payer_name"],
        amount_fen=amount_fen,
        beyond_debt=values["beyond_debt"],
    )


def slip_of(values: Mapping[str, Any]) -> CardSlip:
    """Returns the card slip from the values of a form."""
    return CardSlip(*(values[name] for name in _SLIP))
