"""What payment providers told us, and the ledger: to be read by who watches the money."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import Attempt, PaymentIntent, ProviderEvent, Transfer
from billing.states import ATTEMPT, INTENT
from office.admin.filters import CompanyFilter
from office.admin.records import RecordAdmin
from office.money import yuan_text
from office.requests import user_of


class _InYuan(RecordAdmin):
    @admin.display(description=_("金额（元）"))
    def amount(self, row: Any) -> str:
        return yuan_text(row.amount_fen)


@admin.register(PaymentIntent)
class PaymentIntentAdmin(_InYuan):
    workflow = INTENT
    list_display = ["public_id", "contract", "amount", "state", "created_by", "created_at"]
    list_select_related = ["contract"]
    list_filter = [CompanyFilter, "state"]
    ordering = ["-pk"]
    fields = ["public_id", "contract", "amount", "state", "created_by", "created_at", "company"]
    readonly_fields = ["amount"]


@admin.register(Attempt)
class AttemptAdmin(_InYuan):
    workflow = ATTEMPT
    list_display = ["number", "method", "amount", "state", "created_at", "queries"]
    list_filter = [CompanyFilter, "state", "method"]
    search_fields = ["number__exact"]
    search_help_text = _("完整的商户订单号")
    ordering = ["-pk"]
    # Never the prepay id, the code or the payer's openid: they are keys to somebody's money.
    fields = [
        "number",
        "intent",
        "method",
        "amount",
        "state",
        "error_code",
        "created_at",
        "expires_at",
        "next_query_at",
        "queries",
    ]
    readonly_fields = ["amount"]


@admin.register(ProviderEvent)
class ProviderEventAdmin(RecordAdmin):
    list_display = ["received_at", "provider", "event_type", "out_trade_no", "verdict", "note"]
    list_filter = ["verdict", "provider"]
    search_fields = ["out_trade_no__exact", "event_id__exact"]
    search_help_text = _("完整的商户订单号或通知编号")
    ordering = ["-pk"]
    # Never headers or body: signatures and the sealed resource stay in the table.
    fields = [
        "provider",
        "event_id",
        "event_type",
        "out_trade_no",
        "received_at",
        "verdict",
        "note",
        "processed_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Events have no company of their own: theirs is the order's."""
        rows = super().get_queryset(request)
        user = user_of(request)
        if user.sees_every_company:
            return rows
        return rows.filter(out_trade_no__in=Attempt.objects.visible_to(user).values("number"))


@admin.register(Transfer)
class TransferAdmin(_InYuan):
    list_display = ["id", "business_date", "kind", "debit", "credit", "amount", "contract"]
    list_select_related = ["contract"]
    list_filter = [CompanyFilter, "kind"]
    ordering = ["-pk"]
    sortable_by = ()
    fields = [
        "kind",
        "debit",
        "credit",
        "amount",
        "business_date",
        "posted_at",
        "contract",
        "bill",
        "payment",
        "company",
    ]
    readonly_fields = ["amount"]
