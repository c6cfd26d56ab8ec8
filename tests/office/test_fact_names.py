"""Every fact that an operation writes has a name that people read."""

import ast
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType

from billing.models import BillingRun, Shift
from complaints.models import Ticket
from heating.rooms import EVERY_APP
from office.fact_names import NAMES, facts_of
from office.models import JournalEntry

WRITERS = {"record", "entry", "write_journal"}
NO_FACTS = {"by", "at", "company"}


def written_facts() -> Iterator[tuple[str, str]]:
    """Each keyword that a call of the journal gives, and where."""
    for room in EVERY_APP:
        for path in sorted((settings.BASE_DIR / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in WRITERS and {k.arg for k in node.keywords} >= {"by", "at"}:
                    for keyword in node.keywords:
                        if keyword.arg and keyword.arg not in NO_FACTS:
                            yield keyword.arg, f"{path.name}:{node.lineno}"


def test_every_fact_has_a_name() -> None:
    facts = list(written_facts())
    assert len(facts) > 100
    nameless = [(fact, place) for fact, place in facts if fact not in NAMES]
    assert nameless == [], "give the fact a name in office/fact_names.py"


@pytest.mark.django_db
def test_a_code_is_read_as_the_records_own_table_reads_it() -> None:
    for model, words in ((Shift, "已交班"), (BillingRun, "已关闭")):
        kind = ContentType.objects.get_for_model(model)
        entry = JournalEntry(record_type=kind, facts={"state": "closed"})
        assert facts_of(entry) == [("状态", words)]


@pytest.mark.django_db
def test_reads_figures_codes_and_lists() -> None:
    entry = JournalEntry(
        action="resolve_ticket",
        record_type=ContentType.objects.get_for_model(Ticket),
        facts={
            "amount_fen": 5,
            "elapsed_minutes": 61,
            "solved": True,
            "outcome": "fixed",
            "members": ["甲", "乙"],
            "terms": {"kind": "working_days", "days": 3, "day_end": "18:00"},
            "reason": "",
        },
    )
    assert facts_of(entry) == [
        ("金额", "0.05 元"),
        ("用时", "61 分钟"),
        ("已解决", "是"),
        ("结果", "已修复"),
        ("班组成员", "甲、乙"),
        ("规则", "计时方式 工作日，天数 3，当日截止时刻 18:00"),
    ]
