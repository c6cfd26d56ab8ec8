"""Authentication of other systems: a bearer token that belongs to one company."""

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
from office.tokens.digest import token_digest


class MachineAuthentication(BaseAuthentication):
    """Authenticates a machine token; a wrong, expired and revoked one get the same 401."""

    def authenticate(self, request: Request) -> tuple[Any, MachineToken] | None:
        words = get_authorization_header(request).split()
        if not words:
            return None
        secret = words[1].decode("latin-1") if len(words) == 2 else ""
        machine_token = (
            MachineToken.objects.select_related("company")
            .filter(token_digest=token_digest(secret))
            .first()
        )
        bearer = words[0].lower() == b"bearer"
        if not bearer or machine_token is None or not machine_token.valid_at(timezone.now()):
            raise AuthenticationFailed(
                _("机器令牌无效、已过期或已吊销，请联系安全管理员。"), code="machine_unknown"
            )
        return machine_token, machine_token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="machines"'


class PerMachine(ScopedRateThrottle):
    """Counts each token by the view's `throttle_scope`, and strangers by their address."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        token = request.auth
        ident = token.pk if isinstance(token, MachineToken) else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}


class MachineScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "office.tokens.machine_sign_in.MachineAuthentication"
    name = "machine"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "机器令牌，按公司签发"}


def machine_of(request: Request) -> MachineToken:
    """Returns the token of the request, on a view that requires one."""
    return cast(MachineToken, request.auth)


def machine_actor(request: Request) -> Actor:
    """Returns the machine as the actor that the journal names."""
    origin = str(request.META.get("REMOTE_ADDR", ""))
    return Actor.machine(f"机器 {machine_of(request).name}", origin=origin)
