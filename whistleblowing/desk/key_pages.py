"""The pages of the officer's own key: passphrase, unlocking, locking, recovery."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from office.outcomes import Outcome, carry_out
from whistleblowing.desk.access import let_in, officer_page, person_of
from whistleblowing.desk.forms import ChangeForm, PassphraseForm, UnlockForm
from whistleblowing.keys.open_keys import close_token
from whistleblowing.models import KeyRecovery, Officer
from whistleblowing.officers.escrow import FEWEST_HOLDERS, is_in_escrow
from whistleblowing.officers.operations import (
    change_passphrase,
    set_first_passphrase,
    unlock_key,
)
from whistleblowing.officers.recovery import begin_recovery, finish_recovery
from whistleblowing.walls import DESK_COOKIE, DESK_ROOM

_TEMPLATE = "whistleblowing/desk"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@officer_page
def audit_unlock(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Asks for the passphrase, or lets a new officer choose one; opens the desk with it."""
    is_new = not officer.public_key
    form_class = PassphraseForm if is_new else UnlockForm
    form = form_class(request.POST if request.method == "POST" else None)
    operation = set_first_passphrase if is_new else unlock_key
    outcome: Outcome[bytes] = Outcome()
    if request.method == "POST":
        outcome = carry_out(
            form,
            lambda values: operation(
                officer, values["passphrase"], by=person_of(request), at=timezone.now()
            ),
        )
    if outcome.result is not None:
        return let_in(request, redirect("audit_desk"), officer, outcome.result)
    shown = {"form": form, "is_new": is_new, "refusal": outcome.refusal, "officer": officer}
    status = outcome.status if request.method == "POST" else 200
    return render(request, f"{_TEMPLATE}/unlock.html", shown, status=status)


@require_POST
@officer_page
def audit_lock(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Closes the officer's key in this browser."""
    close_token(request.COOKIES.get(DESK_COOKIE, ""))
    answer = redirect("audit_unlock")
    answer.delete_cookie(DESK_COOKIE, path=DESK_ROOM, samesite="Strict")
    return answer


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@officer_page
def audit_passphrase(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Changes the passphrase; the officer unlocks again with the new one."""
    form = ChangeForm(request.POST if request.method == "POST" else None)
    outcome: Outcome[bool] = Outcome()
    if request.method == "POST":
        outcome = carry_out(
            form,
            lambda values: (
                change_passphrase(
                    officer,
                    values["old"],
                    values["passphrase"],
                    by=person_of(request),
                    at=timezone.now(),
                )
                is None
            ),
        )
    if outcome.result:
        return redirect("audit_unlock")
    shown = {"form": form, "refusal": outcome.refusal, "in_escrow": is_in_escrow(officer)}
    status = outcome.status if request.method == "POST" else 200
    return render(request, f"{_TEMPLATE}/passphrase.html", shown, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@officer_page
def audit_recovery(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Begins a recovery under a new passphrase, and ends it once two holders have agreed."""
    recovery = KeyRecovery.objects.filter(officer=officer, done_at=None).first()
    ready = recovery is not None and recovery.approvals.count() >= FEWEST_HOLDERS
    form = (UnlockForm if ready else PassphraseForm)(
        request.POST if request.method == "POST" else None
    )
    outcome: Outcome[bytes | KeyRecovery] = Outcome()
    if request.method == "POST":
        person, at = person_of(request), timezone.now()
        outcome = carry_out(
            form,
            lambda values: (
                finish_recovery(recovery, values["passphrase"], by=person, at=at)
                if recovery is not None and ready
                else begin_recovery(officer, values["passphrase"], by=person, at=at)
            ),
        )
    if isinstance(outcome.result, bytes):
        return let_in(request, redirect("audit_desk"), officer, outcome.result)
    if outcome.result is not None:
        return redirect("audit_recovery")
    shown = {
        "form": form,
        "refusal": outcome.refusal,
        "recovery": recovery,
        "ready": ready,
        "approvals": recovery.approvals.count() if recovery else 0,
        "in_escrow": is_in_escrow(officer),
    }
    status = outcome.status if request.method == "POST" else 200
    return render(request, f"{_TEMPLATE}/recovery.html", shown, status=status)
