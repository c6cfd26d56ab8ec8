"""One request and one answer, with nothing of a web framework about them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from simulators.wechatpay.world import Refusal


@dataclass(frozen=True)
class Request:
    """`target` is path and query exactly as received, which is what was signed."""

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

    def said(self) -> dict[str, Any]:
        """The JSON object in the body; an empty body is an empty object."""
        try:
            said = json.loads(self.body or b"{}")
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise Refusal(400, "PARAM_ERROR", "请求体不是合法的JSON对象")
        return said

    def cookie(self, name: str) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        except CookieError:
            return ""
        return found.value if found else ""


@dataclass(frozen=True)
class Answer:
    """`dropped` closes the connection instead of answering."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False


def json_answer(status: int, said: object) -> Answer:
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": "application/json; charset=utf-8"})


def refusal_answer(refusal: Refusal) -> Answer:
    return json_answer(refusal.status, {"code": refusal.code, "message": refusal.message})


DROPPED = Answer(0, dropped=True)
