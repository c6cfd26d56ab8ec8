"""The parser of the API's JSON bodies: what no serializer could read is refused here, once."""

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class ReadableJSONParser(JSONParser):
    """Parses a JSON body; answers 400 also to one that is nested too deep or holds half a
    character.
    """

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            body = super().parse(stream, media_type, parser_context)
            # "\ud800", half of a surrogate pair, is valid JSON; neither UTF-8 nor PostgreSQL
            # takes it, and an error answer that quotes it could not be written.
            json.dumps(body, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError):
            raise ParseError from None
        return body
