"""Requests without a server, a session in the database and, mostly, without drawing pages.

The addresses, the middleware in front of the views and the views are the real ones. A matrix of
forty thousand answers could not be afforded otherwise: that a person is read rightly from a session
is tested beside the sign-in, and that pages can be drawn by the walks of tests/heating.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.handlers import exception as exceptions
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory
from django.urls import ResolverMatch, URLResolver
from drf_spectacular.generators import SchemaGenerator
from unfold.sites import UnfoldAdminSite

from office.models import User
from office.pdf import rendering

PERSON = "tests.person"
# What stands in front of the views and decides who gets an answer; the order is the settings'.
# The rest (headers, languages, static files, lock-outs of the sign-in) answers everybody alike.
_SIGN_IN = "django.contrib.auth.middleware.AuthenticationMiddleware"
_DECIDING = (
    _SIGN_IN,
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "heating.change_history.NamedChangesMiddleware",
)


def middleware_signed_in(middleware: list[str], *also: str) -> list[str]:
    """Returns the settings' middleware that decides, with ours in the place of the sign-in.

    Middleware that a test needs as well is named in `also`.
    """
    deciding = [name for name in middleware if name in (*_DECIDING, *also)]
    assert len(deciding) == len(_DECIDING) + len(also)
    return [f"{__name__}.SignedIn" if name == _SIGN_IN else name for name in deciding]


_draw_refusal = exceptions.get_exception_response


def _refused(
    request: HttpRequest, resolver: URLResolver, status: int, exception: Exception
) -> HttpResponseBase:
    """Returns an empty answer in the place of the pages for 403 and 404, which say nothing else."""
    if status in (403, 404):
        return HttpResponse(status=status)
    return _draw_refusal(request, resolver, status, exception)


class SignedIn:
    """Middleware: the person stands in the environment of the request, the session is empty."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person: User | AnonymousUser = request.META.get(PERSON) or AnonymousUser()
        request.session = SessionStore()
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        request.user = person
        return self.get_response(request)


class Site(BaseHandler):
    """The site's answers to requests.

    `errors` are the exceptions of views since the list was last emptied. While `drawing` is off,
    an answer names the template of a page in the place of the page.
    """

    def __init__(self) -> None:
        self.load_middleware()
        self.drawing = False
        self.errors: list[str] = []
        self._factory = RequestFactory()
        self._matches: dict[str, ResolverMatch] = {}

    @contextmanager
    def open(self) -> Iterator[None]:
        """Puts the site between requests and pages until the block ends."""
        draw = SimpleTemplateResponse.rendered_content.fget  # type: ignore[attr-defined]
        content = property(lambda page: draw(page) if self.drawing else str(page.template_name))
        schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
        got_request_exception.connect(self._write_down)
        try:
            with (
                # The page of a refusal is the same for everybody, whatever was asked for.
                patch.object(exceptions, "get_exception_response", _refused),
                # Describing the API is dear as well.
                patch.object(SchemaGenerator, "get_schema", lambda *_, **__: schema),
                patch.object(SimpleTemplateResponse, "rendered_content", content),
                # Laying out paper is dear, and everybody gets the same sheet.
                patch.multiple(
                    rendering, lay_out=lambda *paper: None, pdf_bytes=lambda pages: b"%PDF-1.7"
                ),
                # The sidebar is the same on every page; tests/heating/test_desk.py reads it.
                patch.object(UnfoldAdminSite, "get_sidebar_list", lambda *_: []),
            ):
                yield
        finally:
            got_request_exception.disconnect(self._write_down)

    def answer(self, method: str, path: str, carried: Mapping[str, Any], form: Any = None) -> Any:
        """Returns the answer to one request that carries these lines of its environment, and the
        values of a form where there are any.
        """
        request = (
            self._factory.generic(method, path, **carried)
            if form is None
            else self._factory.post(path, form, **carried)
        )
        answer: Any = self.get_response(request)
        # As a server does after sending, without the signal that closes the connection.
        for close in answer._resource_closers:
            close()
        return answer

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Resolves each path once: every actor asks the same ones."""
        match = self._matches.get(request.path_info)
        if match is None:
            match = self._matches[request.path_info] = super().resolve_request(request)
        request.resolver_match = match
        return match

    def _write_down(self, sender: object, request: HttpRequest, **rest: Any) -> None:
        self.errors.append(repr(sys.exc_info()[1]))
