"""`/api/v1/suppliers/`: the procurement platform 友云采 pushes suppliers, orders and deliveries."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from office.tokens.machine_sign_in import (
    MachineAuthentication,
    PerMachine,
    machine_actor,
    machine_of,
)
from suppliers.models import Region
from suppliers.platform.operations import Pushed, push_delivery, push_order, push_supplier
from suppliers.platform.serializers import (
    DeliverySerializer,
    OrderSerializer,
    PushedSerializer,
    SupplierSerializer,
)
from suppliers.registry.facts import ContactFacts, OwnerFacts, SupplierFacts

_ANSWERS = {201: PushedSerializer, 200: PushedSerializer}
_NEW = OpenApiExample(
    "新登记", value={"number": "YYC-2026-0001", "created": True}, response_only=True
)


class _PlatformView(APIView):
    authentication_classes = [MachineAuthentication]
    throttle_classes = [PerMachine]
    throttle_scope = "procurement"


class PushSupplierView(_PlatformView):
    @extend_schema(
        operation_id="push_supplier",
        summary="推送供应商",
        request=SupplierSerializer,
        responses=_ANSWERS,
        examples=[
            OpenApiExample(
                "一家供应商",
                value={
                    "credit_code": "91140100000000001X",
                    "name": "太原华源管件有限公司",
                    "representative": "王建国",
                    "region": "north",
                    "address": "太原市迎泽大街1号",
                    "owners": [{"name": "王建国", "share_percent": "60.00"}],
                    "contacts": [{"name": "李敏", "phone": "13800000000", "duty": "销售经理"}],
                },
                request_only=True,
            ),
            _NEW,
        ],
    )
    def post(self, request: Request) -> Response:
        """登记一家供应商。同一家重发不重复登记；内容与档案不同时应答 409，由采购部门修改档案。"""
        serializer = SupplierSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        owners = tuple(OwnerFacts(**owner) for owner in values.pop("owners", ()))
        contacts = tuple(ContactFacts(**contact) for contact in values.pop("contacts", ()))
        region = Region(values.pop("region"))
        facts = SupplierFacts(**values, region=region, owners=owners, contacts=contacts)
        pushed = push_supplier(facts, by=machine_actor(request), at=timezone.now())
        return _answer(pushed, pushed.record.credit_code)


class PushOrderView(_PlatformView):
    @extend_schema(
        operation_id="push_order",
        summary="推送采购订单",
        request=OrderSerializer,
        responses=_ANSWERS,
        examples=[
            OpenApiExample(
                "一个订单",
                value={
                    "number": "YYC-2026-0001",
                    "credit_code": "91140100000000001X",
                    "category": "02.01",
                    "item": "预制直埋保温管 DN200",
                    "unit": "米",
                    "quantity": "100.000",
                    "unit_price_fen": 125000,
                    "lowest_price_fen": 120000,
                    "ordered_on": "2026-04-01",
                    "promised_on": "2026-05-01",
                },
                request_only=True,
            ),
            _NEW,
        ],
    )
    def post(self, request: Request) -> Response:
        """登记一个订单。供应商没有供货资格或已列入黑名单时应答 409，逐项说明；重发不重复登记。"""
        serializer = OrderSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        pushed = push_order(
            machine_of(request),
            **serializer.validated_data,
            by=machine_actor(request),
            at=timezone.now(),
        )
        return _answer(pushed, pushed.record.number)


class PushDeliveryView(_PlatformView):
    @extend_schema(
        operation_id="push_delivery",
        summary="推送到货记录",
        request=DeliverySerializer,
        responses=_ANSWERS,
        examples=[
            OpenApiExample(
                "一次到货",
                value={
                    "number": "YYC-DH-2026-0001",
                    "order": "YYC-2026-0001",
                    "promised_on": "2026-05-01",
                    "actual_on": "2026-05-03",
                    "received": "100.000",
                    "accepted": "99.500",
                },
                request_only=True,
            ),
            _NEW,
        ],
    )
    def post(self, request: Request) -> Response:
        """登记订单的一次到货。列入黑名单之前下的订单照常登记；重发不重复登记。"""
        serializer = DeliverySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        pushed = push_delivery(
            machine_of(request),
            **serializer.validated_data,
            by=machine_actor(request),
            at=timezone.now(),
        )
        return _answer(pushed, pushed.record.number)


def _answer(pushed: Pushed, number: str) -> Response:
    body = {"number": number, "created": pushed.created}
    return Response(body, status=201 if pushed.created else 200)
