"""The rows of `kpi_rows.py` for tickets that took one turn, in one pass over all of them.

Nine of ten tickets are never redone and need at most two visits. Theirs are read by joining each
table once instead of looking up each row; `tests/complaints/test_kpi_twins.py` proves that both
give the same. The others (`SPECIAL`) are counted row by row.
"""

from complaints.kpi_definitions import Measure
from complaints.models import UNANSWERED, Satisfaction, VisitOutcome
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
    ELSE (SELECT count(*) FROM complaints_callbackattempt a
          WHERE a.call_back_id = c.id AND a.outcome IN {_UNANSWERED} AND a.at <= c.due_at)
         >= (SELECT o.most_attempts FROM complaints_callbackpolicy o
             WHERE o.id = c.policy_id) END"""

PASS = f"""
SELECT r.measure, r.instant, p.id, p.company_id, p.heat_station_id, r.crew_id, p.kind, p.channel,
       r.hit,
       CASE WHEN r.timed
            THEN greatest(0, floor(extract(epoch FROM r.instant - p.reported_at) / 60)::int)
       END AS minutes
FROM (
    SELECT t.id, t.company_id, t.heat_station_id, t.kind, t.channel, t.reported_at, t.due_at,
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
    WHERE t.redo_count = 0 AND t.id <> ALL(%(special)s::bigint[])
) AS p
CROSS JOIN LATERAL (VALUES
    ('{Measure.RECEIVED.value}', p.reported_at, NULL::bigint, true, false),
    ('{Measure.DUE.value}', p.due_at - interval '1 microsecond', p.due_crew,
     coalesce(p.done_at <= p.due_at, false), false),
    ('{Measure.SOLVED.value}', p.done_at, p.its_crew, true, true),
    ('{Measure.FIRST_TIME.value}',
     CASE WHEN p.kind = 'repair' AND p.visits > 0 THEN p.done_at END, p.its_crew,
     p.visits = 1, false),
    ('{Measure.RESPONSE.value}', least(p.arrived_at, p.done_at),
     CASE WHEN p.arrived_at <= p.done_at OR p.done_at IS NULL THEN p.arrived_crew
          ELSE p.done_crew END, true, true),
    ('{Measure.CALL_BACK.value}', p.call_due_at - interval '1 microsecond', p.its_crew,
     p.called_back, false),
    ('{Measure.SATISFACTION.value}', p.answered_at, p.its_crew, p.content, false)
) AS r (measure, instant, crew_id, hit, timed)
WHERE r.instant < %(until)s
"""
