"""Texts that wait for the reader's language, and records that stay Chinese whoever reads."""

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
    """What is written inside is kept or printed: papers, journal, figures frozen with words."""
    return translation.override(settings.LANGUAGE_CODE)


def said(name: str) -> str:
    """A name that is kept in Chinese, as a role's is, in the reader's language."""
    return gettext(name) if name else ""


def listed(names: Iterable[str]) -> str:
    """Kept names side by side."""
    chinese = (translation.get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE
    return ("、" if chinese else ", ").join(said(name) for name in names)
