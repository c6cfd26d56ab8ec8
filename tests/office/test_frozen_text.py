"""What a paper said when it was issued can be read back, also after its kind has changed."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from billing.bills.papers import RECEIPT_TEXT, receipt_paper
from office.papers.frozen import FrozenText
from tests.office.papers import a_receipt


@dataclass(frozen=True)
class Holder:
    name: str
    code: str = ""


@dataclass(frozen=True)
class Certificate:
    """The kind as it is now; its first version named one `holder` by text and had a `motto`."""

    number: str
    holder: Holder
    grades: tuple[int, ...] = ()


def name_the_holder(texts: dict[str, Any]) -> dict[str, Any]:
    return {**texts, "holder": {"name": texts["holder"]}}


CERTIFICATE = FrozenText(Certificate, upgrades=(name_the_holder,))


def through_json(texts: dict[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(json.dumps(texts))
    return loaded


class TestFrozenText:
    def test_is_read_back_as_it_was(self) -> None:
        paper = Certificate("1", Holder("甲公司", "911"), (90, 85))
        stored = through_json(CERTIFICATE.freeze(paper))
        assert stored == {
            "version": 2,
            "number": "1",
            "holder": {"name": "甲公司", "code": "911"},
            "grades": [90, 85],
        }
        assert CERTIFICATE.thaw(stored) == paper

    def test_of_the_first_version_is_brought_up_to_the_present_kind(self) -> None:
        stored = {"number": "1", "holder": "甲公司", "motto": "诚信"}
        assert CERTIFICATE.thaw(stored) == Certificate("1", Holder("甲公司"))
        assert stored == {"number": "1", "holder": "甲公司", "motto": "诚信"}

    def test_newer_than_the_code_is_not_guessed_at(self) -> None:
        with pytest.raises(ValueError, match="Certificate: version 3 is newer"):
            CERTIFICATE.thaw({"version": 3, "number": "1", "holder": {"name": "甲公司"}})

    def test_of_a_receipt_keeps_its_lines(self) -> None:
        paper = a_receipt(7)
        stored = through_json(RECEIPT_TEXT.freeze(paper))
        assert (stored["version"], receipt_paper(stored)) == (1, paper)
        # Receipts issued before versions were written have none.
        del stored["version"]
        assert receipt_paper(stored, copy=2).copy_mark == "副本 2"
