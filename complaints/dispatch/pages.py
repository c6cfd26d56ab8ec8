"""The dispatch board: the dispatcher ticks tickets and chooses a crew.

When two dispatchers assign the same ticket, the second reads a refusal for that ticket only.
"""

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.dispatch.board import PAGE, board_mark, clusters_of, find_waiting
from complaints.dispatch.operations import assign_ticket
from complaints.models import Crew, Ticket
from complaints.rosters.on_duty import crews_at_hand
from office.forms.typed_numbers import LAST_PAGE, read_number
from office.models import User
from office.outcomes import outcome_of
from office.requests import actor_of, watched_only
from office.screens.desk_page import desk_page, require_any

MAY = "complaints.assign_ticket"
# The most tickets that one press assigns; the rest of a longer list is ignored.
MOST_AT_ONCE = 100


def dispatch(request: HttpRequest) -> HttpResponse:
    """Shows the waiting tickets by due time, beside the crews with their load."""
    user = require_any(request, MAY)
    text, now = request.GET.get("q", "").strip()[:80], timezone.now()
    # The board counts its pages from 0.
    page = read_number(request.GET.get("page"), largest=LAST_PAGE) or 0
    # The mark is read before the tickets: a change while the page is made differs from it later.
    mark = board_mark(user)
    tickets = find_waiting(user, text, page)
    crews = crews_at_hand(user.visible_company_ids, now)
    context = {
        "title": gettext_lazy("调度台"),
        "clusters": clusters_of(tickets[:PAGE], crews),
        "crews": sorted(crews, key=lambda row: (not row.on_duty, row.load, row.crew.name)),
        "several_companies": len({row.crew.company_id for row in crews}) > 1,
        "query": text,
        "mark": mark,
        "waiting": int(mark.split("-")[0]),
        "asked": urlencode({"q": text, "page": page}),
        "earlier": urlencode({"q": text, "page": page - 1}) if page else "",
        "later": urlencode({"q": text, "page": page + 1}) if len(tickets) > PAGE else "",
        "now": now,
    }
    return desk_page(request, "complaints/dispatch/dispatch.html", **context)


def dispatch_state(request: HttpRequest) -> JsonResponse:
    """Returns whether the board has changed; the page asks this at intervals."""
    user = require_any(request, MAY)
    watched_only(request)
    return JsonResponse({"mark": board_mark(user)})


def assign(request: HttpRequest) -> HttpResponse:
    """Assigns each ticked ticket to the crew; reports for each ticket whether this succeeded."""
    user = require_any(request, MAY)
    back = HttpResponseRedirect(f"{reverse('admin:dispatch')}?{request.GET.urlencode()}")
    if request.method != "POST":
        return back
    crew = _crew(user, request.POST.get("crew", ""))
    versions = dict(_seen(value) for value in request.POST.getlist("ticket")[:MOST_AT_ONCE])
    tickets = Ticket.objects.visible_to(user).select_related("company").filter(pk__in=versions)
    if crew is None or not versions:
        messages.error(request, _("请先勾选工单，再点班组。"))
        return back
    tickets_by_key = {ticket.pk: ticket for ticket in tickets}
    _assign(
        request,
        crew,
        {tickets_by_key[pk]: version for pk, version in versions.items() if pk in tickets_by_key},
    )
    return back


def _assign(request: HttpRequest, crew: Crew, seen_versions: dict[Ticket, int]) -> None:
    """Assigns each ticket by an operation of its own, so that one refusal stops no other."""
    by, at = actor_of(request), timezone.now()
    sent = 0
    for ticket, version in seen_versions.items():
        outcome = outcome_of(
            partial(assign_ticket, ticket, crew, seen_version=version, by=by, at=at)
        )
        if outcome.refusal is not None:
            messages.error(request, f"{ticket.number}：{outcome.refusal.sentence}")
        else:
            sent += 1
    if sent:
        facts = {"count": sent, "crew": crew.name}
        messages.success(request, _("已派 %(count)s 张工单给%(crew)s。") % facts)


def _crew(user: User, text: str) -> Crew | None:
    key = read_number(text)
    return Crew.objects.visible_to(user).filter(pk=key).first() if key is not None else None


def _seen(value: str) -> tuple[int, int]:
    """Returns a ticket's key and the version the dispatcher saw; 0, no ticket, for nonsense."""
    pk, _colon, version = value.partition(":")
    return read_number(pk) or 0, read_number(version) or 0
