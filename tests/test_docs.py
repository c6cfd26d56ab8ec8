"""What the pages in docs/ name exists: files, tests, and the identifiers of the glossary."""

import re
from functools import lru_cache
from pathlib import Path

import pytest

from heating.rooms import EVERY_APP

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
ROOMS = "billing|complaints|customers|docs|heating|locale|office|simulators|static|templates|tests"
NAMED_FILE = re.compile(rf"(?:{ROOMS})/[\w./-]*\w/?")
NAMED_TEST = re.compile(r"`(\w+)::(test_\w+)`")
SHORT_NAME = re.compile(r"`(\w+)` is `(tests/[\w/]+\.py)`")
IDENTIFIER = re.compile(r"`(\w+)`")


@lru_cache(maxsize=1)
def words_of_the_code() -> frozenset[str]:
    """Every word of the Python sources."""
    sources = [source for room in EVERY_APP for source in (ROOT / room).rglob("*.py")]
    return frozenset(
        word
        for source in sources
        for word in re.findall(r"\w+", source.read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize("paper", PAGES, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_named_file_exists(paper: Path) -> None:
    named = set()
    for quoted in re.findall(r"`([^`\n]+)`", paper.read_text(encoding="utf-8")):
        if match := NAMED_FILE.fullmatch(quoted.split("::")[0]):
            named.add(match.group())
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", paper.read_text(encoding="utf-8")):
        named.add(str((paper.parent / link).relative_to(ROOT)))
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_named_test_exists() -> None:
    text = (ROOT / "docs/payments.md").read_text(encoding="utf-8")
    files = {
        short: (ROOT / path).read_text(encoding="utf-8") for short, path in SHORT_NAME.findall(text)
    }
    named = NAMED_TEST.findall(text)
    assert len(named) > 30
    assert [f"{short}::{test}" for short, test in named if f"def {test}(" not in files[short]] == []


def test_every_identifier_of_the_glossary_exists() -> None:
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [line.split("|")[2] for line in lines if line.startswith("| ")]
    named = {identifier for cell in cells for identifier in IDENTIFIER.findall(cell)}
    assert len(named) > 80
    assert sorted(named - words_of_the_code() - {"_fen"}) == []
