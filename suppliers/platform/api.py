"""`/api/v1/suppliers/`: the procurement platform 友云采 pushes suppliers, orders, deliveries and
what it saw of offers.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from office.api.api_operations import described
from office.tokens.machine_sign_in import (
    MachineAuthentication,
    PerMachine,
    machine_actor,
    machine_of,
)
from suppliers.models import Region
from suppliers.platform import examples
from suppliers.platform.offers import OfferTraceFacts, push_offer
from suppliers.platform.operations import Pushed, push_delivery, push_order, push_supplier
from suppliers.platform.serializers import (
    DeliverySerializer,
    OfferSerializer,
    OrderSerializer,
    PushedSerializer,
    SupplierSerializer,
)
from suppliers.registry.facts import ContactFacts, OwnerFacts, SupplierFacts

_ANSWERS = {201: PushedSerializer, 200: PushedSerializer}


class _PlatformView(APIView):
    authentication_classes = [MachineAuthentication]
    throttle_classes = [PerMachine]
    throttle_scope = "procurement"


class PushSupplierView(_PlatformView):
    @described(
        "push_supplier",
        _("推送一家供应商。同一家重发不重复登记；内容与档案不同时应答 409，由采购部门修改档案。"),
        request=SupplierSerializer,
        request_example=examples.SUPPLIER,
        answers=_ANSWERS,
        example=examples.PUSHED_SUPPLIER,
        problems={
            409: ["supplier_differs"],
            422: [
                *("credit_code_wrong", "credit_code_checksum", "fact_missing", "phone_wrong"),
                *("founded_in_future", "owner_twice"),
            ],
        },
    )
    def post(self, request: Request) -> Response:
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
    @described(
        "push_order",
        _("推送一个订单。供应商没有供货资格或已列入黑名单时应答 409，逐项说明；重发不重复登记。"),
        request=OrderSerializer,
        request_example=examples.ORDER,
        answers=_ANSWERS,
        example=examples.PUSHED_ORDER,
        problems={
            409: [
                *("supplier_unknown", "category_unknown", "supplier_banned", "not_qualified"),
                *("supplier_merged", "number_taken", "number_withdrawn"),
            ],
            422: [
                *("credit_code_wrong", "credit_code_checksum", "fact_missing", "not_above_zero"),
                *("lowest_price_wrong", "promised_before_order", "day_to_come", "day_too_early"),
            ],
        },
    )
    def post(self, request: Request) -> Response:
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
    @described(
        "push_delivery",
        _("推送订单的一次到货。列入黑名单之前下的订单照常登记；重发不重复登记。"),
        request=DeliverySerializer,
        request_example=examples.DELIVERY,
        answers=_ANSWERS,
        example=examples.PUSHED_DELIVERY,
        problems={
            409: [
                *("order_unknown", "order_withdrawn", "supplier_merged"),
                *("number_taken", "number_withdrawn"),
            ],
            422: [
                *("fact_missing", "not_above_zero", "accepted_wrong", "not_there_yet"),
                *("promised_before_order", "day_to_come"),
            ],
        },
    )
    def post(self, request: Request) -> Response:
        serializer = DeliverySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        pushed = push_delivery(
            machine_of(request),
            **serializer.validated_data,
            by=machine_actor(request),
            at=timezone.now(),
        )
        return _answer(pushed, pushed.record.number)


class PushOfferView(_PlatformView):
    @described(
        "push_offer",
        _(
            "推送供应商在平台提交报价时留下的信息，不含价格，供串标线索比对；报价开启后不再接受。"
            "重发不重复登记。"
        ),
        request=OfferSerializer,
        request_example=examples.OFFER,
        answers=_ANSWERS,
        example=examples.PUSHED_OFFER,
        problems={
            409: ["sourcing_unknown", "not_invited", "offers_opened", "number_taken"],
            422: ["credit_code_wrong", "credit_code_checksum", "fact_missing", "sent_in_future"],
        },
    )
    def post(self, request: Request) -> Response:
        serializer = OfferSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        pushed = push_offer(
            machine_of(request),
            OfferTraceFacts(**serializer.validated_data),
            by=machine_actor(request),
            at=timezone.now(),
        )
        return _answer(pushed, pushed.record.number)


def _answer(pushed: Pushed, number: str) -> Response:
    body = {"number": number, "created": pushed.created}
    return Response(body, status=201 if pushed.created else 200)
