"""The admission's page with what may be done now, the board, and the list of qualifications."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    passages_of,
    read_opinion,
)
from office.approvals.steps import pending_approval
from office.documents.admin import documents_of
from office.documents.operations import Upload
from office.refusals import Invalid
from office.requests import user_of
from office.screens.desk_page import require_any
from office.screens.records import RecordAdmin, Verb
from suppliers.admission.board import board_at
from suppliers.admission.forms import (
    ApproveForm,
    ConditionForm,
    InspectionForm,
    QualificationForm,
    ReasonForm,
    ResubmitForm,
    TrialForm,
    TrialOpinionForm,
    VisitPlanForm,
    VisitReportForm,
)
from suppliers.admission.kind import ADMISSION_APPROVAL
from suppliers.admission.operations import (
    approve_admission,
    meet_condition,
    reject_admission,
    resubmit_admission,
    return_admission,
    stop_admission,
    withdraw_admission,
)
from suppliers.admission.qualification import qualify_supplier
from suppliers.admission.site_visits import fail_site_visit, pass_site_visit, plan_site_visit
from suppliers.admission.standing import missing_for_supply, suspensions_of
from suppliers.admission.trials import (
    OPINION_PERMISSIONS,
    give_trial_opinion,
    inspect_trial,
    latest_trial,
    order_trial,
)
from suppliers.models import Admission, Qualification, TrialRole
from suppliers.states import ADMISSION, OPEN_ADMISSIONS, SiteVisitState, TrialState


class ApproveVerb(DecisionVerb):
    """The button of a level; its form offers what this level must check."""

    def empty_form(self, record: Admission) -> forms.Form | None:
        approval = pending_approval(record)
        if approval is None:
            return None
        form = ApproveForm(initial={"seen": approval.step}, auto_id=f"{self.name}_%s")
        form.offer(approval.permission)
        return form


class ConditionVerb(Verb):
    """The button that confirms one of the open conditions."""

    def empty_form(self, record: Admission) -> forms.Form:
        form = ConditionForm(auto_id=f"{self.name}_%s")
        form.offer(record)
        return form


def _meet(admission: Admission, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    condition, paper = values["condition"], values["paper"]
    if condition.admission_id != admission.pk:
        raise Invalid("foreign_condition", _("这项条件不属于本次准入，请刷新页面。"))
    papers = (Upload(paper.name, paper),) if paper else ()
    return meet_condition(condition, evidence=values["evidence"], papers=papers, by=by, at=at)


def _in_use(admission: Admission) -> bool:
    trial = latest_trial(admission)
    return trial is not None and trial.state == TrialState.INSPECTED


def _opinion_verb(role: TrialRole) -> Verb:
    """Returns the button for one role's opinion after use."""
    permission = OPINION_PERMISSIONS[role]
    return Verb(
        permission.partition(".")[2],
        {
            TrialRole.CONSTRUCTION: _("施工意见"),
            TrialRole.TECHNICAL: _("技术意见"),
            TrialRole.OPERATIONS: _("运营意见"),
        }[role],
        permission,
        lambda admission, values, by, at: give_trial_opinion(
            admission, role, agrees=values["agrees"], text=values["text"], by=by, at=at
        ),
        _("试用意见已登记。"),
        form=TrialOpinionForm,
        look="button-primary",
        allowed=_in_use,
    )


