"""OAuth with scope snsapi_base: it redirects at once, with a code that gives the openid once."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from simulators.wechatpay.world import Refusal, World

CODE_LIVES = 300


def authorize(world: World, query: Mapping[str, str], openid: str) -> str:
    """Returns where the browser goes next: `redirect_uri` with `code` and `state`."""
    if query.get("appid") != world.keys.appid:
        raise Refusal(400, "10003", "appid 与商户不符")
    if query.get("response_type") != "code" or query.get("scope") != "snsapi_base":
        raise Refusal(400, "10005", "只支持 response_type=code 与 scope=snsapi_base")
    target = query.get("redirect_uri", "")
    if not world.may_call(target):
        raise Refusal(400, "10003", "redirect_uri 域名与后台配置不一致")
    code = secrets.token_hex(16)
    with world.store.change() as db:
        db.execute("INSERT INTO oauth_codes VALUES (?, ?, ?)", (code, openid, world.now()))
    parts = urlsplit(target)
    result = urlencode({"code": code, "state": query.get("state", "")})
    return urlunsplit(parts._replace(query=f"{parts.query}&{result}" if parts.query else result))


def access_token(world: World, query: Mapping[str, str]) -> dict[str, object]:
    """Exchanges a code for the openid; errors come as 200 with `errcode`, in WeChat's words."""
    if query.get("appid") != world.keys.appid:
        return {"errcode": 40013, "errmsg": "invalid appid"}
    if query.get("secret") != world.keys.appsecret:
        return {"errcode": 40125, "errmsg": "invalid appsecret"}
    if query.get("grant_type") != "authorization_code":
        return {"errcode": 40002, "errmsg": "invalid grant_type"}
    with world.store.change() as db:
        # DELETE … RETURNING: of two exchanges at the same moment only one gets the openid.
        row = db.execute(
            "DELETE FROM oauth_codes WHERE code = ? RETURNING openid, made_at",
            (query.get("code", ""),),
        ).fetchone()
    if row is None or world.now() >= row["made_at"] + CODE_LIVES:
        return {"errcode": 40029, "errmsg": "invalid code"}
    return {
        "access_token": secrets.token_urlsafe(32),
        "expires_in": 7200,
        "refresh_token": secrets.token_urlsafe(32),
        "openid": row["openid"],
        "scope": "snsapi_base",
    }
