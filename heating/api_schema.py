"""The error answers ("problems") that the API's description adds to every operation."""

from typing import Any

from office.problems import PROBLEM_JSON

_PROBLEMS = {
    "400": "请求无法读取",
    "401": "未登录或登录已失效",
    "403": "不允许",
    "404": "不存在，或不属于您",
    "405": "不支持的方法",
    "409": "现在不能办理",
    "413": "内容过大",
    "415": "不是 JSON",
    "422": "填写有误",
    "429": "过于频繁，见 Retry-After",
    "500": "系统故障",
    "502": "微信支付未接受",
    "503": "暂不可用",
}
_TEXT = {"type": "string"}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457。code 稳定不变，detail 为可直接显示的中文句子。",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": _TEXT,
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


def describe_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Describes the problem once and refers to it from every operation; a hook of
    drf-spectacular.
    """
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            for status, says in _PROBLEMS.items():
                answer: dict[str, Any] = {"description": says, "content": content}
                if status == "429":
                    answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
                operation["responses"].setdefault(status, answer)
    return result