@admin.register(Admission)
class AdmissionAdmin(RecordAdmin):
    workflow = ADMISSION
    record_page = "suppliers/admission/admission.html"
    list_display = ["supplier", "category", "state", "applied_by", "applied_at", "waiting_since"]
    list_display_links = ["supplier", "category"]
    list_select_related = ["supplier", "category", "applied_by"]
    list_filter = ["state"]
    search_fields = ["supplier__name", "category__name"]
    ordering = ["-pk"]
    verbs = (
        ApproveVerb(
            "approve_admission",
            _("同意"),
            "suppliers.check_admission_business",
            lambda admission, values, by, at: approve_admission(
                admission,
                read_opinion(values),
                checks=values["checks"],
                conditions=values["conditions"],
                by=by,
                at=at,
            ),
            _("意见已登记。"),
            form=ApproveForm,
            look="button-primary",
            kind=ADMISSION_APPROVAL,
        ),
        DecisionVerb(
            "return_admission",
            _("退回"),
            "suppliers.check_admission_business",
            lambda admission, values, by, at: return_admission(
                admission, read_opinion(values), by=by, at=at
            ),
            _("已退回申请人。"),
            form=ReturnForm,
            kind=ADMISSION_APPROVAL,
        ),
        DecisionVerb(
            "reject_admission",
            _("不予准入"),
            "suppliers.check_admission_business",
            lambda admission, values, by, at: reject_admission(
                admission, read_opinion(values), by=by, at=at
            ),
            _("已办结：不予准入。"),
            form=OpinionForm,
            question=_("本次准入将就此结束，不能恢复。请写明原因。"),
            kind=ADMISSION_APPROVAL,
        ),
        Verb(
            "resubmit_admission",
            _("重新提交"),
            "suppliers.apply_for_admission",
            lambda admission, values, by, at: resubmit_admission(admission, **values, by=by, at=at),
            _("已重新提交，从第1级开始审批。"),
            form=ResubmitForm,
            look="button-primary",
        ),
        Verb(
            "plan_site_visit",
            _("安排考察"),
            "suppliers.plan_site_visit",
            lambda admission, values, by, at: plan_site_visit(admission, **values, by=by, at=at),
            _("考察已安排。"),
            form=VisitPlanForm,
        ),
        Verb(
            "pass_site_visit",
            _("考察通过"),
            "suppliers.pass_site_visit",
            lambda admission, values, by, at: pass_site_visit(
                admission, VisitReportForm.report(values), by=by, at=at
            ),
            _("考察通过，可以下达试用。"),
            form=VisitReportForm,
            look="button-primary",
            allowed=lambda admission: admission.visits.filter(
                state=SiteVisitState.PLANNED
            ).exists(),
        ),
        Verb(
            "fail_site_visit",
            _("考察未通过"),
            "suppliers.pass_site_visit",
            lambda admission, values, by, at: fail_site_visit(
                admission, VisitReportForm.report(values), by=by, at=at
            ),
            _("考察结论已登记；整改后可再次安排考察。"),
            form=VisitReportForm,
            allowed=lambda admission: admission.visits.filter(
                state=SiteVisitState.PLANNED
            ).exists(),
        ),
        Verb(
            "order_trial",
            _("下达试用"),
            "suppliers.order_trial",
            lambda admission, values, by, at: order_trial(admission, **values, by=by, at=at),
            _("试用已下达。"),
            form=TrialForm,
        ),
        Verb(
            "inspect_trial",
            _("到货验收"),
            "suppliers.inspect_trial",
            lambda admission, values, by, at: inspect_trial(admission, **values, by=by, at=at),
            _("验收已登记，等待施工、技术、运营三方意见。"),
            form=InspectionForm,
        ),
        *(_opinion_verb(role) for role in TrialRole),
        ConditionVerb(
            "meet_condition",
            _("确认条件已满足"),
            "suppliers.meet_condition",
            _meet,
            _("条件已确认满足。"),
            form=ConditionForm,
            allowed=lambda admission: admission.conditions.filter(met_at=None).exists(),
        ),
        Verb(
            "qualify_supplier",
            _("准予批量供应"),
            "suppliers.qualify_supplier",
            lambda admission, values, by, at: qualify_supplier(admission, **values, by=by, at=at),
            _("已取得供货资格。"),
            form=QualificationForm,
            look="button-primary",
        ),
        Verb(
            "withdraw_admission",
            _("撤回"),
            "suppliers.apply_for_admission",
            lambda admission, values, by, at: withdraw_admission(admission, **values, by=by, at=at),
            _("已撤回。"),
            form=ReasonForm,
        ),
        Verb(
            "stop_admission",
            _("终止准入"),
            "suppliers.stop_admission",
            lambda admission, values, by, at: stop_admission(admission, **values, by=by, at=at),
            _("已终止。"),
            form=ReasonForm,
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.board_view)
        return [path("board/", view, name="supplier_admission_board"), *super().get_urls()]

    def board_view(self, request: HttpRequest) -> HttpResponse:
        """Shows where each applicant stands, how long and with whom."""
        require_any(request, "suppliers.view_admission")
        return self.page(
            request,
            "suppliers/admission/board.html",
            title=_("准入进度"),
            columns=board_at(timezone.now()),
        )

    def record_context(self, request: HttpRequest, record: Admission) -> dict[str, Any]:
        now = timezone.now()
        qualification = Qualification.objects.filter(admission=record).first()
        open_or_qualified = record.state in OPEN_ADMISSIONS or qualification is not None
        return {
            "title": str(record),
            "passages": passages_of(record),
            "checks": record.checks.select_related("opinion__by"),
            "conditions": record.conditions.select_related("set_by", "met_by"),
            "visits": record.visits.select_related("reported_by").prefetch_related(
                "team", "findings", "users"
            ),
            "trials": record.trials.select_related("inspected_by").prefetch_related("opinions__by"),
            "qualification": qualification,
            "missing": (
                missing_for_supply(record.supplier, record.category, now)
                if open_or_qualified
                else []
            ),
            "documents": documents_of(record, user_of(request))[:50],
            "timeline": journal.timeline(record)[:30],
        }


@admin.register(Qualification)
class QualificationAdmin(RecordAdmin):
    list_display = ["supplier", "category", "valid_from", "valid_until", "granted_by"]
    list_select_related = ["supplier", "category", "granted_by"]
    list_filter = ["category"]
    search_fields = ["supplier__name"]
    fields = [
        *("supplier", "category", "admission", "valid_from", "valid_until"),
        *("standing", "granted_by", "granted_at"),
    ]

    @admin.display(description=_("现在"))
    def standing(self, qualification: Qualification) -> str:
        reasons = suspensions_of([qualification], timezone.now())[qualification.pk]
        return "；".join(reasons) or str(_("有效"))
