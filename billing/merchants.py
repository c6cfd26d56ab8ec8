"""Which WeChat Pay merchant collects for a company."""

from functools import lru_cache

from django.conf import settings

from billing.wechatpay.client import WechatPay
from billing.wechatpay.merchant import Merchant
from office.models import Company


def wechat_pay_for(company: Company) -> WechatPay:
    """The line to WeChat Pay for a company; the group collects through one merchant today."""
    return wechat_pay()


@lru_cache(maxsize=1)
def wechat_pay() -> WechatPay:
    """The group's line; built once per process, its connections are shared by threads."""
    return WechatPay(Merchant(**settings.WECHATPAY))
