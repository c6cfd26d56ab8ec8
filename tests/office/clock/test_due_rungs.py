"""The statement that finds due rungs serves any record with a due time: here, expiring papers."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from office.clock.ladder import DUE_RUNGS, Rung, due_rungs, rung_in_force
from office.roles import Role
from office.zone import SHANGHAI

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
EXPIRY = tuple(
    Rung(f"{days}_days", f"还有 {days} 天到期", -days * 24 * 60, Role.SERVICE_MANAGER)
    for days in (90, 60, 30)
)
PAPERS = """
SELECT running.id, rung.step FROM (
    SELECT id, due_at FROM unnest(%(ids)s::int[], %(dues)s::timestamptz[]) AS paper (id, due_at)
    WHERE due_at < %(horizon)s
) AS running {due_rungs} ORDER BY running.id
"""


@pytest.mark.django_db
def test_each_paper_is_warned_of_by_the_nearest_warning_only_also_after_missed_nights() -> None:
    left = [91 * DAY, 90 * DAY, 89 * DAY, 60 * DAY, 45 * DAY, 10 * DAY, -400 * DAY]
    dues = [NOW + rest for rest in left]
    with connection.cursor() as cursor:
        cursor.execute(
            PAPERS.format(due_rungs=DUE_RUNGS),
            {**due_rungs(EXPIRY, NOW), "ids": list(range(len(dues))), "dues": dues},
        )
        rows = cursor.fetchall()
    assert rows == [
        *((2, "90_days"), (3, "90_days"), (4, "60_days"), (5, "30_days"), (6, "30_days")),
    ]
    rungs = [rung_in_force(EXPIRY, due, NOW) for due in dues]
    assert [(number, rung.step) for number, rung in enumerate(rungs) if rung] == rows
