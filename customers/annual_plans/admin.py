"""The screens of annual plans: the list, and a plan with its areas, approval and progress."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.annual_plans.forms import AnnualPlanForm, SurveyedAreaForm
from customers.annual_plans.kind import ANNUAL_PLAN_APPROVAL
from customers.annual_plans.operations import (
    add_surveyed_area,
    approve_annual_plan,
    draft_annual_plan,
    return_annual_plan,
    submit_annual_plan,
)
from customers.annual_plans.progress import progress_of
from customers.connection_states import ANNUAL_PLAN
from customers.models import AnnualPlan
from office import journal
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    passages_of,
    read_opinion,
)
from office.lists.filters import CompanyFilter
from office.models import User
from office.requests import actor_of
from office.screens.form_records import FormAdmin
from office.screens.records import Verb


@admin.register(AnnualPlan)
class AnnualPlanAdmin(FormAdmin):
    permission = "customers.draft_annual_plan"
    workflow = ANNUAL_PLAN
    record_page = "customers/annual_plans/annual_plan.html"
    list_display = ["year", "company", "state", "target", "drafted_by"]
    list_select_related = ["company", "drafted_by"]
    list_filter = [CompanyFilter, "state"]
    verbs = (
        Verb(
            "add_surveyed_area",
            _("登记片区"),
            "customers.draft_annual_plan",
            lambda plan, values, by, at: add_surveyed_area(
                plan, SurveyedAreaForm.facts(values), by=by, at=at
            ),
            _("片区已登记。"),
            form=SurveyedAreaForm,
        ),
        Verb(
            "submit_annual_plan",
            _("提交审批"),
            "customers.draft_annual_plan",
            lambda plan, values, by, at: submit_annual_plan(plan, by=by, at=at),
            _("计划已提交审批。"),
            question=_("提交后不能再改片区，退回后可改。"),
            look="button-primary",
        ),
        DecisionVerb(
            "approve_annual_plan",
            _("批准计划"),
            "customers.approve_annual_plan",
            lambda plan, answers, by, at: approve_annual_plan(
                plan, read_opinion(answers), by=by, at=at
            ),
            _("计划已批准。"),
            form=OpinionForm,
            look="button-primary",
            kind=ANNUAL_PLAN_APPROVAL,
        ),
        DecisionVerb(
            "return_annual_plan",
            _("退回计划"),
            "customers.approve_annual_plan",
            lambda plan, answers, by, at: return_annual_plan(
                plan, read_opinion(answers), by=by, at=at
            ),
            _("计划已退回。"),
            form=ReturnForm,
            kind=ANNUAL_PLAN_APPROVAL,
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        form = AnnualPlanForm(*args)
        form.offer(user)
        return form

    def make(self, form: Any, request: HttpRequest) -> AnnualPlan:
        values = form.cleaned_data
        return draft_annual_plan(
            values["company"],
            values["year"],
            values["target_area"],
            source=values["source"],
            by=actor_of(request),
            at=timezone.now(),
        )

    @admin.display(description=_("年度目标（m²）"))
    def target(self, plan: AnnualPlan) -> str:
        return f"{plan.target_area:,f}"

    def record_context(self, request: HttpRequest, record: AnnualPlan) -> dict[str, Any]:
        return {
            "title": str(record),
            "areas": record.areas.select_related("entered_by"),
            "steps": progress_of(record),
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:30],
        }
