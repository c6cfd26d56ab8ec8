"""The screens of shifts, payments and receipts, which only show them; the counter takes money."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from billing.bills.printed import printed_receipt
from billing.models import Method, Payment, Receipt, Shift
from billing.payments.filters import SuspenseFilter
from billing.payments.open_suspense import connection_of_number, contract_of_account
from billing.payments.provider_names import provider_name
from billing.payments.refunds import reported_refunds
from billing.payments.suspense import assign_suspense, assign_suspense_to_connection
from billing.states import SHIFT
from office.actors import Actor
from office.language import Text
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.money import yuan_text
from office.requests import actor_of, user_of
from office.screens.panels import panels_of
from office.screens.records import RecordAdmin, Verb


@admin.register(Shift)
class ShiftAdmin(RecordAdmin):
    workflow = SHIFT
    list_display = ["cashier", "till", "company", "state", "opened_at", "closed_at", "difference"]
    list_select_related = ["cashier", "company"]
    list_filter = [CompanyFilter, "state"]
    fields = [
        "cashier",
        "till",
        "company",
        "state",
        "opened_at",
        "closed_at",
        "float_yuan",
        "expected_yuan",
        "counted_yuan",
        "difference",
        "difference_reason",
        "takings",
    ]
    readonly_fields = ["float_yuan", "expected_yuan", "counted_yuan", "difference", "takings"]

    float_yuan = MoneyColumn("float_fen", _("备用金（元）"))
    expected_yuan = MoneyColumn("expected_fen", _("应有现金（元）"))
    counted_yuan = MoneyColumn("counted_fen", _("实点现金（元）"))
    difference = MoneyColumn("difference_fen", _("差额（元）"))

    @admin.display(description=_("本班收款（元）"))
    def takings(self, shift: Shift) -> str:
        rows = (
            shift.payments.order_by()
            .values_list("method")
            .annotate(count=Count("pk"), total=Sum("amount_fen"))
        )
        lines = [
            (Method(method).label, count, _("笔"), yuan_text(total))
            for method, count, total in rows
        ]
        return format_html_join(" ", "{} {} {} {}；", lines)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Returns a cashier's own shifts; those who may see alarms get all of their companies."""
        shifts: QuerySet[Any] = super().get_queryset(request)
        rows: QuerySet[Any] = shifts.annotate(difference_fen=F("counted_fen") - F("expected_fen"))
        user = user_of(request)
        if user.has_perm("billing.view_alarm"):
            return rows
        return rows.filter(cashier=user)


class AssignSuspenseForm(forms.Form):
    """The account that a payment in suspense belongs to, and how somebody found that out."""

    account_number = forms.CharField(
        label=_("户号或入网编号"),
        max_length=24,
        required=False,
        help_text=_("留空为付款时的户号或入网项目"),
    )
    reason = forms.CharField(
        label=_("核实说明"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("如：已电话与交款人核对，系本户缴费"),
    )


def _assign(payment: Payment, answers: Mapping[str, Any], by: Actor, at: datetime) -> object:
    """Assigns the payment to the connection or the account with the number that was typed."""
    number, reason = answers["account_number"], answers["reason"]
    connection = connection_of_number(payment, number)
    if connection is not None:
        return assign_suspense_to_connection(payment, connection, reason=reason, by=by, at=at)
    contract = contract_of_account(payment, number)
    return assign_suspense(payment, contract, reason=reason, by=by, at=at)


class MoneyPageAdmin(RecordAdmin):
    """A screen of money whose pages show the cards of other features below the facts."""

    change_form_outer_after_template = "billing/payments/panels.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        panels = panels_of(self.record(request, object_id), user_of(request))
        context = {**(extra_context or {}), "panels": panels}
        return super().change_view(request, object_id, form_url, context)


@admin.register(Payment)
class PaymentAdmin(MoneyPageAdmin):
    list_display = [
        "paid_at",
        "account",
        "method",
        "amount",
        "reference",
        "suspense",
        "company",
    ]
    list_select_related = [
        *("company", "contract__account", "connection"),
        *("assignment__contract__account", "assignment__connection"),
    ]
    list_filter = [CompanyFilter, "method", SuspenseFilter, "business_date"]
    search_fields = ["transaction_id__exact", "contract__account__number__exact"]
    search_help_text = _("完整的渠道流水号或户号")
    ordering = ["-pk"]
    fields = [
        "account",
        "contract",
        "connection",
        "method",
        "amount",
        "channel",
        "transaction_id",
        "reference",
        "suspense",
        "paid_at",
        "business_date",
        "shift",
        "received_by",
        "company",
    ]
    readonly_fields = ["account", "amount", "channel", "suspense"]
    verbs = (
        Verb(
            "assign_suspense",
            _("转入"),
            "billing.assign_suspense",
            _assign,
            _("待查款项已转入，收据已开具。"),
            form=AssignSuspenseForm,
            question=_("整笔转入一个户号或入网项目：先结清所欠，其余转为预存。转入后不能撤回。"),
            look="button-primary",
            allowed=lambda payment: payment.waits_in_suspense and not _is_refunded(payment),
        ),
    )

    @admin.display(description=_("渠道"))
    def channel(self, payment: Payment) -> Text:
        return provider_name(payment.provider)

    @admin.display(description=_("待查款项"))
    def suspense(self, payment: Payment) -> str:
        if not payment.in_suspense:
            return ""
        if payment.waits_in_suspense:
            return str(_("待查，渠道已退款") if _is_refunded(payment) else _("待查"))
        number = payment.assignment.owner_number
        return str(_("已转入 %(number)s") % {"number": number})

    @admin.display(description=_("户号或入网编号"))
    def account(self, payment: Payment) -> str:
        return payment.owner_number

    amount = MoneyColumn("amount_fen", _("金额（元）"))


def _is_refunded(payment: Payment) -> bool:
    return reported_refunds(payment.provider, payment.transaction_id).exists()


@admin.register(Receipt)
class ReceiptAdmin(MoneyPageAdmin):
    list_display = ["number", "payer", "amount", "issued_at", "company"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter]
    search_fields = ["number__startswith", "verification_code__exact"]
    search_help_text = _("收据号开头或完整的查验码")
    ordering = ["-pk"]
    fields = ["number", "payer", "amount", "issued_at", "verification_code", "payment", "company"]
    readonly_fields = ["payer", "amount"]
    change_form_outer_after_template = "billing/payments/receipt_print.html"

    @admin.display(description=_("交款人"))
    def payer(self, receipt: Receipt) -> str:
        return str(receipt.paper.get("payer", ""))

    amount = MoneyColumn("amount_fen", _("金额（元）"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.print_view)
        name = "billing_receipt_print_receipt"
        return [path("<int:pk>/print_receipt/", view, name=name), *super().get_urls()]

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sends the receipt as PDF; only a POST prints, since every print is counted."""
        receipt: Receipt = self.record(request, pk)
        if not user_of(request).has_perm("billing.print_receipt"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(self.record_url(receipt))
        return printed_receipt(receipt, actor_of(request))
