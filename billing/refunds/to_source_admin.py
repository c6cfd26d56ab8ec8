"""The screens of refunds to source: the list, the draft's form, the page with its approval."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.change_states import LIVE_REFUNDS, REFUND_TO_SOURCE
from billing.models import Payment, Receipt, RefundToSource
from billing.refunds.kind import REFUND_TO_SOURCE_APPROVAL
from billing.refunds.to_source import (
    approve_refund_to_source,
    cancel_refund_to_source,
    draft_refund_to_source,
    release_refund_to_source,
    return_refund_to_source,
)
from billing.refunds.to_source_panels import (
    refunds_of_account,
    refunds_of_payment,
    refunds_of_receipt,
)
from billing.refunds.waiting import to_follow
from billing.wechat.merchants import WECHATPAY
from billing.wechat.own_refunds import try_refund
from billing.wechat.refund_words import refund_fault
from customers.models import Account
from office import journal
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    passages_of,
    read_opinion,
)
from office.forms.form_keys import FormKeyField
from office.forms.yuan_field import YuanField
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.models import User
from office.refusals import Refused
from office.requests import actor_of
from office.screens.form_records import FormAdmin
from office.screens.panels import add_panel
from office.screens.records import Verb


class FollowFilter(admin.SimpleListFilter):
    """Limits the list to the refunds that somebody must look after."""

    title = _("跟进")
    parameter_name = "follow"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("需要跟进"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return to_follow(queryset, timezone.now()) if self.value() == "open" else queryset


class RefundToSourceForm(forms.Form):
    """Which payment goes back, how much of it, and why."""

    form_key = FormKeyField()
    payment = forms.CharField(
        label=_("收据号或微信订单号"), max_length=80, help_text=_("收到这笔款时开具的收据")
    )
    amount = YuanField(label=_("退款金额（元）"))
    reason = forms.CharField(label=_("原因"), max_length=80)
    source = forms.CharField(label=_("依据"), max_length=120)

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        self._user = user

    def clean_payment(self) -> Payment:
        """Returns the WeChat payment with this receipt or transaction id."""
        number = self.cleaned_data["payment"].strip()
        payments = Payment.objects.visible_to(self._user).select_related(
            "company", "contract__account"
        )
        payment = (
            payments.filter(receipt__number=number).first()
            or payments.filter(provider=WECHATPAY, transaction_id=number).first()
        )
        if payment is None:
            raise forms.ValidationError(_("没有这张收据或这笔微信收款。"))
        return payment


def _query_now(refund: RefundToSource, at: datetime) -> RefundToSource:
    """Asks WeChat Pay how the refund stands; refuses one that is not under way."""
    if refund.state not in LIVE_REFUNDS:
        raise Refused("not_under_way", _("这笔退款不在途中，不需要查询。"))
    return try_refund(refund, at=at)


@admin.register(RefundToSource)
class RefundToSourceAdmin(FormAdmin):
    permission = "billing.draft_refund_to_source"
    workflow = REFUND_TO_SOURCE
    record_page = "billing/refunds/refund_to_source.html"
    list_display = [
        *("number", "account", "amount", "state", "reason"),
        *("created_by", "approved_at", "ended_at"),
    ]
    list_select_related = ["contract__account", "created_by"]
    list_filter = [CompanyFilter, "state", FollowFilter]
    search_fields = ["number__exact", "contract__account__number__exact"]
    search_help_text = _("完整的商户退款单号或户号")
    verbs = (
        DecisionVerb(
            "approve_refund_to_source",
            _("审核通过"),
            "billing.approve_refund_to_source",
            lambda refund, answers, by, at: approve_refund_to_source(
                refund, read_opinion(answers), by=by, at=at
            ),
            _("已审核通过。"),
            form=OpinionForm,
            question=_("最后一级通过后即向微信申请退款，请确认已核对金额和依据。"),
            look="button-primary",
            kind=REFUND_TO_SOURCE_APPROVAL,
        ),
        DecisionVerb(
            "return_refund_to_source",
            _("退回"),
            "billing.approve_refund_to_source",
            lambda refund, answers, by, at: return_refund_to_source(
                refund, read_opinion(answers), by=by, at=at
            ),
            _("退款已退回。"),
            form=ReturnForm,
            question=_("退回后由起草人取消，另行起草。"),
            kind=REFUND_TO_SOURCE_APPROVAL,
        ),
        Verb(
            "try_refund",
            _("立即查询"),
            "billing.draft_refund_to_source",
            lambda refund, answers, by, at: _query_now(refund, at),
            _("已向微信查询。"),
            allowed=lambda refund: refund.state in LIVE_REFUNDS,
        ),
        Verb(
            "release_refund_to_source",
            _("撤回"),
            "billing.approve_refund_to_source",
            lambda refund, answers, by, at: release_refund_to_source(refund, by=by, at=at),
            _("退款已撤回，金额已退回预存。"),
            question=_("微信没有受理这笔退款。撤回以后金额回到预存，可以重新起草。"),
            allowed=lambda refund: refund.refused_at is not None,
        ),
        Verb(
            "cancel_refund_to_source",
            _("取消退款"),
            "billing.cancel_refund_to_source",
            lambda refund, answers, by, at: cancel_refund_to_source(refund, by=by, at=at),
            _("退款已取消。"),
            question=_("取消后须重新起草。"),
            look="button-danger",
        ),
    )

    amount = MoneyColumn("amount_fen", _("退款金额（元）"))

    @admin.display(description=_("户号"))
    def account(self, refund: RefundToSource) -> str:
        return refund.contract.account.number

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return RefundToSourceForm(user, *args)

    def make(self, form: RefundToSourceForm, request: HttpRequest) -> RefundToSource:
        answers = form.cleaned_data
        return draft_refund_to_source(
            answers["payment"],
            answers["amount"],
            reason=answers["reason"],
            source=answers["source"],
            form_key=answers["form_key"],
            by=actor_of(request),
            at=timezone.now(),
        )

    def record_context(self, request: HttpRequest, record: RefundToSource) -> dict[str, Any]:
        return {
            "title": str(record),
            "fault": refund_fault(record.error_code),
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:30],
        }


add_panel(Account, refunds_of_account)
add_panel(Payment, refunds_of_payment)
add_panel(Receipt, refunds_of_receipt)
