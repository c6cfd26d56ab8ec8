"""The screens of refunds: the list, the form of a draft and the page with its approval."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.change_states import ADVANCE_REFUND
from billing.models import AdvanceRefund
from billing.refunds.forms import AdvanceRefundForm, BankPaymentForm
from billing.refunds.kind import ADVANCE_REFUND_APPROVAL
from billing.refunds.operations import (
    approve_advance_refund,
    cancel_advance_refund,
    draft_advance_refund,
    pay_advance_refund,
    return_advance_refund,
)
from office import journal
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    passages_of,
    read_opinion,
)
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.models import User
from office.requests import actor_of
from office.screens.form_records import FormAdmin
from office.screens.records import Verb


class PaymentVerb(Verb):
    """The button that enters the bank's payment, from an account of the refund's company."""

    def empty_form(self, record: AdvanceRefund) -> forms.Form:
        form = BankPaymentForm(auto_id="payment_%s")
        form.offer(record)
        return form

    def late_form(self, record: AdvanceRefund, data: Any, files: Any) -> forms.Form:
        """Returns the sent form with the company's accounts, which it has in every state."""
        return self.sent_form(record, data, files)


@admin.register(AdvanceRefund)
class AdvanceRefundAdmin(FormAdmin):
    permission = "billing.draft_advance_refund"
    workflow = ADVANCE_REFUND
    record_page = "billing/refunds/advance_refund.html"
    list_display = ["id", "payer", "amount", "payee_name", "state", "reason", "created_by"]
    list_select_related = ["contract__account", "connection", "created_by"]
    list_filter = [CompanyFilter, "state"]
    search_fields = ["contract__account__number__exact", "connection__number__exact"]
    search_help_text = _("完整的户号或入网编号")
    verbs = (
        DecisionVerb(
            "approve_advance_refund",
            _("审核通过"),
            "billing.approve_advance_refund",
            lambda refund, answers, by, at: approve_advance_refund(
                refund, read_opinion(answers), by=by, at=at
            ),
            _("已审核通过。"),
            form=OpinionForm,
            question=_("请确认已核对金额、收款人和依据。"),
            look="button-primary",
            kind=ADVANCE_REFUND_APPROVAL,
        ),
        DecisionVerb(
            "return_advance_refund",
            _("退回"),
            "billing.approve_advance_refund",
            lambda refund, answers, by, at: return_advance_refund(
                refund, read_opinion(answers), by=by, at=at
            ),
            _("退款已退回。"),
            form=ReturnForm,
            question=_("退回后由起草人取消，另行起草。"),
            kind=ADVANCE_REFUND_APPROVAL,
        ),
        PaymentVerb(
            "pay_advance_refund",
            _("登记付款"),
            "billing.pay_advance_refund",
            lambda refund, answers, by, at: pay_advance_refund(
                refund, answers["bank_account"], answers["reference"], by=by, at=at
            ),
            _("退款已入账。"),
            form=BankPaymentForm,
            question=_("请在银行付款成功以后登记。"),
            look="button-primary",
        ),
        Verb(
            "cancel_advance_refund",
            _("取消退款"),
            "billing.cancel_advance_refund",
            lambda refund, answers, by, at: cancel_advance_refund(refund, by=by, at=at),
            _("退款已取消。"),
            question=_("取消后须重新起草。"),
            look="button-danger",
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return AdvanceRefundForm(user, *args)

    def make(self, form: AdvanceRefundForm, request: HttpRequest) -> AdvanceRefund:
        answers = form.cleaned_data
        return draft_advance_refund(
            answers["account"],
            answers["amount"],
            form.payee,
            reason=answers["reason"],
            source=answers["source"],
            form_key=answers["form_key"],
            by=actor_of(request),
            at=timezone.now(),
        )

    @admin.display(description=_("户号或入网编号"))
    def payer(self, refund: AdvanceRefund) -> str:
        return refund.owner_number

    amount = MoneyColumn("amount_fen", _("退款金额（元）"))

    def record_context(self, request: HttpRequest, record: AdvanceRefund) -> dict[str, Any]:
        return {
            "title": str(record),
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:30],
        }
