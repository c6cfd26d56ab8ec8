"""The repairer's pages: today's visits, one visit step by step, made for bad connections."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from complaints.classes import PauseReason
from complaints.models import ItemKind, StepAnswer, Visit, VisitOutcome
from complaints.visits.crew_visits import (
    customers_notes,
    customers_photos,
    known_about,
    progress_of,
    visits_at_hand,
    visits_of,
)
from complaints.visits.repairer import repairers_page
from complaints.visits.step_form import read_deed, read_stamp
from complaints.visits.steps import take_visit_step
from office.locks.lock_waits import BUSY
from office.outcomes import outcome_of
from office.readable_requests import drops_nul
from office.refusals import NotFound, Refused
from office.requests import actor_of, user_of

WITHDRAWN = _("这次派工已被调度撤回。您写的内容和照片已存入工单记录，没有丢失。")


@require_safe
@repairers_page
def crew_visits(request: HttpRequest) -> HttpResponse:
    """Shows the visits of today."""
    user, now = user_of(request), timezone.now()
    shown = [(visit, progress_of(visit)) for visit in visits_at_hand(user, now)]
    return render(request, "complaints/visits/crew_visits.html", {"visits": shown, "now": now})


@require_safe
@repairers_page
def crew_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows one visit: place, customer, history, and the next step."""
    user = user_of(request)
    photos = Count("steps__document", distinct=True)
    tests = Count("ticket__temperature_tests", distinct=True)
    visit = get_object_or_404(visits_of(user).annotate(photos=photos, tests=tests), pk=pk)
    shown = {
        "visit": visit,
        "ticket": visit.ticket,
        "progress": progress_of(visit),
        "known": known_about(visit, user),
        "items": visit.items.order_by("pk"),
        "notes": customers_notes(visit.ticket),
        "customers_photos": customers_photos(visit.ticket, user),
        "now": timezone.now(),
        "outcomes": VisitOutcome,
        "item_kinds": ItemKind,
        "pause_reasons": PauseReason,
    }
    return render(request, "complaints/visits/crew_visit.html", shown)


# A step that is refused for a character nobody sees would stay on the phone.
@drops_nul
@require_POST
@repairers_page
def take_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one step that the phone sent; the same step again gets the same answer."""
    outcome = outcome_of(lambda: _take_step(request, pk))
    if outcome.refusal is not None:
        return _refuse(outcome.refusal)
    return JsonResponse(outcome.result)


def _take_step(request: HttpRequest, pk: int) -> dict[str, str]:
    """Carries out the step and returns the answer to the phone."""
    rows = Visit.objects.visible_to(user_of(request)).select_related("ticket__company")
    visit = rows.filter(pk=pk).first()
    if visit is None:
        raise NotFound(_("没有这次上门。"))
    stamp = read_stamp(request.POST)
    deed = read_deed(request.POST, request.FILES)
    step = take_visit_step(visit, deed, stamp, by=actor_of(request), at=timezone.now())
    visit.refresh_from_db()
    withdrawn = step.answer == StepAnswer.WITHDRAWN
    return {
        "answer": step.answer,
        "progress": progress_of(visit),
        "sentence": str(WITHDRAWN) if withdrawn else "",
    }


def _refuse(refusal: Refused) -> JsonResponse:
    """Answers with the refusal, which makes the phone put the step aside until it is corrected.

    The phone sends a step without a sentence again by itself: right for a lock that was not free,
    since nothing is wrong with the step.
    """
    if refusal.code == BUSY:
        return JsonResponse({"code": BUSY}, status=503)
    content = {"code": refusal.code, "sentence": refusal.sentence}
    return JsonResponse(content, status=refusal.status)


@require_safe
def crew_worker(request: HttpRequest) -> HttpResponse:
    """Returns the service worker, served from the path that it controls."""
    return render(request, "complaints/visits/crew_worker.js", content_type="text/javascript")
