"""The day's figures and the pass over all days are the same rule said twice."""

from datetime import timedelta

import pytest
from django.db import connection

from complaints.models import Ticket
from complaints.operations.kpis import freeze_nights
from complaints.queries.kpi_digest import by_day
from complaints.queries.kpi_nights import begin_of
from complaints.queries.kpi_recount import differences, frozen_rows
from tests.bench.kpi_history import build_history


@pytest.mark.django_db(transaction=True)
def test_a_made_up_history_is_counted_the_same_both_ways() -> None:
    last = build_history(400, per_day=100)
    # As far as anything has been done, called or due.
    end = last + timedelta(days=8)
    freeze_nights(at=begin_of(end + timedelta(days=1)))
    until = begin_of(end + timedelta(days=1))
    assert differences(until) == []
    rows = sum(count for count, _digest in frozen_rows().values())
    assert Ticket.objects.count() == 401
    assert rows > 5 * 400


ROW = {
    "measure": "'solved'::text",
    "id": "7::bigint",
    "company_id": "1::bigint",
    "heat_station_id": "2::bigint",
    "crew_id": "3::bigint",
    "kind": "'repair'",
    "channel": "'hall'",
    "hit": "true",
    "minutes": "70",
}


def digest(*rows: dict[str, str]) -> tuple[int, int]:
    """How many rows and their digest, all on one day."""
    selects = (
        "SELECT date '2026-01-12' AS day, "
        + ", ".join(f"{value} AS {name}" for name, value in row.items())
        for row in rows
    )
    with connection.cursor() as cursor:
        cursor.execute(by_day(" UNION ALL ".join(selects)))
        ((_day, count, found),) = cursor.fetchall()
    return count, found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("measure", "'due'::text"),
        ("id", "8::bigint"),
        ("company_id", "2::bigint"),
        ("heat_station_id", "NULL::bigint"),
        ("crew_id", "NULL::bigint"),
        ("kind", "'complaint'"),
        ("channel", "'web'"),
        ("hit", "false"),
        ("minutes", "71"),
        ("minutes", "NULL::int"),
    ],
)
def test_the_digest_tells_rows_apart_by_every_column(name: str, other: str) -> None:
    changed = ROW | {name: other}
    assert digest(ROW) != digest(changed)
    assert digest(ROW, changed) == digest(changed, ROW)
    assert digest(ROW, changed)[0] == 2
