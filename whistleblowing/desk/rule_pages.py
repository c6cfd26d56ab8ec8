"""The page on which the island's dated rules are read and published."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from office.forms.day_field import DayField
from office.outcomes import Outcome, carry_out
from whistleblowing.desk.access import reader_page
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import ClockRule, RetentionRule, RoutingRule, StepKind
from whistleblowing.months import MONTHS
from whistleblowing.rules.operations import (
    publish_clock_rule,
    publish_retention_rule,
    publish_routing_rule,
)
from whistleblowing.words import Conclusion, Level, Rank


class DatedForm(forms.Form):
    """From when a rule holds, and which paper says so."""

    starts = DayField(label=_("施行日期"))
    source = forms.CharField(label=_("依据"), max_length=120)


class ClockRuleForm(DatedForm):
    """How many days or months a step may take."""

    step = forms.ChoiceField(label=_("事项"), choices=StepKind.choices)
    days = forms.IntegerField(label=_("天数或者月数"), min_value=1, max_value=3650)
    kind = forms.ChoiceField(
        label=_("怎样计算"),
        choices=[
            ("calendar_days", _("自然日")),
            ("working_days", _("工作日")),
            (MONTHS, _("自然月")),
        ],
    )
    remind_days = forms.IntegerField(label=_("提前提醒天数"), min_value=0, max_value=365)
    field_order = ["step", "days", "kind", "remind_days", "starts", "source"]


class RoutingRuleForm(DatedForm):
    """The lowest level that handles reports on a rank."""

    rank = forms.ChoiceField(label=_("被检举人的层级"), choices=Rank.choices)
    level = forms.TypedChoiceField(label=_("受理层级"), choices=Level.choices, coerce=int)
    field_order = ["rank", "level", "starts", "source"]


class RetentionRuleForm(DatedForm):
    """How many months a closed report is kept."""

    conclusion = forms.ChoiceField(label=_("结论"), choices=Conclusion.choices)
    months = forms.IntegerField(label=_("保存月数"), min_value=1, max_value=600)
    field_order = ["conclusion", "months", "starts", "source"]


FORMS: dict[str, type[DatedForm]] = {
    "publish_clock_rule": ClockRuleForm,
    "publish_routing_rule": RoutingRuleForm,
    "publish_retention_rule": RetentionRuleForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def audit_rules(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Lists the rules with their days and sources, and publishes one for a day to come."""
    action = request.POST.get("action", "")
    bound = {name: form(request.POST if name == action else None) for name, form in FORMS.items()}
    outcome: Outcome[object] = Outcome()
    if action in FORMS:
        outcome = carry_out(bound[action], _operation(action, reader))
        if outcome.result is not None:
            return redirect("audit_rules")
    shown = {
        "clock_rules": ClockRule.objects.order_by("step", "-starts"),
        "routing_rules": RoutingRule.objects.order_by("rank", "-starts"),
        "retention_rules": RetentionRule.objects.order_by("conclusion", "-starts"),
        "forms": bound,
        "refusal": outcome.refusal,
        "reader": reader,
    }
    status = outcome.status if action in FORMS else 200
    return render(request, "whistleblowing/desk/rules.html", shown, status=status)


def _operation(name: str, reader: Reader) -> Callable[[Mapping[str, Any]], object]:
    """Returns what carries out a form's cleaned values."""
    at = timezone.now()

    def dated(values: Mapping[str, Any]) -> dict[str, Any]:
        starts: date = values["starts"]
        return {"starts": starts, "source": values["source"], "by": reader, "at": at}

    operations: dict[str, Callable[[Mapping[str, Any]], object]] = {
        "publish_clock_rule": lambda values: publish_clock_rule(
            StepKind(values["step"]),
            kind=values["kind"],
            days=values["days"],
            remind_days=values["remind_days"],
            **dated(values),
        ),
        "publish_routing_rule": lambda values: publish_routing_rule(
            Rank(values["rank"]), Level(values["level"]), **dated(values)
        ),
        "publish_retention_rule": lambda values: publish_retention_rule(
            Conclusion(values["conclusion"]), values["months"], **dated(values)
        ),
    }
    return operations[name]
