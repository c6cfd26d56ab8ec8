"""The walls of the island: what a request may bring into `/report/`, and what an answer says.

The middleware stands in front of all others, so that none of them sees who asks.
"""

import logging
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

REPORT_ROOM, DESK_ROOM = "/report/", "/audit/"
REPORT_COOKIE, DESK_COOKIE = "report", "audit_key"

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
# What would say who or where somebody is, or which browser it is.
_TRACES = (
    *("REMOTE_ADDR", "REMOTE_HOST", "REMOTE_PORT", "REMOTE_USER", "HTTP_USER_AGENT"),
    *("HTTP_REFERER", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA"),
    *("HTTP_AUTHORIZATION", "HTTP_ORIGIN", "HTTP_ACCEPT_LANGUAGE", "HTTP_CF_CONNECTING_IP"),
    *("HTTP_TRUE_CLIENT_IP", "HTTP_X_CLIENT_IP"),
)


class IslandMiddleware:
    """Takes from requests of reporters every trace of the sender, and closes all answers up.

    A reporter who is signed in elsewhere in the same browser comes without those cookies, and no
    cookie but the island's own is set on the way back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_report, in_desk = (request.path.startswith(room) for room in (REPORT_ROOM, DESK_ROOM))
        if in_report:
            _forget_sender(request)
        response = self.get_response(request)
        if in_report or in_desk:
            _close_up(response)
        if in_report:
            for name in [name for name in response.cookies if name != REPORT_COOKIE]:
                del response.cookies[name]
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answers a fault of the island without its words: no mail, no log carries content."""
        if not request.path.startswith((REPORT_ROOM, DESK_ROOM)) or _is_an_answer(error):
            return None
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
        logger.error("A page of the island failed: %s at %s", type(error).__name__, where)
        return HttpResponse("500", status=500, content_type="text/plain")


def _is_an_answer(error: Exception) -> bool:
    """Returns whether Django answers this by a page of its own, such as 404."""
    return isinstance(error, (Http404, PermissionDenied, BadRequest, SuspiciousOperation))


def _forget_sender(request: HttpRequest) -> None:
    for name in _TRACES:
        request.META.pop(name, None)
    # Others read the address as a text.
    request.META["REMOTE_ADDR"] = ""
    try:
        brought = SimpleCookie(request.META.get("HTTP_COOKIE", ""))
    except CookieError:
        brought = SimpleCookie()
    own = brought.get(REPORT_COOKIE)
    # Ours is letters and digits: another value could carry a second cookie behind a semicolon.
    is_ours = own is not None and own.value.isalnum()
    request.META["HTTP_COOKIE"] = f"{REPORT_COOKIE}={own.value}" if own and is_ours else ""


def _close_up(response: HttpResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if "Referrer-Policy" not in response.headers:
        response.headers["Referrer-Policy"] = "same-origin"
