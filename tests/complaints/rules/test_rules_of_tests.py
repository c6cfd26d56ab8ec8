"""The rules that tests write in sets are what the operation writes one by one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from complaints.models import PromiseRule
from complaints.rules.operations import publish_promise_rule
from office.models import JournalEntry
from tests.service_desk import SYSTEM, TERMS, publish_rules, t


@pytest.mark.django_db
def test_sets_and_the_operation_write_the_same() -> None:
    in_sets = written(publish_rules)
    assert len(in_sets["rules"]) == len(in_sets["journal"]) == len(TERMS)
    assert in_sets == written(publish_one_by_one)


def publish_one_by_one() -> None:
    for ticket_class, terms in TERMS.items():
        publish_promise_rule(
            None,
            ticket_class,
            terms,
            effective_from=date(2025, 10, 1),
            source="客户服务手册",
            by=SYSTEM,
            at=t("2025-09-30 09:00"),
        )


def written(publish: Any) -> dict[str, list[dict[str, Any]]]:
    """Returns the rows that `publish` writes, without keys, and takes them back."""
    with transaction.atomic():
        publish()
        rules = list(PromiseRule.objects.order_by("pk").values())
        entries = list(
            JournalEntry.objects.filter(action="publish_promise_rule").order_by("pk").values()
        )
        # Keys are drawn anew; that each line belongs to its rule is kept.
        assert [entry["record_id"] for entry in entries] == [rule["id"] for rule in rules]
        transaction.set_rollback(True)
    keys = {"id", "record_id"}
    return {
        "rules": [without(row, keys) for row in rules],
        "journal": [without(row, keys) for row in entries],
    }


def without(row: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in keys}
