"""The screens of renewal runs: create, preview, approve, draw up and print."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.contracts.expiring import DUE_DAYS
from customers.models import RenewalRun
from customers.renewals.kind import RENEWAL_RUN_APPROVAL, RENEWAL_RUN_KIND
from customers.renewals.operations import (
    approve_renewal_run,
    cancel_renewal_run,
    create_renewal_run,
    issue_renewal_run,
    preview_renewal_run,
    resume_renewal_run,
    return_renewal_run,
)
from customers.states import RENEWAL_RUN, RenewalRunState
from office.approvals.screen import DecisionVerb, OpinionForm, ReturnForm, read_opinion
from office.calendar import business_date
from office.documents.admin import documents_of
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.lists.filters import CompanyFilter
from office.models import User
from office.requests import actor_of, user_of
from office.runs.screen import ExceptionList, ExceptionRow, ResumeVerb, RunAdmin
from office.screens.form_page import form_page
from office.screens.records import Verb

MOST_PARKED = 100
_STEPS = (
    (_("定范围"), (RenewalRunState.SCOPED,)),
    (_("预览"), (RenewalRunState.PREVIEWING,)),
    (_("审核"), (RenewalRunState.PREVIEWED,)),
    (_("续签"), (RenewalRunState.APPROVED, RenewalRunState.ISSUING)),
    (_("已续签"), (RenewalRunState.ISSUED,)),
)


class RenewalScopeForm(forms.Form):
    """The company, and within which days the terms to be renewed end."""

    company = CompanyField()
    ends_from = DayField(label=_("届满日期起"))
    ends_until = DayField(label=_("届满日期止"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.offer(user)


@admin.register(RenewalRun)
class RenewalRunAdmin(RunAdmin):
    workflow = RENEWAL_RUN
    run_kind = RENEWAL_RUN_KIND
    run_steps = _STEPS
    record_page = "customers/renewals/renewal_run.html"
    list_display = ["name", "company", "state", "draft_count", "created_by", "created_at"]
    list_display_links = ["name"]
    list_select_related = ["company", "created_by"]
    list_filter = [CompanyFilter, "state"]
    ordering = ["-pk"]
    verbs = (
        Verb(
            "preview_renewal_run",
            _("预览"),
            "customers.create_renewal_run",
            lambda run, values, by, at: preview_renewal_run(run, by=by, at=at),
            _("已开始预览。"),
            look="button-primary",
        ),
        DecisionVerb(
            "approve_renewal_run",
            _("审核通过"),
            "customers.approve_renewal_run",
            lambda run, values, by, at: approve_renewal_run(
                run, read_opinion(values), by=by, at=at
            ),
            _("已审核通过。"),
            form=OpinionForm,
            question=_("请确认已核对续签的合同数、合同文本和暂缓的合同。"),
            look="button-primary",
            kind=RENEWAL_RUN_APPROVAL,
        ),
        DecisionVerb(
            "return_renewal_run",
            _("退回"),
            "customers.approve_renewal_run",
            lambda run, values, by, at: return_renewal_run(run, read_opinion(values), by=by, at=at),
            _("批次已退回。"),
            form=ReturnForm,
            question=_("退回后须重新预览，再由他人审核。"),
            kind=RENEWAL_RUN_APPROVAL,
        ),
        Verb(
            "issue_renewal_run",
            _("办理续签"),
            "customers.issue_renewal_run",
            lambda run, values, by, at: issue_renewal_run(run, by=by, at=at),
            _("已开始续签，合同拟订后自动打印成册。"),
            question=_("续签合同将逐份编号并打印成册，送用户签署。"),
            look="button-primary",
        ),
        ResumeVerb(
            "resume_renewal_run",
            _("继续"),
            "",
            lambda run, values, by, at: resume_renewal_run(run, by=by, at=at),
            _("已从中断处继续。"),
            look="button-primary",
            kind=RENEWAL_RUN_KIND,
        ),
        Verb(
            "cancel_renewal_run",
            _("取消批次"),
            "customers.create_renewal_run",
            lambda run, values, by, at: cancel_renewal_run(run, by=by, at=at),
            _("批次已取消。"),
            question=_("取消后须重新创建批次。"),
            look="button-danger",
        ),
    )

    @admin.display(description=_("续签批次"), ordering="pk")
    def name(self, run: RenewalRun) -> str:
        return str(run)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("customers.create_renewal_run")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Shows the form of the scope and creates the run."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        user, today = user_of(request), business_date(timezone.now())
        if request.method == "POST":
            form = RenewalScopeForm(user, request.POST)
        else:
            days = {"ends_from": today, "ends_until": today + timedelta(days=DUE_DAYS)}
            form = RenewalScopeForm(user, initial=days)
        return form_page(
            self,
            request,
            form,
            lambda values: create_renewal_run(
                values["company"],
                values["ends_from"],
                values["ends_until"],
                by=actor_of(request),
                at=timezone.now(),
            ),
            title=_("新建续签批次"),
        )

    def record_context(self, request: HttpRequest, record: RenewalRun) -> dict[str, Any]:
        user = user_of(request)
        papers = reverse("admin:customers_contractpaper_changelist")
        return {
            **super().record_context(request, record),
            "summary": record.summary,
            "papers": record.papers.count(),
            "papers_page": f"{papers}?renewal__id__exact={record.pk}",
            "exception_lists": [_parked(record)],
            "documents": documents_of(record, user)[:50]
            if user.has_perm("office.view_document")
            else [],
        }


def _parked(run: RenewalRun) -> ExceptionList:
    parked = run.parked.select_related("contract__account").order_by("contract__account__number")
    return ExceptionList(
        pgettext_lazy("plural", "暂缓续签"),
        [
            ExceptionRow(
                reverse("admin:customers_supplycontract_change", args=[row.contract_id]),
                row.contract.account.number,
                row.sentence,
            )
            for row in parked[:MOST_PARKED]
        ],
        run.parked.count(),
        _("户号"),
        _("没有暂缓的合同。"),
    )
