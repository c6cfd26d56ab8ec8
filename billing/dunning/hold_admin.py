"""The screens of what stops dunning: holds and instalment plans."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.dunning.forms import (
    CancelPlanForm,
    DunningHoldForm,
    InstalmentPlanForm,
    LiftHoldForm,
    initial_of,
)
from billing.dunning.holds import HoldFacts, lift_dunning_hold, place_dunning_hold
from billing.dunning.panel import dunning_panel
from billing.dunning.plans import agree_instalment_plan, cancel_instalment_plan
from billing.dunning.standings import plan_standings
from billing.models import DunningHold, HoldKind, InstalmentPart, InstalmentPlan
from customers.models import Account
from office.action_names import action_name
from office.calendar import business_date
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.models import User
from office.money import yuan_text
from office.requests import actor_of, user_of
from office.screens.form_page import form_page
from office.screens.form_records import FormAdmin
from office.screens.panels import add_panel
from office.screens.records import RecordInline, Verb


class AccountFormAdmin(FormAdmin):
    """Records about an account's contract; the account's page leads to the form with its number."""

    form_class: type[Any]

    def make_form(self, user: User, *args: Any) -> forms.Form:
        form: forms.Form = self.form_class(user, *args)
        return form

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        user = user_of(request)
        form = (
            self.make_form(user, request.POST)
            if request.method == "POST"
            else self.form_class(user, initial=initial_of(request.GET))
        )
        return form_page(
            self,
            request,
            form,
            lambda answers: self.make(form, request),
            title=action_name(self.permission.partition(".")[2]),
        )


@admin.register(DunningHold)
class DunningHoldAdmin(AccountFormAdmin):
    permission = "billing.place_dunning_hold"
    form_class = DunningHoldForm
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
        Verb(
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
class InstalmentPlanAdmin(AccountFormAdmin):
    permission = "billing.agree_instalment_plan"
    form_class = InstalmentPlanForm
    list_display = ["contract", "debt", "standing", "reason", "agreed_by", "agreed_at"]
    list_select_related = ["contract", "agreed_by"]
    list_filter = [CompanyFilter]
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

    def prepare_rows(self, request: HttpRequest, rows: Sequence[InstalmentPlan]) -> None:
        """Reads how all plans of the page stand by one statement."""
        _stand(rows)

    @admin.display(description=_("进度"))
    def standing(self, plan: InstalmentPlan) -> str:
        if not hasattr(plan, "standing"):
            _stand([plan])
        text: str = plan.standing  # type: ignore[attr-defined]
        return text


def _stand(plans: Sequence[InstalmentPlan]) -> None:
    """Writes on each plan how it stands today, in words."""
    standings = plan_standings([plan.pk for plan in plans], on=business_date(timezone.now()))
    for plan in plans:
        standing = standings[plan.pk]
        if plan.cancelled_at is not None:
            words = _("已取消")
        elif standing.is_fulfilled:
            words = _("已还清")
        elif standing.is_broken:
            words = _("已违约")
        else:
            words = _("履行中")
        paid = yuan_text(standing.paid_fen)
        plan.standing = f"{words}　{paid}"  # type: ignore[attr-defined]


add_panel(Account, dunning_panel)
