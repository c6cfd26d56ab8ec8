"""What the API's description says of every operation: which problems it answers, and examples.

An operation names its own problems and examples in `office.api.api_operations.described`; here come
those that follow from its kind: sign-in, a body, a record in the address, a rate limit.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext, gettext_noop
from drf_spectacular.plumbing import normalize_result_object

from heating.api_problem_codes import CODES
from office.api.api_operations import OURS
from office.api.problems import PROBLEM_JSON, TITLES

_TEXT = {"type": "string"}
# Sentences that the description takes from the settings and from the docstrings of computed fields,
# where the catalogue does not look.
_ELSEWHERE = (
    gettext_noop("供热状态；已过户的不再显示。"),
    gettext_noop("一行可用计算器核对的算式。"),
    gettext_noop("收据号。"),
    gettext_noop("更正的原因、金额及依据。"),
    gettext_noop("您受影响的户号。"),
    gettext_noop("可直接显示的承诺；已办结的为空。"),
    gettext_noop(
        "用户查看户号与账单、发起微信支付、下载收据，报修、投诉、咨询并跟踪进度、评价；"
        "呼叫中心凭机器令牌查询来电弹屏，友云采凭机器令牌推送供应商、订单和到货。"
        "金额一律为整数分，时间一律为带时区的 ISO 8601。"
        "错误按 RFC 9457 返回 application/problem+json，code 稳定不变，detail 为可直接显示的句子。"
    ),
)
_REF = {"$ref": "#/components/schemas/Problem"}


def _problem_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "description": gettext("RFC 9457。code 稳定不变，detail 为可直接显示的句子。"),
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": sorted(CODES)},
            "detail": _TEXT,
            "wechat_ticket": _TEXT,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["field", "code", "detail"],
                    "properties": {"field": _TEXT, "code": _TEXT, "detail": _TEXT},
                },
            },
        },
    }


def describe_operations(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Completes every operation with its examples and problems; a hook of drf-spectacular."""
    result = normalize_result_object(result)  # type: ignore[no-untyped-call]
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for schema in schemas.values():
        # It comes from the serializer's docstring, which is written for programmers of this house.
        schema.pop("description", None)
        _translate(schema)
    schemas["Problem"] = _problem_schema()
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    return result


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    own = operation.pop(OURS, {})
    if "security" in operation:
        # Each of several ways to sign in is enough.
        operation["security"] = [
            {name: scopes} for way in operation["security"] for name, scopes in way.items()
        ]
    _add_language(operation)
    _add_examples(operation, own)
    codes = _shared_codes(path, method, operation, limited=own.get("limited", True))
    for status, more in own.get("problems", {}).items():
        codes[status] += [code for code in more if code not in codes[status]]
    for status in sorted(codes):
        operation["responses"][status] = _problem_answer(status, codes[status])


def _translate(part: Any) -> None:
    """Puts the descriptions of fields into the reader's language."""
    if isinstance(part, dict):
        if isinstance(part.get("description"), str):
            part["description"] = gettext(part["description"])
        for inner in part.values():
            _translate(inner)
    elif isinstance(part, list):
        for inner in part:
            _translate(inner)


def _add_language(operation: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(
        {
            "in": "header",
            "name": "Accept-Language",
            "schema": {"type": "string", "default": "zh-CN", "example": "en"},
            "description": gettext("应答中句子的语言：zh-CN 或 en。"),
        }
    )


def _add_examples(operation: dict[str, Any], own: dict[str, Any]) -> None:
    if own.get("request_example") is not None:
        for content in operation["requestBody"]["content"].values():
            content["example"] = own["request_example"]
    if own.get("example") is not None:
        for status, answer in operation["responses"].items():
            if status < "300":
                for content in answer["content"].values():
                    content["example"] = own["example"]


def _shared_codes(
    path: str, method: str, operation: dict[str, Any], *, limited: bool
) -> dict[str, list[str]]:
    """Returns the codes by status that follow from what kind of operation it is."""
    codes: dict[str, list[str]] = defaultdict(list)
    for status, code in _causes(path, method, operation):
        codes[status].append(code)
    if limited:
        codes["429"].append("throttled")
    return codes


def _causes(path: str, method: str, operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    ways = {name for way in operation.get("security", []) for name in way}
    yield "400", "unreadable"
    yield "500", "error"
    if ways:
        yield "401", "not_authenticated"
        yield "401", "machine_unknown" if "machine" in ways else "signed_out"
    if "cookie" in ways and method != "get":
        yield "403", "csrf_failed"
    if method != "get":
        yield "409", "busy"
    if "{" in path:
        yield "404", "not_found"
    if "requestBody" in operation:
        yield "400", "parse_error"
        yield "413", "too_large"
        yield "415", "unsupported_media_type"
    if "requestBody" in operation or _has_query(operation):
        yield "422", "invalid"


def _has_query(operation: dict[str, Any]) -> bool:
    return any(parameter["in"] == "query" for parameter in operation.get("parameters", []))


def _problem_answer(status: str, codes: list[str]) -> dict[str, Any]:
    """Returns the entry of one status: its codes with their meaning, an example of each."""
    answer: dict[str, Any] = {
        "description": "\n".join(f"`{code}` {CODES[code]}" for code in codes),
        "content": {
            PROBLEM_JSON: {
                "schema": _REF,
                "examples": {code: {"value": _problem_example(status, code)} for code in codes},
            }
        },
    }
    if status == "429":
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return answer


def _problem_example(status: str, code: str) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": f"urn:heating:problem:{code}",
        "title": str(TITLES[int(status)]),
        "status": int(status),
        "code": code,
        "detail": str(CODES[code]),
    }
    if code == "invalid":
        example["errors"] = [
            {"field": "phone", "code": "required", "detail": gettext("请填写此项。")}
        ]
    return example
