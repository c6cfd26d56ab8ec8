"""The `Idempotency-Key` header of the API: a request that is sent twice is carried out once."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from office.forms.form_keys import FORM_KEY_PATTERN, is_form_key
from office.language import Text

HEADER = "Idempotency-Key"


def key_parameter(description: Text) -> OpenApiParameter:
    """Returns the header's entry in the API document; the description says when to draw a key."""
    schema = {"type": "string", "pattern": FORM_KEY_PATTERN}
    return OpenApiParameter(
        HEADER, schema, OpenApiParameter.HEADER, required=True, description=description
    )


def read_idempotency_key(request: Request) -> str:
    """Returns the request's key; a missing or malformed one is answered with status 400."""
    key = request.headers.get(HEADER, "")
    if not is_form_key(key):
        raise ParseError(
            _("请在 Idempotency-Key 请求头中给出 8 至 64 位字母、数字、- 或 _。"),
            code="idempotency_key_missing",
        )
    return key
