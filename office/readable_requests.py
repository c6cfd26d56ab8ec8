"""Requests that no page could read are refused once, before any page: NUL and oversized bodies."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from office.api.problems import PROBLEM_JSON, problem
from office.chosen_language import chosen_language
from office.forms.typed_numbers import read_number

V = TypeVar("V", bound=Callable[..., HttpResponse])

# PostgreSQL keeps no NUL in text and no file has one in its name; no keyboard types it.
_NUL = "\x00"
_UNREADABLE = _("请求中含有无法识别的字符，请检查后重新填写。")
_TOO_LARGE = _("提交的内容过大，请缩短或分几次提交。")


def drops_nul(view: V) -> V:
    """Marks a view that drops NUL from its fields itself: its sender cannot correct them."""
    view.drops_nul = True  # type: ignore[attr-defined]
    return view


class ReadableRequestsMiddleware:
    """Answers 400 to NUL in address, cookies or fields, and 413 to a body above
    DATA_UPLOAD_MAX_MEMORY_SIZE that is no upload of files.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        texts = (request.path, *_texts(request.GET.lists()), *request.COOKIES.values())
        if any(_NUL in text for text in texts):
            return _refuse(request, 400, "unreadable", _UNREADABLE)
        if _length(request) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
            return _refuse(request, 413, "too_large", _TOO_LARGE)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, _args: Iterable[Any], _kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        """Reads the fields of a form; views for machines, which are exempt from the CSRF check,
        read their body themselves.
        """
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        if getattr(view, "drops_nul", False):
            return None
        if any(_NUL in text for text in _texts(request.POST.lists())):
            return _refuse(request, 400, "unreadable", _UNREADABLE)
        return None


def _texts(fields: Iterable[tuple[str, list[Any]]]) -> Iterable[str]:
    for name, values in fields:
        yield name
        yield from map(str, values)


def _length(request: HttpRequest) -> int:
    """Returns the length of a body that is read whole into memory; files are written to disk."""
    if request.content_type == "multipart/form-data":
        return 0
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return read_number(length) or 0


def _refuse(request: HttpRequest, status: int, code: str, sentence: Any) -> HttpResponse:
    """Answers in the reader's language: the API with a problem, everything else with a page.

    No later middleware sees the request, so that the page gets its policy here.
    """
    with translation.override(chosen_language(request)):
        if request.path.startswith("/api/"):
            answer = problem(status, code, str(sentence))
            return JsonResponse(answer.data, status=status, content_type=PROBLEM_JSON)
        html = render_to_string(f"{status}.html", {"request": request, "sentence": sentence})
    page = HttpResponse(html, status=status)
    # It adds the header to the page it is handed.
    CSPMiddleware(lambda _request: page)(request)
    return page
