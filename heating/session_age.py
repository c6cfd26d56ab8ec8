"""Ends sessions after 30 idle minutes (SESSION_COOKIE_AGE), and after 12 hours in any case."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

SIGNED_IN_AT = "signed_in_at"


def remember_sign_in(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    """Writes the time of the sign-in into the new session."""
    if request is not None and hasattr(request, "session"):
        request.session[SIGNED_IN_AT] = int(time.time())


class IdleSessionMiddleware(SessionMiddleware):
    """Keeps automatic requests of a page (`office.requests.watched_only`) from extending the
    session.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> Any:
        if getattr(request, "watched_only", False) and not request.session.modified:
            return response
        return super().process_response(request, response)


class LongestSessionMiddleware:
    """Signs a person out SESSION_LONGEST_SECONDS after the sign-in, busy or not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            began = request.session.setdefault(SIGNED_IN_AT, int(time.time()))
            if time.time() - began >= settings.SESSION_LONGEST_SECONDS:
                logout(request)
        return self.get_response(request)
