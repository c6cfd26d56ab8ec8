"""The page of a ban: what it takes in, its approvals, reviews and appeals, and what may be done."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.approvals.screen import DecisionVerb, OpinionForm, ReturnForm, passages_of, read_opinion
from office.calendar import business_date
from office.documents.admin import documents_of
from office.requests import user_of
from office.screens.records import RecordAdmin, Verb
from suppliers.blacklist.appeals import deny_appeal, enter_appeal, open_appeal, uphold_appeal
from suppliers.blacklist.forms import (
    AppealForm,
    ApproveBanForm,
    BanReasonForm,
    DecisionForm,
    ResubmitBanForm,
    ReviewForm,
    uploads,
)
from suppliers.blacklist.gate import in_force_at
from suppliers.blacklist.kind import BAN_APPROVAL
from suppliers.blacklist.operations import (
    approve_ban,
    lift_ban,
    reject_ban,
    resubmit_ban,
    return_ban,
    review_ban,
    withdraw_ban,
)
from suppliers.models import Ban
from suppliers.states import BAN, BanState


def _has_appeal(ban: Ban) -> bool:
    return open_appeal(ban) is not None


class InForceFilter(SimpleListFilter):
    """Filters the bans in force now, and those whose review is due."""

    title = _("现在")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("in_force", _("有效")), ("review", _("复核到期"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        if self.value() == "in_force":
            return queryset.filter(in_force_at(now))
        if self.value() == "review":
            return queryset.filter(in_force_at(now), review_on__lte=business_date(now))
        return queryset


@admin.register(Ban)
class BanAdmin(RecordAdmin):
    workflow = BAN
    record_page = "suppliers/blacklist/ban.html"
    list_display = ["supplier", "scope", "state", "starts_at", "ends_on", "review_on"]
    list_display_links = ["supplier"]
    list_select_related = ["supplier", "category"]
    list_filter = [InForceFilter, "state"]
    search_fields = ["supplier__name", "subjects__text"]
    search_help_text = _("供应商、人员或银行账号的一部分")
    ordering = ["-pk"]
    verbs = (
        DecisionVerb(
            "approve_ban",
            _("同意列入"),
            "suppliers.check_ban_procurement",
            lambda ban, values, by, at: approve_ban(ban, read_opinion(values), by=by, at=at),
            _("意见已登记。"),
            form=ApproveBanForm,
            look="button-primary",
            kind=BAN_APPROVAL,
        ),
        DecisionVerb(
            "return_ban",
            _("退回"),
            "suppliers.check_ban_procurement",
            lambda ban, values, by, at: return_ban(ban, read_opinion(values), by=by, at=at),
            _("已退回提出人。"),
            form=ReturnForm,
            kind=BAN_APPROVAL,
        ),
        DecisionVerb(
            "reject_ban",
            _("不予列入"),
            "suppliers.check_ban_procurement",
            lambda ban, values, by, at: reject_ban(ban, read_opinion(values), by=by, at=at),
            _("已办结：不予列入。"),
            form=OpinionForm,
            question=_("这项提议将就此结束。请写明原因。"),
            kind=BAN_APPROVAL,
        ),
        Verb(
            "resubmit_ban",
            _("重新提交"),
            "suppliers.propose_ban",
            lambda ban, values, by, at: resubmit_ban(
                ban, reason=values["reason"], papers=uploads(values["paper"]), by=by, at=at
            ),
            _("已重新提交，从第1级开始审批。"),
            form=ResubmitBanForm,
            look="button-primary",
        ),
        Verb(
            "withdraw_ban",
            _("撤回"),
            "suppliers.propose_ban",
            lambda ban, values, by, at: withdraw_ban(ban, **values, by=by, at=at),
            _("已撤回。"),
            form=BanReasonForm,
        ),
        Verb(
            "review_ban",
            _("复核后继续"),
            "suppliers.review_ban",
            lambda ban, values, by, at: review_ban(ban, **values, by=by, at=at),
            _("复核已登记。"),
            form=ReviewForm,
        ),
        Verb(
            "enter_appeal",
            _("登记申诉"),
            "suppliers.enter_appeal",
            lambda ban, values, by, at: enter_appeal(
                ban,
                text=values["text"],
                received_on=values["received_on"],
                papers=uploads(values["paper"]),
                by=by,
                at=at,
            ),
            _("申诉已登记，等待裁定。"),
            form=AppealForm,
            allowed=lambda ban: not _has_appeal(ban),
        ),
        Verb(
            "uphold_appeal",
            _("申诉成立"),
            "suppliers.decide_appeal",
            lambda ban, values, by, at: uphold_appeal(ban, **values, by=by, at=at),
            _("申诉成立，黑名单已解除。"),
            form=DecisionForm,
            allowed=_has_appeal,
        ),
        Verb(
            "deny_appeal",
            _("申诉不成立"),
            "suppliers.decide_appeal",
            lambda ban, values, by, at: deny_appeal(ban, **values, by=by, at=at),
            _("申诉不成立，黑名单继续。"),
            form=DecisionForm,
            allowed=_has_appeal,
        ),
        Verb(
            "lift_ban",
            _("解除"),
            "suppliers.lift_ban",
            lambda ban, values, by, at: lift_ban(ban, **values, by=by, at=at),
            _("已解除，供货资格随即恢复。"),
            form=BanReasonForm,
            question=_("解除后即可办理新业务。请写明原因。"),
        ),
    )

    @admin.display(description=_("范围"), ordering="category")
    def scope(self, ban: Ban) -> str:
        return str(ban.category or _("全部类别"))

    def record_context(self, request: HttpRequest, record: Ban) -> dict[str, Any]:
        now = timezone.now()
        in_force = Ban.objects.filter(in_force_at(now), pk=record.pk).exists()
        return {
            "title": str(record),
            "in_force": in_force,
            "ended": record.state == BanState.IN_FORCE and not in_force,
            "subjects": record.subjects.all(),
            "reviews": record.reviews.select_related("by"),
            "appeals": record.appeals.select_related("entered_by", "decided_by"),
            "passages": passages_of(record),
            "documents": documents_of(record, user_of(request))[:50],
            "timeline": journal.timeline(record)[:30],
        }
