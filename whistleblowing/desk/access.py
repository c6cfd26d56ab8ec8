"""Who gets into the auditors' desk: signed in with both factors, an officer, and the key open.

Everybody else is answered as if the desk were not there.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from office.models import User
from office.requests import has_both_factors
from whistleblowing.keys.open_keys import find_open, keep_open
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Officer
from whistleblowing.walls import DESK_COOKIE, DESK_ROOM

View = Callable[..., HttpResponseBase]


def officer_page(view: View) -> View:
    """Calls the view with the officer who is signed in, whose key may be closed."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated or not has_both_factors(request):
            # Without the address that was asked for: it would stand in logs and histories.
            return redirect_to_login(reverse("audit_desk"), reverse("admin:login"))
        officer = (
            Officer.objects.select_related("user")
            .filter(user_id=request.user.pk, user__is_active=True, dismissed_at=None)
            .first()
        )
        if officer is None:
            raise Http404
        return view(request, officer, *args, **kwargs)

    return answer


def reader_page(view: View) -> View:
    """Calls the view with the officer's open key; leads to the passphrase while it is closed."""

    @wraps(view)
    def answer(
        request: HttpRequest, officer: Officer, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        private_key = find_open(
            request.COOKIES.get(DESK_COOKIE, ""),
            officer=officer,
            session=session_of(request),
            at=timezone.now(),
        )
        if private_key is None:
            return redirect("audit_unlock")
        return view(request, Reader(private_key, officer=officer), *args, **kwargs)

    return officer_page(answer)


def let_in(
    request: HttpRequest, answer: HttpResponse, officer: Officer, private_key: bytes
) -> HttpResponse:
    """Keeps the officer's key open for this browser and returns the answer with the cookie."""
    token = keep_open(private_key, officer=officer, session=session_of(request), at=timezone.now())
    answer.set_cookie(
        DESK_COOKIE,
        token,
        path=DESK_ROOM,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return answer


def session_of(request: HttpRequest) -> str:
    """Returns the key of the sign-in's session, to which an open key is bound."""
    return request.session.session_key or ""


def person_of(request: HttpRequest) -> User:
    """Returns the person who is signed in; the page is an officer's."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - officer_page has looked
    return person
