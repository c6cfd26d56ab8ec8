"""Texts that wait for the reader's language, and records that stay Chinese whoever reads them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise
else:
    Text = str


def in_chinese() -> translation.override:
    """Writes in Chinese inside the block, for papers, the journal and other kept sentences."""
    return translation.override(settings.LANGUAGE_CODE)


def in_readers_language(name: str) -> str:
    """Returns a name that is stored in Chinese, such as a role's, in the reader's language."""
    return gettext(name) if name else ""


def listed(names: Iterable[str]) -> str:
    """Returns stored names as a list in the reader's language."""
    chinese = (translation.get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE
    return ("、" if chinese else ", ").join(in_readers_language(name) for name in names)
