"""The screens of late fees: rules, suspensions and waivers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import (
    LateFeeBase,
    LateFeeRule,
    LateFeeSuspension,
    LateFeeWaiver,
    SpendingOrder,
)
from billing.penalties.forms import LateFeeRuleForm, LateFeeSuspensionForm, LateFeeWaiverForm
from billing.penalties.kind import WAIVER_APPROVAL
from billing.penalties.operations import publish_late_fee_rule, suspend_late_fee
from billing.penalties.waivers import (
    approve_late_fee_waiver,
    cancel_late_fee_waiver,
    draft_late_fee_waiver,
    return_late_fee_waiver,
)
from billing.states import LATE_FEE_WAIVER
from office import journal
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    passages_of,
    read_opinion,
)
from office.forms.percent_field import percentage
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.models import User
from office.requests import actor_of
from office.screens.form_records import FormAdmin
from office.screens.records import Verb


@admin.register(LateFeeRule)
class LateFeeRuleAdmin(FormAdmin):
    permission = "billing.publish_late_fee_rule"
    list_display = ["effective_from", "company", "rate", "base", "order", "source"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter]
    fields = [
        *("company", "effective_from", "rate", "base", "order", "source"),
        *("published_by", "published_at"),
    ]
    readonly_fields = ["rate"]

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return LateFeeRuleForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> LateFeeRule:
        answers = form.cleaned_data
        return publish_late_fee_rule(
            answers["company"],
            effective_from=answers["effective_from"],
            per_day=answers["per_day"],
            base=LateFeeBase(answers["base"]),
            order=SpendingOrder(answers["order"]),
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )

    @admin.display(description=_("日率（%）"))
    def rate(self, rule: LateFeeRule) -> str:
        return percentage(rule.per_day)


@admin.register(LateFeeSuspension)
class LateFeeSuspensionAdmin(FormAdmin):
    permission = "billing.suspend_late_fee"
    list_display = ["contract", "starts", "ends", "reason", "source", "entered_by", "entered_at"]
    list_select_related = ["contract", "entered_by"]
    list_filter = [CompanyFilter]
    search_fields = ["contract__account__number__exact"]
    search_help_text = _("完整的户号")
    fields = ["contract", "starts", "ends", "reason", "source", "entered_by", "entered_at"]

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return LateFeeSuspensionForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> LateFeeSuspension:
        answers = form.cleaned_data
        return suspend_late_fee(
            answers["account"],
            starts=answers["starts"],
            ends=answers["ends"],
            reason=answers["reason"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )


@admin.register(LateFeeWaiver)
class LateFeeWaiverAdmin(FormAdmin):
    permission = "billing.draft_late_fee_waiver"
    workflow = LATE_FEE_WAIVER
    record_page = "billing/penalties/late_fee_waiver.html"
    list_display = ["id", "contract", "season", "requested_amount", "state", "reason", "created_by"]
    list_select_related = ["contract", "season", "created_by"]
    list_filter = [CompanyFilter, "state"]
    search_fields = ["contract__account__number__exact"]
    search_help_text = _("完整的户号")
    verbs = (
        DecisionVerb(
            "approve_late_fee_waiver",
            _("审核通过"),
            "billing.approve_late_fee_waiver",
            lambda waiver, answers, by, at: approve_late_fee_waiver(
                waiver, read_opinion(answers), by=by, at=at
            ),
            _("已减免。"),
            form=OpinionForm,
            question=_("请确认已核对金额、原因和依据。"),
            look="button-primary",
            kind=WAIVER_APPROVAL,
        ),
        DecisionVerb(
            "return_late_fee_waiver",
            _("退回"),
            "billing.approve_late_fee_waiver",
            lambda waiver, answers, by, at: return_late_fee_waiver(
                waiver, read_opinion(answers), by=by, at=at
            ),
            _("减免申请已退回。"),
            form=ReturnForm,
            question=_("退回后由起草人取消，另行起草。"),
            kind=WAIVER_APPROVAL,
        ),
        Verb(
            "cancel_late_fee_waiver",
            _("取消减免"),
            "billing.cancel_late_fee_waiver",
            lambda waiver, answers, by, at: cancel_late_fee_waiver(waiver, by=by, at=at),
            _("减免申请已取消。"),
            question=_("取消后须重新起草。"),
            look="button-danger",
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return LateFeeWaiverForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> LateFeeWaiver:
        answers = form.cleaned_data
        return draft_late_fee_waiver(
            answers["account"],
            answers["season"],
            answers["amount"],
            reason=answers["reason"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )

    requested_amount = MoneyColumn("amount_fen", _("申请减免（元）"))

    def record_context(self, request: HttpRequest, record: LateFeeWaiver) -> dict[str, Any]:
        return {
            "title": str(record),
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:30],
        }
