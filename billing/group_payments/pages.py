"""The page on which a paper is spread: the list is read, previewed, and only then booked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.group_payments.forms import SpreadForm
from billing.group_payments.parts import (
    COLUMNS,
    Part,
    Preview,
    preview_parts,
    read_parts,
    text_of_sheet,
)
from billing.models import GroupPayment
from office.intake.list_files import binary_of
from office.intake.notices import notice_sentences
from office.intake.sheet import open_sheet
from office.language import Text
from office.models import Company
from office.outcomes import outcome_of
from office.screens.desk_page import desk_page

Values = Mapping[str, Any]
_SHOWN = 500


@dataclass(frozen=True)
class SpreadPage:
    """What differs between a paper that is typed and a line of a bank statement.

    `company_of` and `amount_of` read the form's values, `book` books the parts.
    """

    title: Text
    back: str
    company_of: Callable[[Values], Company]
    amount_of: Callable[[Values], int]
    book: Callable[[Values, Sequence[Part]], GroupPayment]
    facts: Sequence[tuple[Text, str]] = ()


@dataclass(frozen=True)
class _List:
    """The list of a request as text, with what is to know about the spreadsheet it came from."""

    text: str
    notices: Sequence[str] = ()


def spread(request: HttpRequest, page: SpreadPage, form: SpreadForm) -> HttpResponse:
    """Shows the form, previews its list, and books it when the preview is confirmed."""
    if not form.is_bound:
        return _show(request, page, form)
    if not form.is_valid():
        fault = next(str(fault) for faults in form.errors.values() for fault in faults)
        return _show(request, page, form, fault=fault, status=422)
    values = form.cleaned_data
    listed = outcome_of(lambda: _list_of(values))
    if listed.result is None:
        return _show(request, page, form, fault=listed.sentence(form), status=listed.status)
    text = listed.result.text
    preview = preview_parts(page.company_of(values), read_parts(text), timezone.now())
    fault, code = "", ""
    if request.POST.get("step") == "book" and not values["file"] and not preview.fault_count:
        outcome = outcome_of(lambda: page.book(values, preview.parts(values["seen"])))
        if outcome.result is not None:
            return redirect("admin:billing_grouppayment_change", outcome.result.pk)
        fault = outcome.sentence(form)
        code = outcome.refusal.code if outcome.refusal else ""
    data = request.POST.copy()
    data["parts"] = text
    form.data = data
    return _show(
        request,
        page,
        form,
        preview=preview,
        notices=listed.result.notices,
        amount_fen=page.amount_of(values),
        fault=fault,
        asks=code,
        status=422 if fault else 200,
    )


def _list_of(values: Values) -> _List:
    """Returns the uploaded list, else what was typed; raises `Invalid` for an unreadable file."""
    if values["file"] is None:
        return _List(values["parts"])
    sheet = open_sheet(binary_of(values["file"]), values["file"].name, COLUMNS)
    text = text_of_sheet(sheet)
    return _List(text, notice_sentences(sheet.notices().as_json()))


def _show(
    request: HttpRequest,
    page: SpreadPage,
    form: SpreadForm,
    *,
    preview: Preview | None = None,
    amount_fen: int = 0,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    rows = list(preview.rows) if preview else []
    # Faults first: of a long list the clerk sees what is to correct.
    rows.sort(key=lambda row: not row.typed.fault)
    gap_fen = preview.total_fen - amount_fen if preview else 0
    answer = desk_page(
        request,
        "billing/group_payments/spread.html",
        title=page.title,
        back=page.back,
        facts=page.facts,
        form=form,
        preview=preview,
        rows=rows[:_SHOWN],
        more_rows=max(0, len(rows) - _SHOWN),
        amount_fen=amount_fen,
        gap_fen=gap_fen,
        ready=bool(preview and preview.rows and not preview.fault_count and not gap_fen),
        none_typed=_("请填写每户的户号和金额。") if preview and not preview.rows else "",
        **context,
    )
    answer.status_code = status
    return answer
