"""The API document: each operation has a summary, fitting examples and the codes it answers."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from heating.api_problem_codes import CODES
from office.api.problems import PROBLEM_JSON

CHINESE = re.compile("[\u4e00-\u9fff]")


def document(language: str = "zh-hans") -> dict[str, Any]:
    with translation.override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.loads(json.dumps(schema, ensure_ascii=False))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return document()


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def fits(example: Any, content: dict[str, Any], schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(
        {**content["schema"], "components": schema["components"]},
        format_checker=jsonschema.FormatChecker(),
    ).validate(example)


class TestEachOperation:
    def test_has_a_summary_of_its_own(self, schema: dict[str, Any]) -> None:
        summaries = [operation["summary"] for _, _, operation in operations(schema)]
        assert len(summaries) == len(set(summaries)) == 30
        assert all(CHINESE.search(summary) for summary in summaries)
        assert not CHINESE.search(
            "".join(operation["summary"] for _, _, operation in operations(document("en")))
        )

    def test_shows_a_request_that_fits_its_schema(self, schema: dict[str, Any]) -> None:
        shown = 0
        for method, path, operation in operations(schema):
            for content in operation.get("requestBody", {}).get("content", {}).values():
                assert "example" in content, f"{method} {path} shows no request"
                fits(content["example"], content, schema)
                shown += 1
        assert shown == 16

    def test_shows_an_answer_that_fits_its_schema(self, schema: dict[str, Any]) -> None:
        shown = 0
        for method, path, operation in operations(schema):
            answers = {s: a for s, a in operation["responses"].items() if s < "300"}
            assert answers, f"{method} {path} never succeeds"
            contents = [a["content"] for s, a in answers.items() if s != "204"]
            for media_type, content in [pair for c in contents for pair in c.items()]:
                assert content.get("example"), f"{method} {path} shows no answer"
                if media_type == "application/json":
                    fits(content["example"], content, schema)
                    shown += 1
        assert shown == 31

    def test_lists_the_codes_of_each_status_with_an_example(self, schema: dict[str, Any]) -> None:
        listed = set()
        for method, path, operation in operations(schema):
            problems = {s: a for s, a in operation["responses"].items() if s >= "300"}
            assert {"400", "500"} <= problems.keys(), f"{method} {path}"
            for status, answer in problems.items():
                content = answer["content"][PROBLEM_JSON]
                for code, example in content["examples"].items():
                    value = example["value"]
                    assert (value["status"], value["code"]) == (int(status), code)
                    assert f"`{code}` {CODES[code]}" in answer["description"]
                    fits(value, content, schema)
                    listed.add(code)
        assert listed == CODES.keys()

    def test_declares_what_can_happen_and_nothing_else(self, schema: dict[str, Any]) -> None:
        """The statuses follow from sign-in, body, record, limit; these are of each kind one."""
        statuses = {
            operation["operationId"]: sorted(operation["responses"])
            for _, _, operation in operations(schema)
        }
        assert statuses["who_am_i"] == ["200", "400", "401", "500"]
        assert statuses["list_accounts"] == ["200", "400", "401", "422", "429", "500"]
        assert statuses["show_account"] == ["200", "400", "401", "404", "429", "500"]
        assert statuses["sign_out"] == ["204", "400", "401", "403", "409", "500"]
        assert statuses["send_sign_in_code"] == [
            *("202", "400", "409", "413", "415", "422", "429", "500", "503")
        ]
        assert "410" in statuses["answer_call_back"]
        assert "401" not in statuses["answer_call_back"]
        assert "403" not in statuses["show_screen_pop"]
        assert not any("405" in codes for codes in statuses.values())

    def test_one_of_several_ways_to_sign_in_is_enough(self, schema: dict[str, Any]) -> None:
        ways = {
            operation["operationId"]: operation.get("security", [])
            for _, _, operation in operations(schema)
        }
        assert ways["list_accounts"] == [{"token": []}, {"cookie": []}]
        assert ways["show_screen_pop"] == [{"machine": []}]
        assert ways["sign_in"] == []

    def test_can_be_asked_in_two_languages(self, schema: dict[str, Any]) -> None:
        for method, path, operation in operations(schema):
            names = [parameter["name"] for parameter in operation["parameters"]]
            assert "Accept-Language" in names, f"{method} {path}"


@pytest.mark.django_db
class TestPage:
    def test_shows_every_operation_and_code(self, client: Client, schema: dict[str, Any]) -> None:
        page = client.get("/api/v1/docs", headers={"Accept-Language": "zh-CN"})
        assert page.status_code == 200
        html = page.content.decode()
        for method, path, operation in operations(schema):
            assert f'<section id="{operation["operationId"]}">' in html
            assert f"{method.upper()} {path}" in html
            assert operation["summary"] in html
        for code in CODES:
            assert f"<code>{code}</code>" in html
        assert "bills[].lines[].unit_price" in html
        assert "<script" not in html
        assert "unsafe-eval" not in page.headers["Content-Security-Policy"]

    def test_is_english_for_who_prefers_it(self, client: Client) -> None:
        html = client.get("/api/v1/docs", headers={"Accept-Language": "en"}).content.decode()
        # The examples show data, which is Chinese in either language.
        words = re.sub(r"<pre>.*?</pre>|<head>.*?</head>", "", html, flags=re.S)
        match = CHINESE.search(words)
        assert match is None, words[match.start() - 80 : match.start() + 80]
