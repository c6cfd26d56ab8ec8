"""The list of telephones ringing at the agent's desk, which the page requests every few seconds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from complaints.calls.ringing import ringing_calls
from complaints.tickets.intake_pages import OPEN_TICKET
from office.requests import watched_only
from office.screens.desk_page import require_any


def ringing(request: HttpRequest) -> HttpResponse:
    """Returns the list as it is shown on the page; it is empty when no telephone rings."""
    user = require_any(request, OPEN_TICKET)
    watched_only(request)
    calls = ringing_calls(user, timezone.now(), but=request.GET.get("but", ""))
    return render(request, "complaints/calls/_ringing_calls.html", {"calls": calls})
