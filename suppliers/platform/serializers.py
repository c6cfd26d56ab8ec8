"""The data that the procurement platform sends, and what it is answered."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from office.forms.day_field import OUT_OF_RANGE, is_plausible
from office.forms.yuan_field import LARGEST_FEN
from office.language import Text
from suppliers.models import Region


@extend_schema_field(
    {"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,11}(?:\.[0-9]{1,3})?$"}
)
class QuantityField(serializers.DecimalField):
    """A quantity with at most three decimals, not below zero."""

    def __init__(self, help_text: Text) -> None:
        super().__init__(max_digits=14, decimal_places=3, min_value=Decimal(0), help_text=help_text)


class PlausibleDateField(serializers.DateField):
    """A day of this age; a year that was typed wrongly is refused."""

    default_error_messages = {"far_away": OUT_OF_RANGE}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not is_plausible(day):
            self.fail("far_away")
        return day


class OwnerSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, help_text=_("股东姓名或企业名称"))
    share_percent = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        required=False,
        allow_null=True,
        help_text=_("持股比例（%）"),
    )


class ContactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=40)
    phone = serializers.CharField(max_length=20)
    duty = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class SupplierSerializer(serializers.Serializer[Any]):
    credit_code = serializers.CharField(max_length=40, help_text=_("统一社会信用代码，含校验位"))
    name = serializers.CharField(max_length=80)
    representative = serializers.CharField(max_length=40, help_text=_("法定代表人"))
    region = serializers.ChoiceField(choices=Region.choices)
    address = serializers.CharField(max_length=120, help_text=_("注册地址"))
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    founded_on = PlausibleDateField(required=False, allow_null=True, default=None)
    owners = OwnerSerializer(many=True, required=False)
    contacts = ContactSerializer(many=True, required=False)


class OrderSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=40, help_text=_("平台的订单编号，在公司内唯一"))
    credit_code = serializers.CharField(max_length=40, help_text=_("供应商统一社会信用代码"))
    category = serializers.CharField(max_length=20, help_text=_("采购类别编码"))
    item = serializers.CharField(max_length=80, help_text=_("品名"))
    unit = serializers.CharField(max_length=10, help_text=_("计量单位"))
    quantity = QuantityField(_("数量"))
    unit_price_fen = serializers.IntegerField(
        min_value=1, max_value=LARGEST_FEN, help_text=_("单价，整数分")
    )
    lowest_price_fen = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_FEN,
        required=False,
        allow_null=True,
        default=None,
        help_text=_("同等条件下最低报价，整数分；没有比价时不传"),
    )
    ordered_on = PlausibleDateField(help_text=_("下单日期"))
    promised_on = PlausibleDateField(help_text=_("约定交货日"))


class DeliverySerializer(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=40, help_text=_("平台的到货单号，在公司内唯一"))
    order = serializers.CharField(max_length=40, help_text=_("订单编号"))
    promised_on = PlausibleDateField(help_text=_("约定交货日"))
    actual_on = PlausibleDateField(
        required=False, allow_null=True, default=None, help_text=_("实际到货日；尚未到货不传")
    )
    received = QuantityField(_("到货数量"))
    accepted = QuantityField(_("验收合格数量"))


class OfferFileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text=_("文件的 SHA-256，小写十六进制"))
    author = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("文件属性中的作者"),
    )
    template = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("文件属性中的模板"),
    )


class OfferSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=40, help_text=_("平台的报价编号，在公司内唯一"))
    sourcing = serializers.CharField(max_length=24, help_text=_("询价采购编号"))
    credit_code = serializers.CharField(max_length=40, help_text=_("供应商统一社会信用代码"))
    sent_at = serializers.DateTimeField(help_text=_("供应商在平台提交报价的时间"))
    address = serializers.IPAddressField(
        required=False, allow_null=True, default=None, help_text=_("提交时的网络地址")
    )
    device = serializers.CharField(
        max_length=64, required=False, allow_blank=True, default="", help_text=_("提交设备的标识")
    )
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    account_number = serializers.CharField(
        max_length=30, required=False, allow_blank=True, default="", help_text=_("保证金付款账号")
    )
    files = OfferFileSerializer(many=True, required=False, default=list)


class PushedSerializer(serializers.Serializer[Any]):
    """What a push is answered with: the number on file and whether it was entered now."""

    number = serializers.CharField()
    created = serializers.BooleanField(help_text=_("本次新登记为 true，重发为 false"))
