"""The telephones that ring at the agent's desk, as the page asks every few seconds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from complaints.admin.intake import OPEN_TICKET
from complaints.queries.ringing import ringing_calls
from office.admin.desk_page import require_any
from office.requests import watched_only


def ringing(request: HttpRequest) -> HttpResponse:
    """The list as it stands on the page; nothing when nothing rings."""
    user = require_any(request, OPEN_TICKET)
    watched_only(request)
    calls = ringing_calls(user, timezone.now(), but=request.GET.get("but", ""))
    return render(request, "complaints/_ringing_calls.html", {"calls": calls})
