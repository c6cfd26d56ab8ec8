"""Which WeChat Pay merchant collects for a company, and whose signature its line believes."""

import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from billing.models import PlatformCertificate
from billing.wechatpay.client import WechatPay
from billing.wechatpay.merchant import SIMULATOR_MARK, Merchant
from office.models import Company
from office.refusals import Refused

# How long a process may not know what another has learnt, unless it meets an unknown serial.
CATCH_UP_SECONDS = 60


@dataclass
class _Kept:
    line: WechatPay
    caught_up_at: float


def wechat_pay_for(company: Company) -> WechatPay:
    """The line to WeChat Pay for a company; the group collects through one merchant today."""
    return wechat_pay()


def wechat_pay() -> WechatPay:
    """The group's line; built once per process, its connections are shared by threads."""
    kept = _kept()
    now = time.monotonic()
    if now - kept.caught_up_at >= CATCH_UP_SECONDS:
        kept.caught_up_at = now
        believe_learnt(kept.line)
    return kept.line


def new_line() -> WechatPay:
    """A line of one's own that believes what the file and the learnt certificates say."""
    line = WechatPay(read_merchant())
    believe_learnt(line)
    return line


def hang_up() -> None:
    """Close and forget this process's line; the next call reads the settings again."""
    if _kept.cache_info().currsize:
        _kept().line.close_connections()
        _kept.cache_clear()


def believe_learnt(line: WechatPay) -> bool:
    """Let the line believe the certificates any process has learnt; whether one was new to it."""
    rows = PlatformCertificate.objects.exclude(serial__in=line.trust.serials)
    new = {row.serial: row.pem for row in rows if not _is_simulated(row.serial)}
    line.trust.learn(new)
    return bool(new)


def read_merchant() -> Merchant:
    """The merchant of the setting WECHATPAY; refused while its file is not there."""
    try:
        return Merchant(**settings.WECHATPAY)
    except FileNotFoundError:
        sentence = _("微信支付尚未配置，请改用其他方式缴费。")
        raise Refused("wechat_unavailable", sentence, status=503) from None


@lru_cache(maxsize=1)
def _kept() -> _Kept:
    return _Kept(new_line(), time.monotonic())


def _is_simulated(serial: str) -> bool:
    """A production does not believe the simulator, even with a demo's database."""
    return bool(settings.PRODUCTION) and SIMULATOR_MARK in serial.upper()
