"""The scan for promises that run out: a fixed number of statements, one notification per step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Cast

from complaints.ladder import LADDER, Clock
from complaints.models import CallBack
from complaints.waiting import RUNNING_CLOCKS, RunningClock
from office.clock.ladder import DUE_RUNGS, Rung, due_rungs

_TELL = """
INSERT INTO complaints_escalation
    (ticket_id, call_back_id, clock, step, role, due_at, found_at)
SELECT running.ticket_id, running.call_back_id, %(clock)s, rung.step, rung.role,
       running.due_at, %(at)s
FROM ({running}) AS running (ticket_id, call_back_id, due_at) {due_rungs}
WHERE NOT EXISTS (
    SELECT FROM complaints_escalation told
    WHERE told.ticket_id = running.ticket_id
      AND told.clock = %(clock)s
      AND told.call_back_id IS NOT DISTINCT FROM running.call_back_id
      AND told.step = rung.step
      AND told.due_at = running.due_at
)
ON CONFLICT (ticket_id, clock, call_back_id, step, due_at) DO NOTHING
"""


@transaction.atomic
def scan_breaches(at: datetime) -> int:
    """A step of the task that scans for breaches, in a transaction of its own.

    Creates an escalation for each step of the ladder newly reached and returns how many. One
    statement per clock suffices, however many tickets are open. When two workers scan at once, the
    unique constraint lets only one create each step.
    """
    return sum(_tell(clock, LADDER, at) for clock in Clock)


def _tell(clock: Clock, ladder: Sequence[Rung], at: datetime) -> int:
    """Creates the escalations of one clock and returns how many are new."""
    parameters = {**due_rungs(ladder, at), "clock": clock.value}
    running = _running_sql(RUNNING_CLOCKS[clock], before=parameters["horizon"])
    with connection.cursor() as cursor:
        cursor.execute(_TELL.format(running=running, due_rungs=DUE_RUNGS), parameters)
        return int(cursor.rowcount)


def _running_sql(clock: RunningClock, *, before: datetime) -> str:
    """Returns a query of (ticket, call-back, due time) for what is due before that moment."""
    nothing = Cast(Value(None), BigIntegerField())
    keys = ("ticket_id", F("pk")) if clock.rows.model is CallBack else (F("pk"), nothing)
    rows = clock.rows.filter(**{f"{clock.due}__lt": before}).values_list(*keys, clock.due)
    # The values are written into the text: no statement can have parameters by place and by name.
    postgres: Any = connection.ops
    text: str = postgres.compose_sql(*rows.order_by().query.sql_with_params())
    return text.replace("%", "%%")
