"""Requests and answers as plain values, independent of any web framework."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from simulators.wechatpay.world import Refusal


@dataclass(frozen=True)
class Request:
    """A request; `target` is path and query exactly as received: the signature covers them."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(errors="replace")))

    def json_body(self) -> dict[str, Any]:
        """Returns the JSON object in the body; an empty body counts as an empty object."""
        try:
            value = json.loads(self.body or b"{}")
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Refusal(400, "PARAM_ERROR", "请求体不是合法的JSON对象")
        return value

    def cookie(self, name: str) -> str:
        """Returns the cookie's value; "" without it."""
        try:
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        except CookieError:
            return ""
        return cookie.value if cookie else ""


@dataclass(frozen=True)
class Answer:
    """An answer; with `dropped` the connection is closed instead."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False


def json_answer(status: int, value: object) -> Answer:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": "application/json; charset=utf-8"})


def refusal_answer(refusal: Refusal) -> Answer:
    return json_answer(refusal.status, {"code": refusal.code, "message": refusal.message})


DROPPED = Answer(0, dropped=True)
