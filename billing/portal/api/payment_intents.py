"""`/api/v1/payment-intents`: starts a WeChat payment, returns its state, cancels it."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.models import Bill, Method, PaymentIntent
from billing.portal.api import examples
from billing.portal.api.serializers import IntentSerializer, NewIntentSerializer
from billing.portal.own_records import own_bills_by_number, own_contract_to_prepay, own_intent
from billing.states import AttemptState
from billing.wechat.online_payment import (
    Wish,
    cancel_online_payment,
    find_intent,
    latest_attempt,
    pay_online,
    query_if_due,
)
from customers.models import CustomerToken
from customers.sign_in.authentication import actor_of, signed_in
from customers.sign_in.live_tokens import openid_of
from customers.sign_in.throttles import PerCustomer
from office.api.api_operations import described
from office.api.idempotency import key_parameter, read_idempotency_key
from office.api.problems import PROBLEM_JSON, problem
from office.calendar import business_date
from office.pdf.qr import qr_svg
from office.refusals import NotFound, Refused
from office.sealing import digest

KEY_HEADER = key_parameter(_("每次新的缴费取一个新值；重发同一请求得到同一应答。"))


class PaymentIntentsView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "pay"

    @described(
        "create_payment_intent",
        _("发起微信支付；应答含二维码内容或 JSAPI 参数。"),
        request=NewIntentSerializer,
        request_example=examples.NEW_INTENT,
        answers=IntentSerializer,
        status=201,
        example=examples.INTENT,
        problems={
            400: ["idempotency_key_missing"],
            404: ["not_found"],
            409: [
                *("bill_not_open", "older_debt_first", "bills_of_several_contracts"),
                *("no_current_contract", "wechat_not_bound", "intent_not_open", "in_progress"),
            ],
            422: ["idempotency_key_reused"],
            502: ["wechat_rejected"],
            503: ["wechat_unavailable"],
        },
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request) -> Response:
        key = _scoped_key(request)
        serializer = NewIntentSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        order = serializer.validated_data
        fingerprint = hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()
        wish = _read_wish(signed_in(request), order, key, fingerprint)
        answer = pay_online(wish, _first_answer, by=actor_of(request), at=timezone.now())
        content_type = None if answer["status"] == 201 else PROBLEM_JSON
        return Response(answer["body"], status=answer["status"], content_type=content_type)


class PaymentIntentView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "poll"

    @described(
        "show_payment_intent",
        _("查询支付结果；久未更新时会向微信支付查询一次。"),
        answers=IntentSerializer,
        example=examples.PAID_INTENT,
        problems={409: ["busy"], 503: ["wechat_unavailable"]},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        intent = query_if_due(own_intent(signed_in(request), public_id), at=timezone.now())
        return Response(IntentSerializer(intent).data)


class PaymentIntentCancelView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "pay"

    @described(
        "cancel_payment_intent",
        _("取消未支付的缴费；先关闭微信订单。"),
        answers=IntentSerializer,
        example=examples.CANCELLED_INTENT,
        problems={
            409: ["already_paid", "wrong_state"],
            503: ["cannot_close_yet", "wechat_unavailable"],
        },
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        intent = own_intent(signed_in(request), public_id)
        cancelled = cancel_online_payment(intent, by=actor_of(request), at=timezone.now())
        return Response(IntentSerializer(cancelled).data)


class PaymentIntentCodeView(APIView):
    throttle_classes = [PerCustomer]
    throttle_scope = "poll"

    @described(
        "show_payment_code",
        _("支付二维码图片（SVG）。"),
        answers={(200, "image/svg+xml"): OpenApiTypes.BINARY},
        example=examples.SVG,
    )
    def get(self, request: Request, public_id: UUID) -> HttpResponse:
        attempt = latest_attempt(own_intent(signed_in(request), public_id))
        if attempt is None or attempt.state != AttemptState.OPEN or not attempt.code_url:
            raise NotFound(_("二维码已失效，请重新发起缴费。"))
        answer = HttpResponse(qr_svg(attempt.code_url), content_type="image/svg+xml")
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _scoped_key(request: Request) -> str:
    phone = signed_in(request).phone
    return f"api:{digest(phone, 'billing.idempotency')}:{read_idempotency_key(request)}"


def _read_wish(token: CustomerToken, order: dict[str, Any], key: str, fingerprint: str) -> Wish:
    openid = _openid(token, order["method"])
    bills: list[Bill] = []
    if (intent := find_intent(key, fingerprint)) is not None:
        contract = intent.heat_contract
    elif "bills" in order:
        bills = own_bills_by_number(token, order["bills"])
        contract = bills[0].contract
    else:
        today = business_date(timezone.now())
        contract = own_contract_to_prepay(token, order["account"], on=today)
    return Wish(
        contract=contract,
        bills=bills,
        amount_fen=order.get("amount_fen"),
        method=Method(order["method"]),
        openid=openid,
        key=key,
        digest=fingerprint,
    )


def _openid(token: CustomerToken, method: str) -> str:
    if method != Method.WECHAT_JSAPI:
        return ""
    openid = openid_of(token)
    if not openid:
        raise Refused(
            "wechat_not_bound", _("请在微信中打开页面并登录后再用此方式支付，或扫码支付。")
        )
    return openid


def _first_answer(intent: PaymentIntent) -> dict[str, Any]:
    """Returns the answer in the form in which it is stored for repeated requests: JSON values
    only.
    """
    attempt = latest_attempt(intent)
    if attempt is not None and attempt.state == AttemptState.FAILED:
        sentence = gettext("微信支付没有接受这笔订单，请稍后重新发起；没有扣款。")
        return {"status": 502, "body": problem(502, "wechat_rejected", sentence).data}
    return {"status": 201, "body": IntentSerializer(intent).data}
