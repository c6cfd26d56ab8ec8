"""The serializers of accounts, bills, payments and receipts for customers. Amounts are whole
fen.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.bills.explain import explain_correction, explain_line
from billing.change_states import LIVE_REFUNDS, RefundToSourceState
from billing.models import (
    Adjustment,
    AdjustmentLine,
    Bill,
    BillLine,
    Method,
    PaymentIntent,
    Receipt,
)
from billing.portal.own_records import OwnAccount
from billing.states import AttemptState, IntentState
from billing.wechat.merchants import wechat_pay
from billing.wechat.online_payment import latest_attempt

ONLINE_METHODS = [Method.WECHAT_NATIVE.value, Method.WECHAT_JSAPI.value]
MOST_FEN = 100_000_000


class AccountSerializer(serializers.Serializer[OwnAccount]):
    id = serializers.IntegerField(source="account.pk")
    number = serializers.CharField(source="account.number")
    address = serializers.CharField(source="account.premise.address")
    company = serializers.CharField(source="account.company.name")
    hotline = serializers.CharField(source="account.company.hotline")
    current = serializers.BooleanField(help_text=_("您现在仍是该户的用户；否则只能查看、缴清旧欠"))
    supply_state = serializers.SerializerMethodField()
    receivable_fen = serializers.IntegerField(help_text=_("未缴账单合计"))
    advance_fen = serializers.IntegerField(help_text=_("预存余额"))
    owed_fen = serializers.IntegerField(help_text=_("欠费减预存；负数为结余"))

    def get_supply_state(self, own: OwnAccount) -> str | None:
        """供热状态；已过户的不再显示。"""
        return own.account.supply_state if own.current else None


class AccountPageSerializer(serializers.Serializer[Any]):
    accounts = AccountSerializer(many=True)
    next_page = serializers.IntegerField(allow_null=True)


class BillLineSerializer(serializers.Serializer[BillLine]):
    category = serializers.CharField(source="category_name")
    area_basis = serializers.CharField(source="get_area_basis_display")
    area = serializers.DecimalField(max_digits=10, decimal_places=2, help_text="m²")
    over_height_percent = serializers.DecimalField(max_digits=9, decimal_places=4)
    unit_price = serializers.DecimalField(max_digits=10, decimal_places=4, help_text=_("元"))
    unit = serializers.CharField(source="get_unit_display")
    periods = serializers.DecimalField(max_digits=6, decimal_places=2)
    ratio = serializers.DecimalField(max_digits=5, decimal_places=4, help_text=_("收取比例"))
    amount_fen = serializers.IntegerField()
    tax_fen = serializers.IntegerField(help_text=_("其中税额"))
    price_document = serializers.CharField(source="tariff.document.number")
    explanation = serializers.SerializerMethodField()

    def get_explanation(self, line: BillLine) -> str:
        """一行可用计算器核对的算式。"""
        return explain_line(line)


class AdjustmentLineSerializer(serializers.Serializer[AdjustmentLine]):
    item = serializers.CharField()
    should_fen = serializers.IntegerField(allow_null=True, help_text=_("应为；仅按差额更正时有"))
    billed_fen = serializers.IntegerField(allow_null=True, help_text=_("原计；仅按差额更正时有"))
    amount_fen = serializers.IntegerField(help_text=_("负数为冲减"))
    tax_fen = serializers.IntegerField(help_text=_("其中税额"))
    explanation = serializers.SerializerMethodField()

    def get_explanation(self, line: AdjustmentLine) -> str:
        """更正的原因、金额及依据。"""
        return explain_correction(line, line.adjustment.reason, line.adjustment.source)


class AdjustmentSerializer(serializers.Serializer[Adjustment]):
    corrects = serializers.CharField(source="corrects.number", help_text=_("所更正的账单号"))
    reason = serializers.CharField()
    basis = serializers.CharField(source="source", help_text=_("依据"))
    lines = AdjustmentLineSerializer(many=True)


class BillSerializer(serializers.Serializer[Bill]):
    number = serializers.CharField()
    kind = serializers.CharField()
    kind_text = serializers.CharField(source="get_kind_display")
    season = serializers.CharField(source="season.label")
    account_number = serializers.CharField()
    customer_name = serializers.CharField()
    address = serializers.CharField()
    amount_fen = serializers.IntegerField(help_text=_("贷项通知单为负数"))
    paid_fen = serializers.IntegerField()
    open_fen = serializers.IntegerField()
    due_on = serializers.DateField()
    issued_at = serializers.DateTimeField()
    lines = BillLineSerializer(many=True)
    adjustment = AdjustmentSerializer(
        allow_null=True, help_text=_("补收账单、贷项通知单的更正内容；其它账单为空")
    )


class AccountBillsSerializer(serializers.Serializer[Any]):
    account = AccountSerializer()
    bills = BillSerializer(many=True)


class NewIntentSerializer(serializers.Serializer[Any]):
    """Takes either `bills`, which are paid whole, or an `account` and an `amount_fen` to pay
    ahead.
    """

    bills = serializers.ListField(
        child=serializers.RegexField(r"^[0-9A-Za-z-]{1,24}$"),
        required=False,
        min_length=1,
        max_length=50,
    )
    account = serializers.IntegerField(required=False, min_value=1, max_value=2**53)
    amount_fen = serializers.IntegerField(required=False, min_value=1, max_value=MOST_FEN)
    method = serializers.ChoiceField(choices=ONLINE_METHODS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        fields_sent = {"bills", "account", "amount_fen"} & attrs.keys()
        if fields_sent not in ({"bills"}, {"account", "amount_fen"}):
            raise serializers.ValidationError(
                _("请给出 bills，或 account 与 amount_fen，二者择一。"), code="bills_or_amount"
            )
        if len(set(attrs.get("bills", []))) != len(attrs.get("bills", [])):
            raise serializers.ValidationError({"bills": _("同一账单列了两次。")}, code="twice")
        return attrs


class NewIntentScheme(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says in the document what `validate` refuses: either bills, each once, or an account."""

    target_class = NewIntentSerializer

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(  # noqa: SLF001 – its only way
            self.target, direction, bypass_extensions=True
        )
        schema["properties"]["bills"]["uniqueItems"] = True
        ahead = ["account", "amount_fen"]
        schema["oneOf"] = [
            {"required": ["bills"], "not": {"anyOf": [{"required": [name]} for name in ahead]}},
            {"required": ahead, "not": {"required": ["bills"]}},
        ]
        return schema


