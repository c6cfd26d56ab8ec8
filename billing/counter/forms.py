"""The cashier's forms: taking money, opening and closing a shift."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.bank.accounts import accounts_in_use
from billing.counter.money_facts import CardSlip, CounterForm
from billing.ledger.open_bills import OpenBill
from billing.models import Bill, CompanyBankAccount
from customers.models import SupplyContract
from office.calendar import business_date
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.forms.form_keys import FormKeyField, new_form_key
from office.forms.yuan_field import LARGEST_FEN, YuanField
from office.language import Text
from office.models import User

# Notes and coins in circulation, by their value in fen, largest first.
DENOMINATIONS = {
    10000: "100",
    5000: "50",
    2000: "20",
    1000: "10",
    500: "5",
    100: "1",
    50: "0.5",
    10: "0.1",
}
_SLIP = ("merchant_no", "terminal", "batch", "trace", "card_tail")
# The page fills these fields itself: they are wrong only when it is old or was tampered with.
_EXPIRED = dict.fromkeys(
    ("required", "invalid", "invalid_choice", "invalid_pk_value", "min_value", "max_value"),
    _("页面已失效，请重新打开页面后再办理。"),
)


@dataclass(frozen=True)
class Till:
    """The open bills and late fees that the payment page shows, and a key that books its form only
    once.
    """

    form_key: str
    open_bills: list[OpenBill]

    @property
    def open_fen(self) -> int:
        return sum(item.open_fen for item in self.open_bills)


def new_till(open_bills: list[OpenBill]) -> Till:
    """Returns the open bills with a new form key."""
    return Till(new_form_key(), open_bills)


def _line(label: Text, longest: int, **options: Any) -> forms.CharField:
    """Returns a field for a line of a slip; the browser offers no earlier entries."""
    widget = forms.TextInput(attrs={"autocomplete": "off", "maxlength": longest})
    return forms.CharField(label=label, required=False, widget=widget, **options)


class PaymentForm(forms.Form):
    """The figures that the page showed and the cashier typed; `method` says which fields count."""

    form_key = FormKeyField()
    bill = forms.ModelMultipleChoiceField(
        Bill.objects.none(), required=False, error_messages=_EXPIRED
    )
    seen_open_fen = forms.IntegerField(min_value=0, max_value=LARGEST_FEN, error_messages=_EXPIRED)
    former = forms.CharField(required=False)
    beyond_debt = forms.BooleanField(required=False)
    method = forms.ChoiceField(
        choices=[("cash", ""), ("card", ""), ("wechat", ""), ("transfer", "")],
        error_messages={
            "required": _("请选择收款方式。"),
            "invalid_choice": _("请选择收款方式。"),
        },
    )
    amount = YuanField(
        label=_("收款金额"), error_messages={"required": _("收款金额应为金额，如 1620.00。")}
    )
    # Cash.
    tendered = YuanField(label=_("实收现金"), required=False)
    # A card slip; `operations.take_card` checks the lengths.
    merchant_no = _line(_("商户号"), 15)
    terminal = _line(_("终端号"), 8)
    batch = _line(_("批次号"), 6)
    trace = _line(_("凭证号"), 6)
    card_tail = _line(_("卡号后四位"), 4)
    # A transfer.
    bank_account = forms.ModelChoiceField(
        CompanyBankAccount.objects.none(),
        label=_("收款银行账户"),
        required=False,
        error_messages={"invalid_choice": _("请选择收款银行账户。")},
    )
    bank_reference = _line(_("银行流水号"), 80, max_length=80)
    value_date = DayField(
        label=_("入账日期"),
        required=False,
        error_messages={"invalid": _("请填写入账日期，如 2026-01-15。")},
    )

    def __init__(self, contract: SupplyContract, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bills: Any = self.fields["bill"]
        bills.queryset = Bill.objects.filter(contract=contract)
        bank_account: Any = self.fields["bank_account"]
        today = business_date(timezone.now())
        bank_account.queryset = accounts_in_use(contract.company, today)
        # Of several accounts none is chosen in advance: the first would be taken unseen.
        bank_account.empty_label = None if len(bank_account.queryset) == 1 else "—"
        self.fields["value_date"].widget.attrs["max"] = f"{today:%Y-%m-%d}"

    @property
    def slip_lines(self) -> list[forms.BoundField]:
        """Returns the fields of the card slip, from top to bottom."""
        return [self[name] for name in _SLIP]

    def clean(self) -> dict[str, Any]:
        """Refuses cash that was not counted or does not suffice, and a transfer without its day."""
        values = super().clean() or self.cleaned_data
        method, amount, tendered = (values.get(n) for n in ("method", "amount", "tendered"))
        if method == "cash" and tendered is None and "tendered" not in self.errors:
            self.add_error("tendered", _("请填写实收现金。"))
        if method == "cash" and tendered is not None and tendered < (amount or 0):
            self.add_error("tendered", _("实收现金少于收款金额，请重新点收。"))
        if method == "transfer" and not (values.get("value_date") or "value_date" in self.errors):
            self.add_error("value_date", _("请填写入账日期，如 2026-01-15。"))
        if method == "transfer" and not (
            values.get("bank_account") or self.has_error("bank_account")
        ):
            self.add_error("bank_account", self._without_bank_account())
        return values

    def _without_bank_account(self) -> Text:
        """Returns what to do when no bank account was chosen."""
        choice: Any = self.fields["bank_account"]
        if choice.queryset.exists():
            return _("请选择收款银行账户。")
        return _("本公司还没有登记收款银行账户，请收费主管先登记。")

    def counter_form(self) -> CounterForm:
        """Returns the values that the operations of the counter take."""
        values = self.cleaned_data
        return CounterForm(
            form_key=values["form_key"],
            bills=list(values["bill"]),
            amount_fen=values["amount"],
            seen_open_fen=values["seen_open_fen"],
            former=values["former"] == "yes",
            beyond_debt=values["beyond_debt"],
        )

    def card_slip(self) -> CardSlip:
        """Returns the card slip as it was typed."""
        return CardSlip(*(self.cleaned_data[name] for name in _SLIP))


class OpenShiftForm(forms.Form):
    """The till at which the cashier sits, and the cash that was counted in it."""

    company = CompanyField(error_messages={"required": _("请选择公司。")})
    till = forms.CharField(
        label=_("窗口"),
        max_length=20,
        widget=forms.TextInput(attrs={"autofocus": True, "placeholder": _("如 1 号窗口")}),
        error_messages={
            "required": _("请填写窗口名称，不超过 20 字。"),
            "max_length": _("请填写窗口名称，不超过 20 字。"),
        },
    )
    float = YuanField(
        label=_("备用金（元）"),
        help_text=_("开班时钱箱里清点到的现金。"),
        widget=forms.TextInput(attrs={"class": "money-input", "inputmode": "decimal"}),
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)
        company.empty_label = None


class CloseShiftForm(forms.Form):
    """The count of the till by denomination, and the reason for a difference."""

    reason = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        for fen, label in DENOMINATIONS.items():
            self.fields[f"n{fen}"] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=999_999,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 6}),
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value"), _("张数应为整数。")
                ),
            )
        self.fields["n10000"].widget.attrs["autofocus"] = True

    @property
    def counts(self) -> list[forms.BoundField]:
        """Returns the fields of the denominations, largest first."""
        return [self[f"n{fen}"] for fen in DENOMINATIONS]

    @property
    def counted_fen(self) -> int:
        """Returns the value of all counted notes and coins."""
        return sum(fen * (self.cleaned_data[f"n{fen}"] or 0) for fen in DENOMINATIONS)
