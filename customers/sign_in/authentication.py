"""The authentication of API requests: an opaque token in the Authorization header or our cookie."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from customers.models import CustomerToken
from customers.sign_in.live_tokens import find_token
from office.actors import Actor
from office.identity import mask_phone

COOKIE = "customer_token"
# Server-rendered pages read this cookie too.
COOKIE_PATH = "/"


class CustomerAuthentication(BaseAuthentication):
    """Authenticates by token: a wrong, expired or revoked one is a 401, none at all is
    anonymous.
    """

    def authenticate(self, request: Request) -> tuple[Any, CustomerToken] | None:
        words = get_authorization_header(request).split()
        if words:
            secret = _bearer(words)
        else:
            secret = request.COOKIES.get(COOKIE, "")
            if not secret:
                return None
            check_csrf(request)
        token = find_token(secret, at=timezone.now())
        if token is None:
            raise AuthenticationFailed(_("登录已失效，请重新登录。"), code="signed_out")
        return token, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class CustomerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "customers.sign_in.authentication.CustomerAuthentication"
    name = ["token", "cookie"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer"},
            {"type": "apiKey", "in": "cookie", "name": COOKIE},
        ]


def check_csrf(request: Request) -> None:
    """Refuses a changing request that carries the cookie but does not come from our own page."""
    guard = _CsrfGuard(_no_response)
    plain: HttpRequest = request._request  # noqa: SLF001 - as DRF's own SessionAuthentication does
    guard.process_request(plain)
    if guard.process_view(plain, _no_response, (), {}):
        raise PermissionDenied(_("页面已过期，请刷新后重试。"), code="csrf_failed")


def signed_in(request: Request) -> CustomerToken:
    """Returns the sign-in of a request whose view requires one."""
    return cast(CustomerToken, request.auth)


def actor_of(request: Request) -> Actor:
    """Returns the signed-in customer as an actor for the journal, with the phone number masked."""
    phone = signed_in(request).phone
    return Actor.customer(mask_phone(phone), origin=address_of(request))


def address_of(request: Request) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _bearer(words: list[bytes]) -> str:
    if len(words) != 2 or words[0].lower() != b"bearer":
        raise AuthenticationFailed(_("登录已失效，请重新登录。"), code="signed_out")
    return words[1].decode("latin-1")


class _CsrfGuard(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _no_response(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
