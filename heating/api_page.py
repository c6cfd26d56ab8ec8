"""The API document as a page that people read, made from the same description as the schema."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator

from heating.api_problem_codes import CODES

MOST_LEVELS = 6


@dataclass(frozen=True)
class Field:
    """One field of a request or an answer; `bills[].lines[].area` lies in a list in a list."""

    name: str
    kind: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class Answer:
    """One status: the fields and the example of a success, the codes of a problem."""

    status: str
    is_success: bool
    codes: list[tuple[str, str]]
    fields: list[Field]
    example: str


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it."""

    name: str
    method: str
    path: str
    summary: str
    ways: list[str]
    parameters: list[Field]
    request: list[Field]
    request_example: str
    answers: list[Answer]


def api_page(request: HttpRequest) -> HttpResponse:
    """Shows every operation with fields, examples, statuses and codes, in the reader's language."""
    language = get_language() or ""
    operations, description = _document(language)
    context = {
        "operations": operations,
        "description": description,
        "codes": [(code, str(meaning)) for code, meaning in CODES.items()],
    }
    return render(request, "heating/api_page.html", context)


@lru_cache(maxsize=4)
def _document(language: str) -> tuple[list[Operation], str]:
    """Returns the operations and the introduction; made once per language and process."""
    with override(language or None):
        generator = SchemaGenerator()  # type: ignore[no-untyped-call]
        schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        operations = [
            _operation(method, path, entry, schema["components"]["schemas"])
            for path, methods in schema["paths"].items()
            for method, entry in methods.items()
        ]
        return operations, _(schema["info"]["description"])


def _operation(method: str, path: str, entry: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    bodies = entry.get("requestBody", {}).get("content", {})
    content: dict[str, Any] = next(iter(bodies.values()), {})
    return Operation(
        name=entry["operationId"],
        method=method.upper(),
        path=path,
        summary=entry["summary"],
        ways=[name for way in entry.get("security", []) for name in way],
        parameters=[_parameter(parameter) for parameter in entry.get("parameters", [])],
        request=list(_fields(content.get("schema", {}), schemas)),
        request_example=_shown(content.get("example")),
        answers=[_answer(status, answer, schemas) for status, answer in entry["responses"].items()],
    )


def _parameter(parameter: dict[str, Any]) -> Field:
    place = {"query": "?", "header": "header: ", "path": "path: ", "cookie": "cookie: "}
    return Field(
        f"{place[parameter['in']]}{parameter['name']}",
        _kind(parameter["schema"]),
        parameter.get("required", False),
        parameter.get("description", ""),
    )


def _answer(status: str, answer: dict[str, Any], schemas: dict[str, Any]) -> Answer:
    content: dict[str, Any] = next(iter(answer.get("content", {}).values()), {})
    is_success = status < "300"
    examples = {code: example["value"] for code, example in content.get("examples", {}).items()}
    example = content.get("example", next(iter(examples.values()), None))
    return Answer(
        status,
        is_success,
        [(code, example["detail"]) for code, example in examples.items()],
        list(_fields(content.get("schema", {}), schemas)) if is_success else [],
        _shown(example),
    )


def _fields(
    schema: dict[str, Any], schemas: dict[str, Any], prefix: str = "", level: int = 0
) -> Iterator[Field]:
    """Yields the fields of an object and of what lies in it, each under its whole name."""
    schema = _resolved(schema, schemas)
    if schema.get("type") == "array":
        yield from _fields(schema["items"], schemas, f"{prefix}[]", level)
        return
    if level > MOST_LEVELS:
        return
    required = schema.get("required", [])
    for name, inner in schema.get("properties", {}).items():
        whole_name = f"{prefix}.{name}".lstrip(".")
        part = _resolved(inner, schemas)
        meaning = inner.get("description", part.get("description", ""))
        yield Field(
            whole_name, _kind(part), name in required, meaning if "enum" not in part else ""
        )
        yield from _fields(part, schemas, whole_name, level + 1)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema behind references; of "this or null", this."""
    for key in ("allOf", "oneOf", "anyOf"):
        choices = [choice for choice in schema.get(key, []) if choice.get("type") != "null"]
        if len(choices) == 1:
            schema = {**choices[0], **{k: v for k, v in schema.items() if k != key}}
    if "$ref" in schema:
        target = schemas[schema["$ref"].rpartition("/")[2]]
        return {**_resolved(target, schemas), **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def _kind(schema: dict[str, Any]) -> str:
    """Returns the type with what limits it, as "integer ≥ 1" or "a | b"."""
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"] if value is not None)
    types = schema.get("type", "")
    kind = " / ".join(types) if isinstance(types, list) else types
    parts = [kind, schema.get("format", ""), schema.get("pattern", "")]
    parts += [f"≥ {schema['minimum']}"] if "minimum" in schema else []
    parts += [f"≤ {schema['maximum']}"] if "maximum" in schema else []
    parts += [f"maxLength {schema['maxLength']}"] if "maxLength" in schema else []
    return " ".join(part for part in parts if part)


def _shown(example: Any) -> str:
    if example is None:
        return ""
    return (
        example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
    )
