"""Whose request it is when another system asks: a bearer token of one company."""

from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from office.actors import Actor
from office.models import MachineToken
from office.operations.machine_tokens import machine_digest


class MachineAuthentication(BaseAuthentication):
    """401 for a token that is wrong, ended or revoked, alike."""

    def authenticate(self, request: Request) -> tuple[Any, MachineToken] | None:
        words = get_authorization_header(request).split()
        if not words:
            return None
        secret = words[1].decode("latin-1") if len(words) == 2 else ""
        found = (
            MachineToken.objects.select_related("company")
            .filter(token_digest=machine_digest(secret))
            .first()
        )
        bearer = words[0].lower() == b"bearer"
        if not bearer or found is None or not found.valid_at(timezone.now()):
            raise AuthenticationFailed(
                _("机器令牌无效、已过期或已吊销，请联系安全管理员。"), code="machine_unknown"
            )
        return found, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="machines"'


class PerMachine(ScopedRateThrottle):
    """Counts each token by the view's `throttle_scope`, and strangers by their address."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        token = request.auth
        ident = token.pk if isinstance(token, MachineToken) else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}


class MachineScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "office.machine_sign_in.MachineAuthentication"
    name = "machine"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "机器令牌，按公司签发"}


def machine_of(request: Request) -> MachineToken:
    """The machine that asks, where one had to."""
    return cast(MachineToken, request.auth)


def machine_actor(request: Request) -> Actor:
    """The machine as the journal names it."""
    origin = str(request.META.get("REMOTE_ADDR", ""))
    return Actor.machine(f"机器 {machine_of(request).name}", origin=origin)
