"""The screens of stop-heat: terms, stops and resumptions with their approvals."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.change_states import RESUMPTION, STOP_HEAT
from billing.models import Resumption, ResumptionCause, StopHeat, StopHeatTerms
from billing.seasons.filters import SeasonFilter
from billing.stop_heat.forms import ResumptionForm, StopHeatForm, StopHeatTermsForm
from billing.stop_heat.kind import RESUMPTION_APPROVAL, STOP_HEAT_APPROVAL
from billing.stop_heat.operations import (
    apply_stop_heat,
    approve_stop_heat,
    cancel_stop_heat,
    return_stop_heat,
)
from billing.stop_heat.resumptions import (
    approve_resumption,
    cancel_resumption,
    draft_resumption,
    return_resumption,
)
from billing.stop_heat.terms import publish_stop_heat_terms
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


@admin.register(StopHeatTerms)
class StopHeatTermsAdmin(FormAdmin):
    permission = "billing.publish_stop_heat_terms"
    list_display = ["season", "company", "opens_on", "closes_on", "source"]
    list_select_related = ["season", "company"]
    list_filter = [CompanyFilter]
    fields = [
        *("company", "season", "opens_on", "closes_on", "no_arrears", "separable"),
        *("heated_last_season", "out_of_warranty", "most_of_unit", "partial_allowed"),
        *("reopening_fee_fen", "self_reconnection_fee_fen", "source"),
        *("published_by", "published_at"),
    ]

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return StopHeatTermsForm(user, *args)

    def make(self, form: StopHeatTermsForm, request: HttpRequest) -> StopHeatTerms:
        answers = form.cleaned_data
        return publish_stop_heat_terms(
            answers["season"],
            opens_on=answers["opens_on"],
            closes_on=answers["closes_on"],
            conditions=form.conditions,
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )


@admin.register(StopHeat)
class StopHeatAdmin(FormAdmin):
    permission = "billing.apply_stop_heat"
    workflow = STOP_HEAT
    record_page = "billing/stop_heat/stop_heat.html"
    list_display = ["account", "season", "areas", "state", "source", "created_by", "created_at"]
    list_select_related = ["account", "season", "created_by"]
    list_filter = [CompanyFilter, SeasonFilter, "state"]
    search_fields = ["account__number__exact"]
    search_help_text = _("完整的户号")
    verbs = (
        DecisionVerb(
            "approve_stop_heat",
            _("审核通过"),
            "billing.approve_stop_heat",
            lambda stop, answers, by, at: approve_stop_heat(
                stop, read_opinion(answers), by=by, at=at
            ),
            _("报停已生效。"),
            form=OpinionForm,
            question=_("请确认已核对申请材料和各项条件。"),
            look="button-primary",
            kind=STOP_HEAT_APPROVAL,
        ),
        DecisionVerb(
            "return_stop_heat",
            _("退回"),
            "billing.approve_stop_heat",
            lambda stop, answers, by, at: return_stop_heat(
                stop, read_opinion(answers), by=by, at=at
            ),
            _("报停申请已退回。"),
            form=ReturnForm,
            question=_("退回后由受理人取消，另行受理。"),
            kind=STOP_HEAT_APPROVAL,
        ),
        Verb(
            "cancel_stop_heat",
            _("取消申请"),
            "billing.cancel_stop_heat",
            lambda stop, answers, by, at: cancel_stop_heat(stop, by=by, at=at),
            _("报停申请已取消。"),
            question=_("取消后须重新受理。"),
            look="button-danger",
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return StopHeatForm(user, *args)

    def make(self, form: StopHeatForm, request: HttpRequest) -> StopHeat:
        answers = form.cleaned_data
        stops = apply_stop_heat(
            answers["season"],
            answers["applications"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )
        return stops[0]

    @admin.display(description=_("报停面积"))
    def areas(self, stop: StopHeat) -> Any:
        return "、".join(str(ordinal) for ordinal in stop.ordinals) or _("整户")

    def record_context(self, request: HttpRequest, record: StopHeat) -> dict[str, Any]:
        return {
            "title": str(record),
            "areas": self.areas(record),
            "resumptions": record.resumptions.order_by("-pk"),
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:30],
        }


@admin.register(Resumption)
class ResumptionAdmin(FormAdmin):
    permission = "billing.draft_resumption"
    workflow = RESUMPTION
    record_page = "billing/stop_heat/resumption.html"
    list_display = ["id", "account", "cause", "due_on", "state", "created_by", "created_at"]
    list_select_related = ["stop__account", "stop__season", "created_by"]
    list_filter = [CompanyFilter, "state", "cause"]
    search_fields = ["stop__account__number__exact"]
    search_help_text = _("完整的户号")
    verbs = (
        DecisionVerb(
            "approve_resumption",
            _("审核通过"),
            "billing.approve_resumption",
            lambda resumption, answers, by, at: approve_resumption(
                resumption, read_opinion(answers), by=by, at=at
            ),
            _("已恢复用热；应补的热费已出账。"),
            form=OpinionForm,
            question=_("请确认已核对依据。已出账的采暖季将补足全额热费。"),
            look="button-primary",
            kind=RESUMPTION_APPROVAL,
        ),
        DecisionVerb(
            "return_resumption",
            _("退回"),
            "billing.approve_resumption",
            lambda resumption, answers, by, at: return_resumption(
                resumption, read_opinion(answers), by=by, at=at
            ),
            _("复热申请已退回。"),
            form=ReturnForm,
            question=_("退回后由受理人取消，另行受理。"),
            kind=RESUMPTION_APPROVAL,
        ),
        Verb(
            "cancel_resumption",
            _("取消申请"),
            "billing.cancel_resumption",
            lambda resumption, answers, by, at: cancel_resumption(resumption, by=by, at=at),
            _("复热申请已取消。"),
            question=_("取消后须重新受理。"),
            look="button-danger",
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return ResumptionForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> Resumption:
        answers = form.cleaned_data
        return draft_resumption(
            answers["stop"],
            cause=ResumptionCause(answers["cause"]),
            due_on=answers["due_on"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )

    @admin.display(description=_("户号"))
    def account(self, resumption: Resumption) -> str:
        return resumption.stop.account.number

    def record_context(self, request: HttpRequest, record: Resumption) -> dict[str, Any]:
        return {
            "title": str(record),
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:30],
        }
