"""The journal cannot be edited, not even by its owner."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from office import journal
from office.actors import Actor
from office.models import JournalEntry
from tests.builders import a_company

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


def test_says_who_did_what_when_and_with_which_facts() -> None:
    company = a_company()
    entry = journal.record("rename", company, by=Actor.system("tests"), at=NOW, old="甲", new="乙")
    assert (entry.actor, entry.action, entry.facts) == (
        "tests",
        "rename",
        {"old": "甲", "new": "乙"},
    )
    assert [line.pk for line in journal.timeline(company)] == [entry.pk]


def test_cannot_be_changed_or_deleted() -> None:
    entry = journal.record("rename", a_company(), by=Actor.system("tests"), at=NOW)
    for change in (
        lambda: JournalEntry.objects.update(actor="nobody"),
        lambda: JournalEntry.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    entry.refresh_from_db()
    assert entry.actor == "tests"
