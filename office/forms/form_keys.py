"""The key by which a form that is sent twice is carried out once.

The page draws the key when it is shown; the operation keeps it under a unique constraint.
"""

import re
import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.refusals import Refused

FORM_KEY_PATTERN = r"^[0-9A-Za-z_-]{8,64}$"
EXPIRED = _("页面已失效，请重新打开页面后再办理。")
_FORM_KEY = re.compile(FORM_KEY_PATTERN)


def new_form_key() -> str:
    """Returns a key that no other page has."""
    return secrets.token_hex(16)


def is_form_key(text: str) -> bool:
    """Says whether the text can be a key that a page of ours or a client of the API drew."""
    # `$` of the pattern would let a newline at the end pass.
    return _FORM_KEY.fullmatch(text) is not None


def form_used_elsewhere() -> Refused:
    """Returns the refusal of a form whose key another record already bears."""
    return Refused("form_expired", EXPIRED)


class FormKeyField(forms.CharField):
    """A hidden field with the key of the form; a page without one has expired."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, initial=new_form_key, **options)

    def clean(self, value: Any) -> str:
        """Returns the key; a form without one, or with a damaged one, does not validate."""
        text = str(value or "")
        if not is_form_key(text):
            raise forms.ValidationError(EXPIRED, code="form_expired")
        return text
