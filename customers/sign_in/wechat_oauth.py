"""WeChat's page authorisation, which exchanges a code from the browser for the user's openid."""

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
    """The public account that our pages belong to; the last two fields exist in the simulator
    only.
    """

    appid: str
    appsecret: str = field(repr=False)
    authorize_url: str
    token_url: str
    bridge_url: str = ""
    payer_url: str = ""


def wechat_account() -> WechatAccount:
    """Returns the account from WECHATPAY_MERCHANT_FILE; refuses while the file does not exist."""
    try:
        entries = json.loads(settings.WECHATPAY_MERCHANT_FILE.read_text())
    except FileNotFoundError:
        raise Refused("wechat_unavailable", _UNAVAILABLE, status=503) from None
    simulated = not settings.PRODUCTION
    return WechatAccount(
        appid=entries["appid"],
        appsecret=entries["appsecret"],
        authorize_url=entries.get("oauth_authorize_url", AUTHORIZE_URL),
        token_url=entries.get("oauth_token_url", TOKEN_URL),
        # A production page never takes scripts from elsewhere, whatever the file says.
        bridge_url=entries.get("jsapi_bridge_url", "") if simulated else "",
        payer_url=entries.get("payer_url", "") if simulated else "",
    )


def exchange_code(code: str) -> str:
    """Returns the openid of a one-time code; refuses when WeChat does not recognise the code."""
    account = wechat_account()
    query = {
        "appid": account.appid,
        "secret": account.appsecret,
        "code": code,
        "grant_type": "authorization_code",
    }
    try:
        answer = httpx.get(account.token_url, params=query, timeout=5, trust_env=False)
        reply = answer.json()
    except (httpx.HTTPError, ValueError):
        # `from None`, since the text of the cause contains the application's secret.
        raise Refused("wechat_unavailable", _UNAVAILABLE, status=503) from None
    openid = reply.get("openid") if isinstance(reply, dict) else None
    if not isinstance(openid, str) or not openid:
        raise Invalid("wechat_code_wrong", _("微信授权已失效，请重新进入页面。"))
    return openid


def write_ticket(openid: str) -> str:
    """Returns the encrypted openid, which the browser sends back together with the phone code."""
    return signing.dumps(seal(openid, TICKET), salt=TICKET)


def read_ticket(ticket: str) -> str:
    try:
        return unseal(signing.loads(ticket, salt=TICKET, max_age=TICKET_SECONDS), TICKET)
    except signing.BadSignature:
        raise Invalid("wechat_ticket_wrong", _("微信授权已失效，请重新进入页面。")) from None
