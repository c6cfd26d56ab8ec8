"""The screens of the counter's limits and of amounts above them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.counter.large_payments import approve_large_payment, decline_large_payment
from billing.counter.limits import DEFAULT_LIMIT_FEN, publish_counter_limit
from billing.models import CounterLimit, LargePayment, RewardVoucher
from billing.states import LARGE_PAYMENT
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.forms.yuan_field import YuanField
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.models import User
from office.money import yuan_text
from office.requests import actor_of
from office.screens.form_records import FormAdmin
from office.screens.records import RecordAdmin, Verb


class CounterLimitForm(forms.Form):
    """The limit, the day from which it holds, and the paper that says so."""

    company = CompanyField()
    limit = YuanField(
        label=_("限额（元）"),
        help_text=_("单笔现金、刷卡、对公转账超过限额的，须经主管核准"),
    )
    effective_from = DayField(label=_("执行日期"))
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("收费管理文件的名称、文号")
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)


@admin.register(CounterLimit)
class CounterLimitAdmin(FormAdmin):
    permission = "billing.publish_counter_limit"
    list_display = ["company", "limit", "effective_from", "source", "published_by"]
    list_display_links = ["company", "limit"]
    list_select_related = ["company", "published_by"]
    list_filter = [CompanyFilter]
    list_before_template = "billing/counter/limit_default.html"
    fields = ["company", "limit", "effective_from", "source", "published_by", "published_at"]
    readonly_fields = ["limit"]

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return CounterLimitForm(user, *args)

    def make(self, form: CounterLimitForm, request: HttpRequest) -> CounterLimit:
        answers = form.cleaned_data
        return publish_counter_limit(
            answers["company"],
            limit_fen=answers["limit"],
            effective_from=answers["effective_from"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = {**(extra_context or {}), "default_limit": yuan_text(DEFAULT_LIMIT_FEN)}
        return super().changelist_view(request, context)

    limit = MoneyColumn("limit_fen", _("限额（元）"), summed=False)


class ApproveForm(forms.Form):
    """What the supervisor checked; may stay empty."""

    remark = forms.CharField(label=_("意见"), max_length=200, required=False)


class DeclineForm(forms.Form):
    """Why the amount is not taken."""

    remark = forms.CharField(label=_("原因"), max_length=200)


@admin.register(LargePayment)
class LargePaymentAdmin(RecordAdmin):
    workflow = LARGE_PAYMENT
    list_display = ["asked_at", "account", "amount", "method", "asked_by", "state", "company"]
    list_select_related = ["company", "contract__account", "asked_by"]
    list_filter = [CompanyFilter, "state"]
    fields = [
        *("account", "customer", "contract", "method", "amount", "open_amount", "state"),
        *("asked_by", "asked_at", "decided_by", "decided_at", "remark", "payment", "company"),
    ]
    readonly_fields = ["account", "customer", "amount", "open_amount"]
    verbs = (
        Verb(
            "approve_large_payment",
            _("核准"),
            "billing.approve_large_payment",
            lambda row, answers, by, at: approve_large_payment(
                row, remark=answers["remark"], by=by, at=at
            ),
            _("已核准，收费员当日可以收款。"),
            form=ApproveForm,
            question=_("请与收费员当面核对款项和金额后再核准；核准当日有效，只能收一次。"),
            look="button-primary",
        ),
        Verb(
            "decline_large_payment",
            _("不予核准"),
            "billing.decline_large_payment",
            lambda row, answers, by, at: decline_large_payment(
                row, remark=answers["remark"], by=by, at=at
            ),
            _("已告知收费员不予核准。"),
            form=DeclineForm,
            look="button-danger",
        ),
    )

    @admin.display(description=_("户号"))
    def account(self, row: LargePayment) -> str:
        return row.contract.account.number

    @admin.display(description=_("户名"))
    def customer(self, row: LargePayment) -> str:
        return row.contract.customer.name

    amount = MoneyColumn("amount_fen", _("金额（元）"))
    open_amount = MoneyColumn("open_fen", _("当时欠费（元）"))


@admin.register(RewardVoucher)
class RewardVoucherAdmin(RecordAdmin):
    list_display = ["code_tail", "amount", "company", "issued_on", "paid_at"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, ("paid_at", admin.EmptyFieldListFilter)]
    fields = ["code_tail", "amount", "company", "issued_on", "shift", "paid_at"]
    readonly_fields = ["amount"]

    amount = MoneyColumn("amount_fen", _("金额（元）"))
