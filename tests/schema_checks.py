"""What every answer of the API is checked for against its description."""

from typing import Any

from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)


def code_is_listed(_context: Any, response: Any, case: Any) -> None:
    """Each problem's code is among those that the document lists for the operation and status."""
    if response.status_code < 300:
        return
    body = response.json()
    content = case.operation.definition.raw["responses"][str(response.status_code)]["content"]
    assert body["code"] in content["application/problem+json"]["examples"], body


CHECKS = [
    code_is_listed,
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
