"""Who is looking at a page inside WeChat: a code from the browser is exchanged for the openid."""

import json
from dataclasses import dataclass, field

import httpx
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from office.refusals import Invalid, Refused
from office.sealing import seal, unseal

TICKET = "customers.wechat_ticket"
TICKET_SECONDS = 900
AUTHORIZE_URL = "https://open.weixin.qq.com/connect/oauth2/authorize"
TOKEN_URL = "https://api.weixin.qq.com/sns/oauth2/access_token"  # noqa: S105 - an address
_UNAVAILABLE = _("微信登录暂时不可用，请改用手机验证码登录。")


@dataclass(frozen=True)
class WechatAccount:
    """The public account our pages belong to; the last two are the simulator's telephone."""

    appid: str
    appsecret: str = field(repr=False)
    authorize_url: str
    token_url: str
    bridge_url: str = ""
    payer_url: str = ""


def wechat_account() -> WechatAccount:
    """Read from WECHATPAY_MERCHANT_FILE; refused while that is not there."""
    try:
        said = json.loads(settings.WECHATPAY_MERCHANT_FILE.read_text())
    except FileNotFoundError:
        raise Refused("wechat_unavailable", _UNAVAILABLE, status=503) from None
    simulated = not settings.PRODUCTION
    return WechatAccount(
        appid=said["appid"],
        appsecret=said["appsecret"],
        authorize_url=said.get("oauth_authorize_url", AUTHORIZE_URL),
        token_url=said.get("oauth_token_url", TOKEN_URL),
        # A production page never takes scripts from elsewhere, whatever the file says.
        bridge_url=said.get("jsapi_bridge_url", "") if simulated else "",
        payer_url=said.get("payer_url", "") if simulated else "",
    )


def exchange_code(code: str) -> str:
    """The openid a one-time code stands for; refused when WeChat does not know the code."""
    account = wechat_account()
    query = {
        "appid": account.appid,
        "secret": account.appsecret,
        "code": code,
        "grant_type": "authorization_code",
    }
    try:
        answer = httpx.get(account.token_url, params=query, timeout=5, trust_env=False)
        said = answer.json()
    except (httpx.HTTPError, ValueError):
        # Without the cause: its text holds the application's secret.
        raise Refused("wechat_unavailable", _UNAVAILABLE, status=503) from None
    openid = said.get("openid") if isinstance(said, dict) else None
    if not isinstance(openid, str) or not openid:
        raise Invalid("wechat_code_wrong", _("微信授权已失效，请重新进入页面。"))
    return openid


def write_ticket(openid: str) -> str:
    """The openid in a sealed envelope for the browser to bring back with the phone code."""
    return signing.dumps(seal(openid, TICKET), salt=TICKET)


def read_ticket(ticket: str) -> str:
    try:
        return unseal(signing.loads(ticket, salt=TICKET, max_age=TICKET_SECONDS), TICKET)
    except signing.BadSignature:
        raise Invalid("wechat_ticket_wrong", _("微信授权已失效，请重新进入页面。")) from None
