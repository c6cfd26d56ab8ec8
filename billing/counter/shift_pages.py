"""The pages that open a shift with a counted float and close it with a blind count."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.counter.forms import CloseShiftForm, OpenShiftForm
from billing.counter.pages import open_shift_of
from billing.counter.shifts import cash_in_till_fen, close_shift, open_shift
from billing.models import Shift
from office.outcomes import Outcome, carry_out
from office.requests import actor_of
from office.screens.desk_page import desk_page, require_any


def open_shift_page(request: HttpRequest) -> HttpResponse:
    """Asks for the till and its float, and opens the cashier's shift."""
    user = require_any(request, "billing.open_shift")
    form = OpenShiftForm(user, request.POST or None)
    outcome: Outcome[Shift] = Outcome()
    if request.method == "POST":
        outcome = carry_out(
            form,
            lambda values: open_shift(
                values["company"],
                till=values["till"],
                float_fen=values["float"],
                by=actor_of(request),
                at=timezone.now(),
            ),
        )
        if outcome.result is not None:
            messages.success(request, _("已开班，可以收款。"))
            return redirect("admin:counter")
    context = {
        "title": _("开班"),
        "form": form,
        "refusal": outcome.refusal,
        "shift": open_shift_of(user),
    }
    page = desk_page(request, "billing/counter/open_shift.html", **context)
    page.status_code = outcome.status if request.method == "POST" else 200
    return page


def close_shift_page(request: HttpRequest) -> HttpResponse:
    """Takes a blind count; only then shows a difference, to be counted again or explained."""
    user = require_any(request, "billing.close_shift")
    shift = open_shift_of(user)
    if shift is None:
        return redirect("admin:counter")
    form = CloseShiftForm(request.POST or None)
    outcome: Outcome[Shift] = Outcome()
    if request.method == "POST":
        outcome = carry_out(
            form,
            lambda values: close_shift(
                shift,
                counted_fen=form.counted_fen,
                reason=values["reason"],
                by=actor_of(request),
                at=timezone.now(),
            ),
        )
        if outcome.result is not None:
            return redirect("admin:billing_shift_change", outcome.result.pk)
    context = {
        "title": _("交班"),
        "shift": shift,
        "form": form,
        "fault": outcome.sentence(form) if request.method == "POST" else "",
        **_difference(shift, form, outcome),
    }
    page = desk_page(request, "billing/counter/close_shift.html", **context)
    page.status_code = outcome.status if request.method == "POST" else 200
    return page


def _difference(shift: Shift, form: CloseShiftForm, outcome: Outcome[Shift]) -> dict[str, Any]:
    """Returns counted, expected and difference in fen, once a difference has no reason yet."""
    if outcome.refusal is None or outcome.refusal.code != "difference_unexplained":
        return {}
    expected_fen = cash_in_till_fen(shift)
    return {
        "counted_fen": form.counted_fen,
        "expected_fen": expected_fen,
        "difference_fen": form.counted_fen - expected_fen,
    }
