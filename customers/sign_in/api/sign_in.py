"""`/api/v1/sign-in`: codes, tokens and WeChat."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import CustomerToken
from customers.sign_in import operations
from customers.sign_in.api import examples
from customers.sign_in.api.serializers import (
    CodeRequestSerializer,
    CodeSentSerializer,
    SignedInSerializer,
    SignInSerializer,
    WechatSignInSerializer,
    WhoSerializer,
)
from customers.sign_in.authentication import (
    COOKIE,
    COOKIE_PATH,
    actor_of,
    address_of,
    check_csrf,
    signed_in,
)
from customers.sign_in.tasks import SEALED_CODE, send_sign_in_sms
from customers.sign_in.throttles import PerCustomer
from customers.sign_in.wechat_oauth import exchange_code, read_ticket, write_ticket
from office.actors import Actor
from office.api.api_operations import described
from office.api.problems import problem
from office.identity import mask_phone
from office.refusals import Refused
from office.sealing import seal


class SignInCodesView(APIView):
    authentication_classes = []
    permission_classes = []
    throttle_classes = [PerCustomer]
    throttle_scope = "code-per-address"

    @described(
        "send_sign_in_code",
        _("向手机发送一次性验证码；无论手机号是否登记，应答相同。"),
        request=CodeRequestSerializer,
        request_example=examples.CODE_REQUEST,
        answers=CodeSentSerializer,
        status=202,
        example=examples.CODE_SENT,
        problems={422: ["phone_wrong"], 429: ["too_many_codes"], 503: ["sms_unavailable"]},
    )
    def post(self, request: Request) -> Response:
        serializer = CodeRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        by = Actor.customer("未登录", origin=address_of(request))
        row, code = operations.send_sign_in_code(
            serializer.validated_data["phone"], by=by, at=timezone.now()
        )
        try:
            send_sign_in_sms.delay(row.phone, seal(code, SEALED_CODE))
        except OperationalError:
            raise Refused(
                "sms_unavailable", _("短信暂时发不出去，请稍后再试。"), status=503
            ) from None
        body = {
            "expires_in": int(operations.CODE_LIFE.total_seconds()),
            "retry_after": int(operations.CODE_LIMITS[0][0].total_seconds()),
        }
        return Response(CodeSentSerializer(body).data, status=202)


class SignInView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "sign-in-per-address"

    def get_authenticators(self):  # type: ignore[no-untyped-def]
        # A stale token must not stand in the way of a new one.
        method = getattr(self.request, "method", None)
        return [] if method == "POST" else super().get_authenticators()

    def get_permissions(self):  # type: ignore[no-untyped-def]
        return [] if self.request.method == "POST" else super().get_permissions()

    def get_throttles(self):  # type: ignore[no-untyped-def]
        return super().get_throttles() if self.request.method == "POST" else []

    @described(
        "sign_in",
        _("用手机号和验证码换取令牌，可同时绑定微信。"),
        request=SignInSerializer,
        request_example=examples.SIGN_IN,
        answers=SignedInSerializer,
        status=201,
        example=examples.SIGNED_IN,
        problems={
            403: ["csrf_failed"],
            422: ["phone_wrong", "code_wrong", "wechat_ticket_wrong"],
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        serializer = SignInSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        _guard_cookie(request, values["keep"])
        openid = read_ticket(values["wechat_ticket"]) if "wechat_ticket" in values else ""
        by = Actor.customer(mask_phone(values["phone"]), origin=address_of(request))
        token, secret = operations.sign_in(
            values["phone"], values["code"], openid=openid, by=by, at=timezone.now()
        )
        return _signed_in(token, secret, values["keep"])

    @described(
        "who_am_i",
        _("当前登录的手机号（打码）。"),
        answers=WhoSerializer,
        example=examples.WHO,
        limited=False,
    )
    def get(self, request: Request) -> Response:
        token = signed_in(request)
        phone_in_use = {
            "phone": mask_phone(token.phone),
            "through_wechat": bool(token.openid_digest),
            "expires_at": token.expires_at,
        }
        return Response(WhoSerializer(phone_in_use).data)

    @described("sign_out", _("退出登录，令牌立即失效。"), status=204, limited=False)
    def delete(self, request: Request) -> Response:
        operations.sign_out(signed_in(request), by=actor_of(request), at=timezone.now())
        answer = Response(status=204)
        answer.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Strict")
        return answer


class WechatSignInView(APIView):
    authentication_classes = []
    permission_classes = []
    throttle_classes = [PerCustomer]
    throttle_scope = "sign-in-per-address"

    @described(
        "sign_in_by_wechat",
        _("用微信网页授权 code 登录；未绑定时返回 409 wechat_not_bound 与 wechat_ticket。"),
        request=WechatSignInSerializer,
        request_example=examples.WECHAT_SIGN_IN,
        answers=SignedInSerializer,
        status=201,
        example=examples.SIGNED_IN,
        problems={
            403: ["csrf_failed"],
            409: ["wechat_not_bound"],
            422: ["wechat_code_wrong"],
            503: ["wechat_unavailable"],
        },
    )
    def post(self, request: Request) -> Response:
        serializer = WechatSignInSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        _guard_cookie(request, values["keep"])
        openid = exchange_code(values["code"])
        by = Actor.customer("微信用户", origin=address_of(request))
        try:
            token, secret = operations.sign_in_by_wechat(openid, by=by, at=timezone.now())
        except Refused as refusal:
            ticket = write_ticket(openid)
            return problem(refusal.status, refusal.code, refusal.sentence, wechat_ticket=ticket)
        return _signed_in(token, secret, values["keep"])


def _guard_cookie(request: Request, keep: str) -> None:
    if keep == "cookie":
        check_csrf(request)


def _signed_in(token: CustomerToken, secret: str, keep: str) -> Response:
    body = {
        "token": secret if keep == "token" else None,
        "phone": mask_phone(token.phone),
        "expires_at": token.expires_at,
    }
    answer = Response(SignedInSerializer(body).data, status=201)
    answer.headers["Cache-Control"] = "no-store"
    if keep == "cookie":
        answer.set_cookie(
            COOKIE,
            secret,
            expires=token.expires_at,
            path=COOKIE_PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
    return answer
