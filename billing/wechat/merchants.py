"""The WeChat Pay merchant that collects for a company, and the certificates that it trusts."""

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

# The name under which payments and notifications of WeChat Pay are stored.
WECHATPAY = "wechatpay"
# After this time a process reads the certificates that others have learnt, sooner when it meets
# an unknown serial.
CATCH_UP_SECONDS = 60


@dataclass
class _ProcessClient:
    """The client of this process and the time (monotonic) when it last read new certificates."""

    client: WechatPay
    refreshed_at: float


def wechat_pay_for(company: Company) -> WechatPay:
    """Returns the client that collects for a company; today one merchant collects for all."""
    return wechat_pay()


def wechat_pay() -> WechatPay:
    """Returns this process's client; it is built once, and threads share its connections."""
    process_client = _process_client()
    now = time.monotonic()
    if now - process_client.refreshed_at >= CATCH_UP_SECONDS:
        process_client.refreshed_at = now
        trust_learnt_certificates(process_client.client)
    return process_client.client


def new_client() -> WechatPay:
    """Returns a separate client that trusts the merchant file and the certificates learnt since."""
    client = WechatPay(read_merchant())
    trust_learnt_certificates(client)
    return client


def close_client() -> None:
    """Closes this process's client; the next call reads the settings again."""
    # Only a client that exists is closed: asking for it would build one.
    if _process_client.cache_info().currsize:
        _process_client().client.close_connections()
        _process_client.cache_clear()


def trust_learnt_certificates(client: WechatPay) -> bool:
    """Makes the client trust all learnt certificates; returns whether one was new to it."""
    rows = PlatformCertificate.objects.exclude(serial__in=client.trust.serials)
    new = {row.serial: row.pem for row in rows if not _is_simulated(row.serial)}
    client.trust.learn(new)
    return bool(new)


def read_merchant() -> Merchant:
    """Returns the merchant from the setting WECHATPAY; refuses while its file does not exist."""
    try:
        return Merchant(**settings.WECHATPAY)
    except FileNotFoundError:
        sentence = _("微信支付尚未配置，请改用其他方式缴费。")
        raise Refused("wechat_unavailable", sentence, status=503) from None


@lru_cache(maxsize=1)
def _process_client() -> _ProcessClient:
    return _ProcessClient(new_client(), time.monotonic())


def _is_simulated(serial: str) -> bool:
    """Returns whether production must refuse the serial, because the simulator made it.

    A demo's database, copied into production, contains such certificates.
    """
    return bool(settings.PRODUCTION) and SIMULATOR_MARK in serial.upper()
