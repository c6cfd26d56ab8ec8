"""The scan for promises that run out: a fixed number of statements, one notification per step."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from complaints.ladder import LADDER, Clock
from complaints.states import LIVE_CALL_BACKS, PROMISED_TICKETS
from office.clock.ladder import DUE_RUNGS, Rung, due_rungs

# Every clock gives (ticket, call-back, due): the rest is said once for all of them.
_RUNNING = {
    Clock.PROMISE: """
        SELECT id AS ticket_id, NULL::bigint AS call_back_id, due_at
        FROM complaints_ticket
        WHERE state = ANY(%(tickets)s) AND due_at < %(horizon)s""",
    Clock.OUTSIDE: """
        SELECT id AS ticket_id, NULL::bigint AS call_back_id, outside_due_at AS due_at
        FROM complaints_ticket
        WHERE state = ANY(%(tickets)s) AND outside_due_at < %(horizon)s""",
    Clock.CALL_BACK: """
        SELECT ticket_id, id AS call_back_id, due_at
        FROM complaints_callback
        WHERE state = ANY(%(call_backs)s) AND due_at < %(horizon)s""",
}
_TELL = """
INSERT INTO complaints_escalation
    (ticket_id, call_back_id, clock, step, role, due_at, found_at)
SELECT running.ticket_id, running.call_back_id, %(clock)s, rung.step, rung.role,
       running.due_at, %(at)s
FROM ({running}) AS running {due_rungs}
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
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL.format(running=_RUNNING[clock], due_rungs=DUE_RUNGS),
            {
                **due_rungs(ladder, at),
                "clock": clock.value,
                "tickets": [state.value for state in PROMISED_TICKETS],
                "call_backs": [state.value for state in LIVE_CALL_BACKS],
            },
        )
        return int(cursor.rowcount)
