"""The language of reporters' pages stands in the address: no cookie and no browser decides it."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import translation

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def in_language(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Makes a view answer in the language of its address; 404 for any other."""

    @wraps(view)
    def answer(
        request: HttpRequest, language: str, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        if language not in LANGUAGES:
            raise Http404
        code = LANGUAGES[language]
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = view(request, language, *args, **kwargs)
        response.headers["Content-Language"] = code
        return response

    return answer
