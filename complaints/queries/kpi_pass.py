"""The rows of `kpi_rows.py` for tickets that took one turn, in one pass over all of them.

Nine of ten tickets are never redone and need at most two visits. Theirs are read by joining each
table once instead of looking up each row; `tests/complaints/test_kpi_twins.py` proves that both
give the same. The others (`SPECIAL`) are counted row by row.
"""

from dataclasses import dataclass

from complaints.kpi_definitions import Measure
from complaints.models import UNANSWERED, Satisfaction, VisitOutcome
from complaints.queries.kpi_digest import day_of, hash_of_row, hash_of_ticket, number_of
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


_NUMBERS = range(len(_ROWS))
_DAYS = ", ".join(f"day_{n}" for n in _NUMBERS)


def _of_each(form: str, separator: str = ", ") -> str:
    return separator.join(
        form.format(n=n, instant=one.instant, day=day_of(one.instant), hash=one.hash())
        for n, one in enumerate(_ROWS)
    )


_COUNTED = f"""
    SELECT {_of_each("CASE WHEN {instant} < %(until)s THEN {day} END AS day_{n}")},
           {_of_each("CASE WHEN {instant} < %(until)s THEN {hash} END AS hash_{n}")}
    FROM ({_TICKETS}) AS p
    OFFSET bigint '0'
"""
# Tickets whose measures all fall on the same days are added up first: they are few kinds, and
# every ticket stays one row. OFFSET 0 (a constant, or no worker may do it) keeps the planner from
# reckoning a column again wherever it is read.
PASS = f"""
SELECT day, sum(times)::bigint, bit_xor(hash) FROM (
    SELECT CASE m.number {_of_each("WHEN {n} THEN day_{n}", " ")} END AS day, times,
           CASE m.number {_of_each("WHEN {n} THEN hash_{n}", " ")} END AS hash
    FROM (
        SELECT {_DAYS}, count(*) AS times, {_of_each("bit_xor(hash_{n}) AS hash_{n}")}
        FROM ({_COUNTED}) AS counted GROUP BY {_DAYS}
    ) AS alike
    CROSS JOIN (VALUES {", ".join(f"({n})" for n in _NUMBERS)}) AS m (number)
) AS each WHERE day IS NOT NULL GROUP BY day
"""
