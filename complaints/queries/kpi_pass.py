"""The rows of `kpi_rows.py` for tickets that took one turn, in one pass over all of them.

Nine of ten tickets are never redone and need at most two visits. Theirs are read by joining each
table once instead of looking up each row; `tests/complaints/test_kpi_twins.py` proves that both
give the same. The others (`SPECIAL`) are counted row by row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from complaints.kpi_definitions import Measure
from complaints.models import UNANSWERED, Satisfaction, VisitOutcome
from complaints.queries.kpi_digest import DAY, hash_of_row, hash_of_ticket, number_of
from complaints.states import CallBackState, VisitState

MOST_VISITS = 2
SPECIAL = f"""
SELECT id FROM complaints_ticket WHERE redo_count > 0
UNION SELECT ticket_id FROM complaints_visit WHERE ordinal > {MOST_VISITS}
"""
_WORKED = f"('{VisitOutcome.FIXED.value}', '{VisitOutcome.NOT_FIXED.value}')"
_CONTENT = f"('{Satisfaction.SATISFIED.value}', '{Satisfaction.FAIR.value}')"
_UNANSWERED = f"({', '.join(repr(outcome.value) for outcome in UNANSWERED)})"


def _crew_at(instant: str) -> str:
    return (
        f"CASE WHEN w.assigned_at <= {instant} THEN w.crew_id"
        f" WHEN v.assigned_at <= {instant} THEN v.crew_id END"
    )


_ITS_CREW = f"""CASE WHEN w.state <> '{VisitState.WITHDRAWN.value}' THEN w.crew_id
    WHEN v.state <> '{VisitState.WITHDRAWN.value}' THEN v.crew_id END"""
_VISITS = f"""coalesce((v.outcome IN {_WORKED})::int, 0)
    + coalesce((w.outcome IN {_WORKED})::int, 0)"""
_CALLED_BACK = f"""CASE WHEN c.answered_at <= c.due_at THEN true
    WHEN c.state = '{CallBackState.DUE.value}' THEN false
    ELSE coalesce(tried.times, 0) >= o.most_attempts END"""
# Joined whole: what is looked up for each ticket is not done in parallel.
_TRIED = f"""(
        SELECT a.call_back_id, count(*) AS times
        FROM complaints_callbackattempt a JOIN complaints_callback k ON k.id = a.call_back_id
        WHERE a.outcome IN {_UNANSWERED} AND a.at <= k.due_at GROUP BY a.call_back_id)"""

_TICKETS = f"""
    SELECT {hash_of_ticket("t")} AS hash, t.kind, t.reported_at, t.due_at,
           d.at AS done_at, {_crew_at("t.due_at")} AS due_crew, {_ITS_CREW} AS its_crew,
           {_VISITS} AS visits, least(v.arrived_at, w.arrived_at) AS arrived_at,
           CASE WHEN v.arrived_at <= w.arrived_at OR w.arrived_at IS NULL THEN v.crew_id
                ELSE w.crew_id END AS arrived_crew,
           {_crew_at("d.at")} AS done_crew,
           c.due_at AS call_due_at, c.answered_at, c.satisfaction IN {_CONTENT} AS content,
           {_CALLED_BACK} AS called_back
    FROM complaints_ticket t
    LEFT JOIN complaints_clockevent d ON d.ticket_id = t.id AND d.kind = 'done'
    LEFT JOIN complaints_visit v ON v.ticket_id = t.id AND v.ordinal = 1
    LEFT JOIN complaints_visit w ON w.ticket_id = t.id AND w.ordinal = 2
    LEFT JOIN complaints_callback c ON c.ticket_id = t.id
    LEFT JOIN complaints_callbackpolicy o ON o.id = c.policy_id
    LEFT JOIN {_TRIED} AS tried ON tried.call_back_id = c.id
    WHERE t.redo_count = 0 AND t.id <> ALL(%(special)s::bigint[])
    OFFSET bigint '0'
"""


@dataclass(frozen=True)
class _Row:
    """A measure of a ticket: none when it has no instant."""

    measure: Measure
    instant: str
    crew: str = "NULL::bigint"
    hit: str = "true"
    timed: bool = False

    def hash(self) -> str:
        minutes = f"floor(date_part('epoch', {self.instant} - p.reported_at) / 60)::int"
        return hash_of_row(
            number_of(self.measure),
            crew=self.crew,
            hit=self.hit,
            minutes=f"greatest(0, {minutes})" if self.timed else "NULL::int",
            ticket="p.hash",
        )


_BEFORE = "- interval '1 microsecond'"
_ROWS = (
    _Row(Measure.RECEIVED, "p.reported_at"),
    _Row(
        Measure.DUE,
        f"(p.due_at {_BEFORE})",
        crew="p.due_crew",
        hit="coalesce(p.done_at <= p.due_at, false)",
    ),
    _Row(Measure.SOLVED, "p.done_at", crew="p.its_crew", timed=True),
    _Row(
        Measure.FIRST_TIME,
        "CASE WHEN p.kind = 'repair' AND p.visits > 0 THEN p.done_at END",
        crew="p.its_crew",
        hit="p.visits = 1",
    ),
    _Row(
        Measure.RESPONSE,
        "least(p.arrived_at, p.done_at)",
        crew="CASE WHEN p.arrived_at <= p.done_at OR p.done_at IS NULL THEN p.arrived_crew"
        " ELSE p.done_crew END",
        timed=True,
    ),
    _Row(Measure.CALL_BACK, f"(p.call_due_at {_BEFORE})", crew="p.its_crew", hit="p.called_back"),
    _Row(Measure.SATISFACTION, "p.answered_at", crew="p.its_crew", hit="p.content"),
)


def _each(expressions: Iterable[str]) -> str:
    arms = (f"WHEN {number} THEN {one}" for number, one in enumerate(expressions))
    return f"CASE m.number {' '.join(arms)} END"


# The numbers are a constant table: a VALUES of each ticket's own expressions would be prepared
# anew for every ticket. OFFSET 0 keeps the planner from reckoning a ticket's columns once for
# every measure, and from guessing as many days as there are tickets.
PASS = f"""
SELECT day, count(*), bit_xor(hash) FROM (
    SELECT {DAY} AS day, hash FROM (
        SELECT {_each(one.instant for one in _ROWS)} AS instant,
               {_each(one.hash() for one in _ROWS)} AS hash
        FROM ({_TICKETS}) AS p
        CROSS JOIN (VALUES {", ".join(f"({n})" for n in range(len(_ROWS)))}) AS m (number)
    ) AS r WHERE instant < %(until)s
    OFFSET bigint '0'
) AS counted GROUP BY day
"""
