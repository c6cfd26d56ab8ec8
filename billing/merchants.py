"""Which WeChat Pay merchant collects for a company."""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from billing.wechatpay.client import WechatPay
from billing.wechatpay.merchant import Merchant
from office.models import Company
from office.refusals import Refused


def wechat_pay_for(company: Company) -> WechatPay:
    """The line to WeChat Pay for a company; the group collects through one merchant today."""
    return wechat_pay()


@lru_cache(maxsize=1)
def wechat_pay() -> WechatPay:
    """The group's line; built once per process, its connections are shared by threads."""
    return WechatPay(read_merchant())


def read_merchant() -> Merchant:
    """The merchant of the setting WECHATPAY; refused while its file is not there."""
    try:
        return Merchant(**settings.WECHATPAY)
    except FileNotFoundError:
        sentence = _("微信支付尚未配置，请改用其他方式缴费。")
        raise Refused("wechat_unavailable", sentence, status=503) from None
