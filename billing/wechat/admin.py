"""The screens of payment intents, orders, notifications and the ledger, which only show them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from billing.models import (
    Attempt,
    ConnectionFee,
    PaymentIntent,
    ProviderEvent,
    SourceType,
    Transfer,
)
from billing.payments.provider_names import provider_name
from billing.states import ATTEMPT, INTENT, LIVE_ATTEMPTS
from billing.wechat.blocking import overrule_order
from office.language import Text
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.requests import user_of
from office.screens.records import RecordAdmin, Verb


class _InYuan(RecordAdmin):
    """A screen of records with an amount in fen, which it shows in yuan."""

    amount = MoneyColumn("amount_fen", _("金额（元）"))


@admin.register(PaymentIntent)
class PaymentIntentAdmin(_InYuan):
    workflow = INTENT
    list_display = ["public_number", "contract", "amount", "state", "created_by", "created_at"]
    list_select_related = ["contract"]
    list_filter = [CompanyFilter, "state"]
    ordering = ["-pk"]
    fields = ["public_number", "contract", "amount", "state", "created_by", "created_at", "company"]
    readonly_fields = ["public_number", "amount"]

    @admin.display(description=_("编号"))
    def public_number(self, intent: PaymentIntent) -> str:
        return str(intent.public_id)


class OverruleForm(forms.Form):
    """Why the counter takes other money while an order is open."""

    reason = forms.CharField(
        label=_("放行原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(Attempt)
class AttemptAdmin(_InYuan):
    workflow = ATTEMPT
    list_display = ["number", "method", "amount", "state", "created_at", "queries"]
    list_filter = [CompanyFilter, "state", "method"]
    search_fields = ["number__exact"]
    search_help_text = _("完整的商户订单号")
    ordering = ["-pk"]
    # The prepay id, the code and the payer's openid are not shown: with them somebody could pay
    # or impersonate the payer.
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
        "overruled_at",
        "overruled_by",
        "overruled_reason",
    ]
    readonly_fields = ["amount"]
    verbs = (
        Verb(
            "overrule_order",
            _("放行柜台收款"),
            "billing.overrule_order",
            lambda attempt, answers, by, at: overrule_order(
                attempt, reason=answers["reason"], by=by, at=at
            ),
            _("已放行，柜台可以收款。"),
            form=OverruleForm,
            question=_("顾客之后若在微信上付了这笔款，将转为预存。"),
            allowed=lambda attempt: attempt.state in LIVE_ATTEMPTS and attempt.overruled_at is None,
        ),
    )


@admin.register(ProviderEvent)
class ProviderEventAdmin(RecordAdmin):
    list_display = ["received_at", "channel", "event_type", "out_trade_no", "verdict", "note"]
    list_filter = ["verdict"]
    search_fields = ["out_trade_no__exact", "event_id__exact"]
    search_help_text = _("完整的商户订单号或通知编号")
    ordering = ["-pk"]
    # Headers and body are not shown: they hold the signature and the sealed resource.
    fields = [
        "channel",
        "event_id",
        "event_type",
        "out_trade_no",
        "received_at",
        "verdict",
        "note",
        "tries",
        "next_try_at",
        "processed_at",
    ]
    readonly_fields = ["channel"]

    @admin.display(description=_("渠道"), ordering="provider")
    def channel(self, event: ProviderEvent) -> Text:
        return provider_name(event.provider)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Returns the notifications of orders that the user may see.

        A notification has no company itself; it belongs to its order's.
        """
        rows = super().get_queryset(request)
        user = user_of(request)
        if user.sees_every_company:
            return rows
        return rows.filter(out_trade_no__in=Attempt.objects.visible_to(user).values("number"))


@admin.register(Transfer)
class TransferAdmin(_InYuan):
    list_display = [
        *("id", "business_date", "kind", "debit", "credit", "amount", "contract", "connection"),
    ]
    list_select_related = ["contract", "connection"]
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
        "connection",
        "source",
        "bill",
        "company",
    ]
    readonly_fields = ["amount", "source"]

    @admin.display(description=_("来源单据"))
    def source(self, transfer: Transfer) -> str:
        """Links to the document; those without a page of their own are shown by another's."""
        page: Any = transfer.source
        if transfer.source_type == SourceType.ASSIGNMENT:
            page = page.payment
        elif transfer.source_type == SourceType.REFUND:
            page = page.attempt
        elif transfer.source_type == SourceType.CONNECTION:
            page = ConnectionFee.objects.get(pk=page.connection_id)
        name = type(page).__name__.lower()
        address = reverse(f"admin:billing_{name}_change", args=[page.pk])
        label = transfer.get_source_type_display()
        return format_html('<a href="{}">{} {}</a>', address, label, page)
