"""Dated rules on screen: those in force, those to come, and how a new one is published."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.classes import TicketClass
from complaints.models import AfterUnanswered, CallBackPolicy, PromiseRule
from complaints.rules.forms import PolicyForm, RuleForm
from complaints.rules.in_force import (
    clock_rule,
    rule_in_force,
    standing_policies,
    standing_rules,
)
from complaints.rules.operations import publish_call_back_policy, publish_promise_rule
from complaints.rules.words import rule_in_words
from office.actors import Actor
from office.calendar import business_date, working_calendar
from office.case_files import Fields
from office.clock import promise
from office.clock.terms import read_rule
from office.lists.filters import CompanyFilter
from office.outcomes import Outcome, carry_out
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin
from office.zone import SHANGHAI

PUBLISH = "publish"


@dataclass(frozen=True)
class Example:
    """A ticket received at a time, with its due time by the present rule and by the new one."""

    received: datetime
    now: datetime | None
    new: datetime


class DatedRuleAdmin(RecordAdmin):
    """The screen of rules that are valid from a day on and never change."""

    permission = ""
    template = ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm(self.permission)

    def publish_page(
        self,
        request: HttpRequest,
        make_form: Callable[..., Any],
        publish: Callable[[Mapping[str, Any], Actor, datetime], Any],
        preview: Callable[[Mapping[str, Any]], Any],
    ) -> HttpResponse:
        """Shows the preview and publishes exactly what was previewed."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        user, now = user_of(request), timezone.now()
        tomorrow = business_date(now) + timedelta(days=1)
        form = (
            make_form(user, request.POST)
            if request.method == "POST"
            else make_form(user, initial={"effective_from": tomorrow})
        )
        outcome: Outcome[Any] = Outcome()
        shown = None
        if request.method == "POST" and form.is_valid():
            if PUBLISH in request.POST and request.POST.get("seen") == form.fingerprint:
                outcome = carry_out(form, lambda values: publish(values, actor_of(request), now))
                if outcome.result is not None:
                    messages.success(request, _("已发布，自执行日期起生效；已受理的工单不变。"))
                    return HttpResponseRedirect(self.record_url(outcome.result))
            elif PUBLISH in request.POST:
                messages.warning(request, _("内容在预览之后改过，请核对预览再发布。"))
            shown = preview(form.cleaned_data)
        page = self.page(
            request,
            self.template,
            title=_("发布%(what)s") % {"what": self.opts.verbose_name},
            form=form,
            preview=shown,
            seen=form.fingerprint if shown else "",
            refusal=outcome.refusal,
            back=reverse(f"admin:{self._url_name('changelist')}"),
        )
        invalid = request.method == "POST" and (form.errors or outcome.refusal)
        page.status_code = outcome.status if invalid else 200
        return page


@admin.register(PromiseRule)
class PromiseRuleAdmin(DatedRuleAdmin):
    permission = "complaints.publish_promise_rule"
    template = "complaints/rules/publish_promise_rule.html"
    list_display = [
        "ticket_class",
        "owner",
        "effective_from",
        "words",
        "source",
        "published_by",
        "published_at",
    ]
    list_select_related = ["company", "published_by"]
    list_filter = [CompanyFilter, "ticket_class"]
    list_before_template = "complaints/rules/standing_rules.html"
    ordering = ["-pk"]
    fields = [
        "ticket_class",
        "owner",
        "effective_from",
        "words",
        "source",
        "published_by",
        "published_at",
    ]
    readonly_fields = ["owner", "words"]

    @admin.display(description=gettext_lazy("适用"))
    def owner(self, rule: PromiseRule) -> str:
        return rule.company.short_name if rule.company else _("全集团")

    @admin.display(description=gettext_lazy("时限"))
    def words(self, rule: PromiseRule) -> str:
        return rule_in_words(clock_rule(rule))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        today = business_date(timezone.now())
        standing = [
            {
                "standing": row,
                "now": self.words(row.now) if row.now else "",
                "ahead": [(rule, self.words(rule)) for rule in row.ahead],
            }
            for row in standing_rules(user_of(request), today)
        ]
        context = {"standing": standing, "today": today}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self.publish_page(request, RuleForm, _publish_rule, _examples)


@admin.register(CallBackPolicy)
class CallBackPolicyAdmin(DatedRuleAdmin):
    permission = "complaints.publish_call_back_policy"
    template = "complaints/rules/publish_call_back_policy.html"
    list_display = [
        "effective_from",
        "owner",
        "sample_percent",
        "most_attempts",
        "hours_between",
        "after_unanswered",
        "source",
        "published_by",
    ]
    list_select_related = ["company", "published_by"]
    list_filter = [CompanyFilter]
    list_before_template = "complaints/rules/standing_policies.html"
    ordering = ["-pk"]
    fields = [
        "owner",
        "effective_from",
        "sample_percent",
        "most_attempts",
        "hours_between",
        "after_unanswered",
        "source",
        "published_by",
        "published_at",
    ]
    readonly_fields = ["owner"]

    @admin.display(description=gettext_lazy("适用"))
    def owner(self, policy: CallBackPolicy) -> str:
        return policy.company.short_name if policy.company else _("全集团")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        today = business_date(timezone.now())
        context = {"standing": standing_policies(user_of(request), today), "today": today}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self.publish_page(request, PolicyForm, _publish_policy, lambda values: values)


def _publish_rule(values: Mapping[str, Any], by: Actor, at: datetime) -> PromiseRule:
    return publish_promise_rule(
        values["company"],
        TicketClass(values["ticket_class"]),
        values["terms"],
        effective_from=values["effective_from"],
        source=values["source"],
        by=by,
        at=at,
    )


def _publish_policy(values: Mapping[str, Any], by: Actor, at: datetime) -> CallBackPolicy:
    return publish_call_back_policy(
        values["company"],
        sample_percent=values["sample_percent"],
        most_attempts=values["most_attempts"],
        hours_between=values["hours_between"],
        after_unanswered=AfterUnanswered(values["after_unanswered"]),
        effective_from=values["effective_from"],
        source=values["source"],
        by=by,
        at=at,
    )


def _examples(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns due times of tickets received now, at ten to midnight and on Saturday."""
    rule = read_rule(Fields(values["terms"], "时限"))
    calendar = working_calendar()
    now = timezone.now().astimezone(SHANGHAI)
    today = business_date(now)
    present_rule = None
    if values["company"] is not None:
        present_rule = rule_in_force(values["company"], TicketClass(values["ticket_class"]), today)
    else:
        group = PromiseRule.objects.filter(
            company=None, ticket_class=values["ticket_class"], effective_from__lte=today
        )
        present_rule = group.order_by("-effective_from", "-pk").first()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    return {
        "words": rule_in_words(rule),
        "held": rule_in_words(clock_rule(present_rule)) if present_rule else "",
        "examples": [
            Example(
                received,
                promise(clock_rule(present_rule), received, calendar) if present_rule else None,
                promise(rule, received, calendar),
            )
            for received in (now, _moment(today, 23, 50), _moment(saturday, 10, 0))
        ],
    }


def _moment(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
