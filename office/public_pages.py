"""Pages for anybody, behind a secret or a code: guessing is slow and nothing is stored."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from office.api.throttles import PerAddress


def too_busy(request: HttpRequest, throttle: PerAddress, template: str) -> HttpResponse | None:
    """Returns the page `template` as 429 with `busy` in it, or None while the address may ask."""
    if throttle.allow_request(request, None):  # type: ignore[arg-type]
        return None
    answer = render(request, template, {"busy": True}, status=429)
    answer.headers["Retry-After"] = str(int(throttle.wait() or 1) + 1)
    return answer


def not_stored(answer: HttpResponse) -> HttpResponse:
    """Returns the answer, to be stored neither by the browser nor on the way."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