class JsapiSerializer(serializers.Serializer[Any]):
    """The argument of getBrandWCPayRequest."""

    appId = serializers.CharField()  # noqa: N815 - WeChat's names
    timeStamp = serializers.CharField()  # noqa: N815
    nonceStr = serializers.CharField()  # noqa: N815
    package = serializers.CharField()
    signType = serializers.CharField()  # noqa: N815
    paySign = serializers.CharField()  # noqa: N815


class OnlineAttemptSerializer(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=ONLINE_METHODS)
    state = serializers.ChoiceField(choices=AttemptState.choices)
    expires_at = serializers.DateTimeField()
    code_url = serializers.CharField(allow_null=True, help_text=_("wechat_native：二维码内容"))
    jsapi = JsapiSerializer(allow_null=True, help_text=_("wechat_jsapi：调起支付的参数"))


class IntentBillSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(source="bill.number")
    season = serializers.CharField(source="bill.season.label")
    open_fen = serializers.IntegerField(help_text=_("下单时欠费"))


class IntentSerializer(serializers.Serializer[PaymentIntent]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=IntentState.choices)
    amount_fen = serializers.IntegerField()
    account = serializers.IntegerField(source="contract.account_id")
    account_number = serializers.CharField(source="contract.account.number")
    created_at = serializers.DateTimeField()
    bills = IntentBillSerializer(many=True)
    attempt = serializers.SerializerMethodField()
    receipts = serializers.SerializerMethodField()

    @extend_schema_field(OnlineAttemptSerializer(allow_null=True))
    def get_attempt(self, intent: PaymentIntent) -> dict[str, Any] | None:
        attempt = latest_attempt(intent)
        if attempt is None or attempt.method not in ONLINE_METHODS:
            return None
        payable = attempt.state == AttemptState.OPEN
        answer = {
            "method": attempt.method,
            "state": attempt.state,
            "expires_at": attempt.expires_at,
            "code_url": attempt.code_url if payable and attempt.code_url else None,
            "jsapi": wechat_pay().jsapi_parameters(attempt.prepay_id)
            if payable and attempt.prepay_id
            else None,
        }
        return dict(OnlineAttemptSerializer(answer).data)

    def get_receipts(self, intent: PaymentIntent) -> list[str]:
        """收据号。"""
        # Money that turned out to be another contract's has its receipt in that one's name.
        elsewhere = Q(payment__assignment__isnull=False) & ~Q(
            payment__assignment__contract=intent.contract_id
        )
        numbers = Receipt.objects.filter(payment__intent=intent).exclude(elsewhere).order_by("pk")
        return list(numbers.values_list("number", flat=True))


class ReceiptSerializer(serializers.Serializer[Receipt]):
    number = serializers.CharField()
    issued_at = serializers.DateTimeField()
    amount_fen = serializers.IntegerField()
    company = serializers.CharField(source="company.name")
    account_number = serializers.CharField(source="paper.account_number")
    method = serializers.CharField(source="payment.get_method_display")
    season = serializers.CharField(source="paper.season")
    verification_code = serializers.CharField()
    refunded_fen = serializers.SerializerMethodField()
    refunding_fen = serializers.SerializerMethodField()

    def get_refunded_fen(self, receipt: Receipt) -> int:
        """Returns what of the payment went back to its source."""
        return _refunds_fen(receipt, (RefundToSourceState.PAID,))

    def get_refunding_fen(self, receipt: Receipt) -> int:
        """Returns what of the payment is approved to go back and has not arrived."""
        return _refunds_fen(receipt, LIVE_REFUNDS)


def _refunds_fen(receipt: Receipt, states: Collection[str]) -> int:
    refunds = receipt.payment.refunds_to_source.all()
    return sum(refund.amount_fen for refund in refunds if refund.state in states)


class ReceiptPageSerializer(serializers.Serializer[Any]):
    receipts = ReceiptSerializer(many=True)
    next_page = serializers.IntegerField(allow_null=True)
