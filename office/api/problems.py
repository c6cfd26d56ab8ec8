"""Error answers of the API in one shape: problem details of RFC 9457."""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DatabaseError
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from office.locks.database_refusals import refusal_of
from office.refusals import Refused

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
TITLES = {
    400: _("请求无法读取"),
    401: _("需要登录"),
    403: _("不允许"),
    404: _("没有找到"),
    405: _("不支持的操作"),
    409: _("现在不能办理"),
    410: _("已经过期"),
    413: _("内容过大"),
    415: _("不支持的内容类型"),
    422: _("填写有误"),
    429: _("请求过于频繁"),
    500: _("系统故障"),
    502: _("上游服务未接受"),
    503: _("服务暂不可用"),
}
_SENTENCES = {
    "parse_error": _("请求内容不是有效的 JSON。"),
    "not_authenticated": _("请先登录。"),
    "not_found": _("没有找到这条记录。"),
    "method_not_allowed": _("这个地址不支持该操作。"),
    "unsupported_media_type": _("请以 application/json 提交。"),
    "invalid": _("填写的内容有误，请按提示修改后重试。"),
    "error": _("系统出了故障，已记录下来；请稍后重试。"),
}


class AnswerInJSON(DefaultContentNegotiation):
    """Always answers in JSON, so that no odd Accept header makes a payment fail."""

    def select_renderer(  # type: ignore[override]
        self, request: Request, renderers: Sequence[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


def answer_problem(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answers refusals, framework errors and accidents alike; the exception handler of DRF."""
    if isinstance(error, DatabaseError):
        error = refusal_of(error) or error
    if isinstance(error, Refused):
        return _answer_refusal(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, TOO_MUCH):
        return problem(413, "too_large", gettext("提交的内容过大，请缩短或分几次提交。"))
    if isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError()
    if isinstance(error, exceptions.ValidationError):
        return problem(422, "invalid", errors=list(_field_errors(error.get_full_details())))
    if isinstance(error, exceptions.Throttled):
        wait = math.ceil(getattr(error, "wait", None) or 1)
        sentence = gettext("请求过于频繁，请 %(wait)s 秒后再试。") % {"wait": wait}
        return problem(429, "throttled", sentence, retry_after=wait)
    if isinstance(error, exceptions.APIException):
        return _answer_framework(error)
    logger.error("unexpected error in %s", context.get("view"), exc_info=error)
    return problem(500, "error")


def problem(
    status: int,
    code: str,
    detail: str = "",
    *,
    errors: Sequence[Mapping[str, str]] = (),
    retry_after: int | None = None,
    **facts: Any,
) -> Response:
    """Returns an error answer; `facts` stand beside the sentence under their own names."""
    body: dict[str, Any] = {
        "type": f"urn:heating:problem:{code}",
        "title": str(TITLES.get(status, _("不能办理"))),
        "status": status,
        "code": code,
        "detail": str(detail or _SENTENCES.get(code, _("现在不能办理。"))),
        **facts,
    }
    if errors:
        body["errors"] = list(errors)
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(body, status=status, headers=headers, content_type=PROBLEM_JSON)


def _answer_refusal(refusal: Refused) -> Response:
    # What an operation adds for a clerk's screen is not meant for strangers.
    wait = refusal.facts.get("retry_after")
    return problem(refusal.status, refusal.code, refusal.sentence, retry_after=wait)


def _answer_framework(error: exceptions.APIException) -> Response:
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "invalid"
    detail = str(_SENTENCES.get(code, error.detail))
    answer = problem(error.status_code, code, detail)
    if challenge := getattr(error, "auth_header", None):
        answer.headers["WWW-Authenticate"] = challenge
    return answer


def _field_errors(details: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Yields nested error details as flat rows: `bills.0` is the first of a list."""
    if isinstance(details, Mapping) and {"message", "code"} == set(details):
        yield {"field": field, "code": str(details["code"]), "detail": str(details["message"])}
        return
    if isinstance(details, Mapping):
        for name, inner in details.items():
            own = field if name == "non_field_errors" else f"{field}.{name}".strip(".")
            yield from _field_errors(inner, own)
    elif isinstance(details, Sequence):
        for inner in details:
            yield from _field_errors(inner, field)
