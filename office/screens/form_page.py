"""The page of a form that makes one record by one operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from office.outcomes import Outcome, carry_out

if TYPE_CHECKING:
    from office.screens.records import RecordAdmin


def form_page(
    screen: RecordAdmin,
    request: HttpRequest,
    form: forms.Form,
    operation: Callable[[Mapping[str, Any]], Any],
    template: str = "office/record_form.html",
    **context: Any,
) -> HttpResponse:
    """Shows the form; once it is posted, runs the operation and leads to the record it returns.

    An invalid or refused form is shown again with its sentence and the outcome's status. The caller
    has checked the permission.
    """
    outcome: Outcome[Any] = Outcome()
    if form.is_bound:
        outcome = carry_out(form, operation)
        if outcome.result is not None:
            return HttpResponseRedirect(screen.record_url(outcome.result))
    back = reverse(f"admin:{screen.opts.app_label}_{screen.opts.model_name}_changelist")
    page = screen.page(
        request, template, **{"back": back, **context}, form=form, refusal=outcome.refusal
    )
    page.status_code = outcome.status if form.is_bound else 200
    return page
