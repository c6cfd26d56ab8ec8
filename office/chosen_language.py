"""The language of an answer: the one a person chose on our pages, or the one a program asks for."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

_API = "/api/"


def chosen_language(request: HttpRequest) -> str:
    """Returns the language to answer in.

    Pages are Chinese until a person chooses a language, whatever the browser prefers. The API
    follows `Accept-Language`, which our own pages set to their language.
    """
    if request.path.startswith(_API):
        for language, _weight in parse_accept_lang_header(
            request.headers.get("Accept-Language", "")
        ):
            try:
                return get_supported_language_variant(language)
            except LookupError:
                continue
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def answer_depends_on(request: HttpRequest) -> tuple[str, ...]:
    """Returns the request headers by which a cache must tell the languages apart."""
    return ("Cookie", "Accept-Language") if request.path.startswith(_API) else ("Cookie",)
