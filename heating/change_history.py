"""Records with each change by a request the signed-in person and the page."""

from collections.abc import Callable

import pghistory
from django.http import HttpRequest, HttpResponse

from office.models import User

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class NamedChangesMiddleware:
    """Passes the signed-in person to the column history; operations pass their actor themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING:
            return self.get_response(request)
        context = {"url": request.path}
        if isinstance(request.user, User):
            context["actor"] = request.user.get_username()
            context["origin"] = str(request.META.get("REMOTE_ADDR", ""))
        with pghistory.context(**context):
            return self.get_response(request)
