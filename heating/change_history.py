"""Whatever a request changes is kept with who was signed in and on which page."""

from collections.abc import Callable

import pghistory
from django.http import HttpRequest, HttpResponse

from office.models import User

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class NamedChangesMiddleware:
    """Names the signed-in person to the column history; an operation says it again for itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING:
            return self.get_response(request)
        said = {"url": request.path}
        if isinstance(request.user, User):
            said["actor"] = request.user.get_username()
            said["origin"] = str(request.META.get("REMOTE_ADDR", ""))
        with pghistory.context(**said):
            return self.get_response(request)
