"""The customers' ticket pages, rendered by the server so that they need no script."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.call_backs.forms import OpinionForm
from complaints.call_backs.operations import answer_own_call_back
from complaints.classes import Channel
from complaints.portal.forms import AddForm, OwnReportForm, VerdictForm
from complaints.portal.operations import (
    add_own_note,
    add_own_photo,
    judge_solution,
    open_own_ticket,
)
from complaints.portal.own_steps import follow, promise_of, stage_of
from complaints.portal.own_tickets import (
    PAGE,
    own_incidents,
    own_ticket,
    own_tickets,
    reportable_accounts,
)
from customers.models import CustomerToken
from customers.sign_in.page_sign_in import page_actor, sign_in_first
from office.documents.operations import Upload
from office.forms.form_keys import new_form_key
from office.forms.typed_numbers import read_page
from office.outcomes import carry_out, focus_first_fault, outcome_of


@require_safe
@sign_in_first
def tickets(request: HttpRequest, token: CustomerToken) -> HttpResponse:
    """Lists the customer's tickets; the first page begins with outages at their homes."""
    at = timezone.now()
    page = read_page(request.GET.get("page"))
    start = (page - 1) * PAGE
    # One more than the page shows tells whether there is a next page.
    found_tickets = list(own_tickets(token)[start : start + PAGE + 1])
    accounts = reportable_accounts(token, at)
    context = {
        "rows": [(row, stage_of(row), promise_of(row, at)) for row in found_tickets[:PAGE]],
        "next_page": page + 1 if len(found_tickets) > PAGE else None,
        "incidents": own_incidents(accounts) if page == 1 else [],
        "may_report": bool(accounts),
    }
    return render(request, "complaints/portal/my_tickets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_first
def report(request: HttpRequest, token: CustomerToken) -> HttpResponse:
    """Shows the form of a report and opens a ticket by it; the key makes it one, if sent twice."""
    at = timezone.now()
    accounts = reportable_accounts(token, at)
    context: dict[str, Any] = {
        "incidents": own_incidents(accounts),
        "reachable": sorted(
            {account.company for account in accounts if account.company.hotline}, key=str
        ),
    }
    if request.method != "POST":
        form = OwnReportForm(accounts=accounts, initial={"key": new_form_key()})
        return render(request, "complaints/portal/report.html", {"form": form, **context})
    form = OwnReportForm(request.POST, accounts=accounts)
    outcome = carry_out(
        form,
        lambda values: open_own_ticket(
            token,
            form.report(Channel.WECHAT if token.openid_digest else Channel.WEB),
            key=values["key"],
            photos=_photos(request),
            by=page_actor(request, token),
            at=at,
        ),
    )
    if outcome.result is not None:
        return redirect("my_ticket", number=outcome.result.number)
    refusal = outcome.refusal.sentence if outcome.refusal else ""
    context |= {"form": form, "refusal": refusal}
    return render(request, "complaints/portal/report.html", context, status=422)


@require_safe
@sign_in_first
def ticket(request: HttpRequest, token: CustomerToken, number: str) -> HttpResponse:
    """Shows one of the customer's tickets with what has happened and what can be answered."""
    return _ticket_page(request, token, number)


@require_POST
@sign_in_first
def add(request: HttpRequest, token: CustomerToken, number: str) -> HttpResponse:
    """Adds words, photos or both; a refusal of any part adds nothing."""
    form = AddForm(request.POST)
    photos = _photos(request)
    if not form.is_valid() or not (form.cleaned_data["text"].strip() or photos):
        return _ticket_page(request, token, number, _("请填写补充说明，或选择照片。"), form)
    by, at = page_actor(request, token), timezone.now()

    # One transaction around several operations: a photo that is refused takes the note back too.
    @transaction.atomic
    def add_all() -> None:
        if form.cleaned_data["text"].strip():
            values = form.cleaned_data
            add_own_note(token, number, values["text"], key=values["key"], by=by, at=at)
        for photo in photos:
            add_own_photo(token, number, photo, by=by, at=at)

    return _carry_out(request, token, number, form, add_all)


@require_POST
@sign_in_first
def judge(request: HttpRequest, token: CustomerToken, number: str) -> HttpResponse:
    """Takes the customer's answer whether the matter is solved."""
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _ticket_page(request, token, number, _("请选择是否已解决。"), form)
    values, by = form.cleaned_data, page_actor(request, token)
    return _carry_out(
        request,
        token,
        number,
        form,
        lambda: judge_solution(
            token,
            number,
            solved=values["solved"],
            remark=values["remark"],
            by=by,
            at=timezone.now(),
        ),
    )


@require_POST
@sign_in_first
def opinion(request: HttpRequest, token: CustomerToken, number: str) -> HttpResponse:
    """Takes the customer's opinion of the service, instead of a call back."""
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return _ticket_page(request, token, number, _("请选择满意、基本满意或不满意。"), form)
    by = page_actor(request, token)
    return _carry_out(
        request,
        token,
        number,
        form,
        lambda: answer_own_call_back(
            own_ticket(token, number), form.opinion(), by=by, at=timezone.now()
        ),
    )


def _carry_out(
    request: HttpRequest,
    token: CustomerToken,
    number: str,
    form: forms.Form,
    operation: Callable[[], object],
) -> HttpResponse:
    """Runs the operation and redirects to the ticket; a refusal is shown above the ticket, and
    the form keeps what was typed.
    """
    refusal = outcome_of(operation).refusal
    if refusal is not None:
        return _ticket_page(request, token, number, refusal.sentence, form)
    return redirect("my_ticket", number=number)


def _ticket_page(
    request: HttpRequest,
    token: CustomerToken,
    number: str,
    refusal: str = "",
    sent_form: forms.Form | None = None,
) -> HttpResponse:
    """Shows the ticket, with a refusal above it; the list instead where it is not theirs.

    The form that was refused keeps what was typed and gets the cursor.
    """
    at = timezone.now()
    outcome = outcome_of(lambda: follow(own_ticket(token, number), at=at))
    followed_ticket = outcome.result
    if followed_ticket is None:
        context: dict[str, Any] = {"refusal": outcome.refusal.sentence if outcome.refusal else ""}
        status = outcome.status
        return render(request, "complaints/portal/my_tickets.html", context, status=status)
    context = {
        "own": followed_ticket,
        "ticket": followed_ticket.ticket,
        "promise": promise_of(followed_ticket.ticket, at),
        # The newest step first.
        "steps": followed_ticket.steps[::-1],
        "refusal": refusal,
        "add": _add_form(sent_form),
        "verdict": sent_form if isinstance(sent_form, VerdictForm) else VerdictForm(),
        "opinion": _opinion_form(sent_form) if followed_ticket.asks_opinion else None,
    }
    status = 422 if refusal else 200
    return render(request, "complaints/portal/my_ticket.html", context, status=status)


def _add_form(sent_form: forms.Form | None) -> AddForm:
    """Returns the form for words and photos with what was typed, under a key of its own."""
    initial = {"key": new_form_key()}
    if not isinstance(sent_form, AddForm):
        return AddForm(initial=initial)
    form = AddForm(initial=initial | {"text": sent_form["text"].value()})
    form.fields["text"].widget.attrs["autofocus"] = True
    return form


def _opinion_form(sent_form: forms.Form | None) -> OpinionForm:
    """Returns the form for the opinion, as it was sent where it was refused."""
    if not isinstance(sent_form, OpinionForm):
        return OpinionForm()
    focus_first_fault(sent_form)
    return sent_form


def _photos(request: HttpRequest) -> tuple[Upload, ...]:
    """Returns the photos that came with the form."""
    files = request.FILES.getlist("photos")
    return tuple(Upload(str(file.name), file) for file in files)
