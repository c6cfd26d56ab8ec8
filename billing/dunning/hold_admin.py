"""The screens of what stops dunning: holds and instalment plans."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.dunning.forms import (
    CancelPlanForm,
    DunningHoldForm,
    InstalmentPlanForm,
    LiftHoldForm,
)
from billing.dunning.holds import HoldFacts, lift_dunning_hold, place_dunning_hold
from billing.dunning.panel import dunning_panel
from billing.dunning.plans import agree_instalment_plan, cancel_instalment_plan
from billing.dunning.standings import plan_standings, standing_words
from billing.dunning.tasks_waiting import BrokenPlanFilter
from billing.models import DunningHold, HoldKind, InstalmentPart, InstalmentPlan
from customers.models import Account
from office.calendar import business_date
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.models import User
from office.money import yuan_text
from office.requests import actor_of
from office.screens.form_records import FormAdmin
from office.screens.panels import add_panel
from office.screens.records import RecordInline, Verb


class LiftVerb(Verb):
    """The button that lifts a hold; an exemption is lifted by who may exempt."""

    def shown_to(self, user: User, record: Any) -> bool:
        """Returns whether the user may lift this kind of hold."""
        may_lift = record.kind != HoldKind.EXEMPT or user.has_perm("billing.exempt_from_dunning")
        return may_lift and super().shown_to(user, record)


@admin.register(DunningHold)
class DunningHoldAdmin(FormAdmin):
    permission = "billing.place_dunning_hold"
    list_display = ["contract", "kind", "starts", "ends", "promised", "reason", "lifted_at"]
    list_select_related = ["contract"]
    list_filter = [CompanyFilter, "kind", "ends"]
    search_fields = ["contract__account__number__exact"]
    search_help_text = _("完整的户号")
    fields = [
        *("contract", "kind", "starts", "ends", "promised", "reason", "source"),
        *("entered_by", "entered_at", "lifted_by", "lifted_at", "lifting_reason"),
    ]
    readonly_fields = ["promised"]
    verbs = (
        LiftVerb(
            "lift_dunning_hold",
            _("解除"),
            "billing.lift_dunning_hold",
            lambda hold, values, by, at: lift_dunning_hold(
                hold, reason=values["reason"], by=by, at=at
            ),
            _("已解除，可以再催缴。"),
            form=LiftHoldForm,
            allowed=lambda hold: hold.lifted_at is None,
        ),
    )

    promised = MoneyColumn("promised_fen", _("承诺金额（元）"))

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return DunningHoldForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> DunningHold:
        answers = form.cleaned_data
        facts = HoldFacts(
            HoldKind(answers["kind"]),
            answers["ends"],
            answers["reason"],
            answers["source"],
            answers["promised"],
        )
        return place_dunning_hold(
            answers["account"], facts, by=actor_of(request), at=timezone.now()
        )


class InstalmentPartInline(RecordInline):
    model = InstalmentPart
    fields = ["ordinal", "due_on", "amount"]
    readonly_fields = ["amount"]

    @admin.display(description=_("金额（元）"))
    def amount(self, part: InstalmentPart) -> str:
        return yuan_text(part.amount_fen)


@admin.register(InstalmentPlan)
class InstalmentPlanAdmin(FormAdmin):
    permission = "billing.agree_instalment_plan"
    list_display = ["contract", "debt", "standing", "reason", "agreed_by", "agreed_at"]
    list_select_related = ["contract", "agreed_by"]
    list_filter = [CompanyFilter, BrokenPlanFilter]
    search_fields = ["contract__account__number__exact"]
    search_help_text = _("完整的户号")
    fields = [
        *("contract", "debt", "standing", "reason", "source", "agreed_by", "agreed_at"),
        *("cancelled_by", "cancelled_at", "cancel_reason"),
    ]
    readonly_fields = ["debt", "standing"]
    inlines = [InstalmentPartInline]
    verbs = (
        Verb(
            "cancel_instalment_plan",
            _("取消计划"),
            "billing.cancel_instalment_plan",
            lambda plan, values, by, at: cancel_instalment_plan(
                plan, reason=values["reason"], by=by, at=at
            ),
            _("计划已取消，可以再催缴。"),
            form=CancelPlanForm,
            look="button-danger",
            allowed=lambda plan: plan.cancelled_at is None,
        ),
    )

    debt = MoneyColumn("debt_fen", _("计划总额（元）"))

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return InstalmentPlanForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> InstalmentPlan:
        answers = form.cleaned_data
        return agree_instalment_plan(
            answers["account"],
            answers["parts"],
            reason=answers["reason"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )

    def prepare_rows(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Reads how all plans of the page stand today by one statement."""
        standings = plan_standings([plan.pk for plan in rows], on=business_date(timezone.now()))
        for plan in rows:
            words = standing_words(plan, standings[plan.pk])
            plan.standing_words = f"{words}　{yuan_text(standings[plan.pk].paid_fen)}"

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        plan = super().get_object(request, object_id, from_field)
        if plan is not None:
            self.prepare_rows(request, [plan])
        return plan

    @admin.display(description=_("进度"))
    def standing(self, plan: Any) -> str:
        words: str = plan.standing_words
        return words


add_panel(Account, dunning_panel)
