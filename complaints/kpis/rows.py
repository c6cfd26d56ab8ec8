"""The rule of every measure: the rows that tickets and temperature tests count for.

A row is (record, measure, day, company, station, crew, kind, channel, hit, minutes). Rows depend on
what truly happened and never on the current time, so that only a back-dated entry or a
reclassification changes a past day. The rows of each ticket are found by index, so that their cost
does not grow with the history.
"""

from complaints.measures import Measure
from complaints.models import UNANSWERED, Satisfaction, VisitOutcome
from complaints.states import CallBackState, VisitState
from office.zone import SHANGHAI

COLUMNS = "record, measure, day, company_id, heat_station_id, crew_id, kind, channel, hit, minutes"
_ZONE = f"'{SHANGHAI.key}'"
# Nobody home says nothing about the work.
_WORKED = f"('{VisitOutcome.FIXED.value}', '{VisitOutcome.NOT_FIXED.value}')"
_CONTENT = f"('{Satisfaction.SATISFIED.value}', '{Satisfaction.FAIR.value}')"
_UNANSWERED = f"({', '.join(repr(outcome.value) for outcome in UNANSWERED)})"
# A due time belongs to the day that it ends.
_JUST_BEFORE = "- interval '1 microsecond'"


def _day_of(instant: str) -> str:
    return f"(({instant}) AT TIME ZONE {_ZONE})::date"


def _end_of_day(instant: str) -> str:
    return f"(({_day_of(instant)} + 1)::timestamp AT TIME ZONE {_ZONE})"


def _row(
    measure: Measure,
    instant: str,
    *,
    ordinal: str = "0",
    crew: str = "NULL::bigint",
    hit: str = "true",
    timed: bool = False,
) -> str:
    passed = f"floor(extract(epoch FROM ({instant}) - t.reported_at) / 60)::int"
    return (
        f"SELECT t.id AS record, '{measure.value}'::text AS measure, {_day_of(instant)} AS day,"
        f" t.company_id, t.heat_station_id, {crew} AS crew_id, t.kind, t.channel, {hit} AS hit,"
        f" {f'greatest(0, {passed})' if timed else 'NULL::int'} AS minutes, {ordinal} AS ordinal"
    )


def _of_crew(measure: Measure, instant: str, *, hit: str = "true", timed: bool = False) -> str:
    """Returns the SQL of rows that know their own place and crew: those of work and call-backs."""
    return _row(measure, instant, ordinal="t.ordinal", crew="t.crew_id", hit=hit, timed=timed)


def _crew_at(instant: str) -> str:
    """Returns the SQL for the crew in charge at an instant: that of the last visit assigned by
    then.
    """
    return f"""(SELECT v.crew_id FROM complaints_visit v
        WHERE v.ticket_id = t.id AND v.assigned_at <= {instant}
        ORDER BY v.ordinal DESC LIMIT 1)"""


def _crew_of(rounds: str) -> str:
    """Returns the SQL for the crew whose work ended the turn after that number of redos.

    A joined ticket ended by a visit of its main one; any other by its own last visit up to then.
    """
    return f"""coalesce(
        (SELECT v.crew_id FROM complaints_clockevent d
         LEFT JOIN complaints_visit v ON v.id = d.main_visit_id
         WHERE d.ticket_id = t.id AND d.kind = 'done'
         ORDER BY d.ordinal OFFSET ({rounds}) LIMIT 1),
        (SELECT v.crew_id FROM complaints_visit v
         WHERE v.ticket_id = t.id AND v.redo_round <= {rounds}
           AND v.state <> '{VisitState.WITHDRAWN.value}'
         ORDER BY v.ordinal DESC LIMIT 1))"""


def _redos(condition: str) -> str:
    return f"""(SELECT count(*) FROM complaints_clockevent r
        WHERE r.ticket_id = t.id AND r.kind = 'redo' AND {condition})"""


_TICKETS = """
    SELECT id, company_id, heat_station_id, kind, channel, reported_at, due_at, redo_count
    FROM complaints_ticket WHERE id = ANY(%(tickets)s::bigint[])"""
# Done and redo take turns: whose work each of them ends, and with how many visits of that turn.
_TURNS = f"""
    SELECT t.*, e.event, e.at, e.ordinal, e.rounds, {_crew_of("e.rounds")} AS crew_id,
           (SELECT count(*) FROM complaints_visit w
            WHERE w.ticket_id = t.id AND w.redo_round = e.rounds AND w.outcome IN {_WORKED}
           ) AS visits
    FROM tickets t CROSS JOIN LATERAL (
        SELECT kind AS event, at, ordinal, count(*) FILTER (WHERE kind = 'redo') OVER (
            ORDER BY ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS rounds
        FROM complaints_clockevent WHERE ticket_id = t.id AND kind IN ('done', 'redo')) AS e"""
_CALL_BACKS = f"""
    SELECT t.*, c.*, {_crew_of(_redos("r.at < c.owed_since"))} AS crew_id
    FROM tickets t CROSS JOIN LATERAL (
        SELECT id AS call_back, ordinal, policy_id, state, owed_since, due_at AS call_due_at,
               answered_at, satisfaction
        FROM complaints_callback WHERE ticket_id = t.id OFFSET 0) AS c"""

_RECEIVED = f"""{_row(Measure.RECEIVED, "t.reported_at")} FROM tickets t"""

_DUE_AT = f"(t.due_at {_JUST_BEFORE})"
_IN_TIME = """(
        SELECT count(*) FILTER (WHERE e.kind = 'done') > count(*) FILTER (WHERE e.kind = 'redo')
        FROM complaints_clockevent e
        WHERE e.ticket_id = t.id AND e.kind IN ('done', 'redo') AND e.at <= t.due_at)"""
_DUE = f"""{_row(Measure.DUE, _DUE_AT, crew=_crew_at("t.due_at"), hit=_IN_TIME)}
    FROM tickets t WHERE t.due_at IS NOT NULL"""

_SOLVED = f"""{_of_crew(Measure.SOLVED, "t.at", timed=True)}
    FROM turns t WHERE t.event = 'done'"""

_AT_ONCE = "t.rounds = 0 AND t.visits = 1"
_FIRST_TIME = f"""{_of_crew(Measure.FIRST_TIME, "t.at", hit=_AT_ONCE)}
    FROM turns t WHERE t.event = 'done' AND t.kind = 'repair' AND t.visits > 0"""

_REDONE = f"""{_of_crew(Measure.REDONE, "t.at")} FROM turns t WHERE t.event = 'redo'"""

_ARRIVED = f"""{_row(Measure.RESPONSE, "v.arrived_at", crew="v.crew_id", timed=True)}
    FROM tickets t CROSS JOIN LATERAL (
        SELECT arrived_at, crew_id FROM complaints_visit
        WHERE ticket_id = t.id AND arrived_at IS NOT NULL ORDER BY arrived_at, id LIMIT 1) AS v
    WHERE NOT EXISTS (
        SELECT FROM complaints_clockevent d
        WHERE d.ticket_id = t.id AND d.kind = 'done' AND d.at < v.arrived_at)"""

_ANSWERED = f"""{_row(Measure.RESPONSE, "t.at", crew=_crew_at("t.at"), timed=True)}
    FROM turns t WHERE t.event = 'done' AND t.rounds = 0
      AND NOT EXISTS (
        SELECT FROM complaints_visit f WHERE f.ticket_id = t.id AND f.arrived_at <= t.at)"""

_CALLED_BACK = f"""(CASE
        WHEN t.answered_at <= t.call_due_at THEN true
        WHEN t.state = '{CallBackState.DUE.value}' THEN false
        ELSE (SELECT count(*) FROM complaints_callbackattempt a
              WHERE a.call_back_id = t.call_back AND a.outcome IN {_UNANSWERED}
                AND a.at <= t.call_due_at) >= p.most_attempts END)"""
_CALL_DUE_AT = f"(t.call_due_at {_JUST_BEFORE})"
_CALL_BACK = f"""{_of_crew(Measure.CALL_BACK, _CALL_DUE_AT, hit=_CALLED_BACK)}
    FROM call_backs t JOIN complaints_callbackpolicy p ON p.id = t.policy_id
    WHERE NOT (t.state = '{CallBackState.DROPPED.value}' AND EXISTS (
        SELECT FROM complaints_clockevent r
        WHERE r.ticket_id = t.id AND r.kind = 'redo'
          AND r.at >= t.owed_since AND r.at <= t.call_due_at))"""

_PLEASED = f"t.satisfaction IN {_CONTENT}"
_SATISFACTION = f"""{_of_crew(Measure.SATISFACTION, "t.answered_at", hit=_PLEASED)}
    FROM call_backs t WHERE t.answered_at IS NOT NULL"""

_OF_TICKETS = (
    _RECEIVED,
    _DUE,
    _SOLVED,
    _FIRST_TIME,
    _REDONE,
    _ARRIVED,
    _ANSWERED,
    _CALL_BACK,
    _SATISFACTION,
)
# A household counts once a day, by its last test; a spot check has neither kind nor channel.
_OF_TESTS = f"""SELECT m.id AS record, '{Measure.TEMPERATURE.value}'::text AS measure,
        {_day_of("m.tested_at")} AS day, m.company_id, p.heat_station_id, NULL::bigint AS crew_id,
        coalesce(t.kind, '') AS kind, coalesce(t.channel, '') AS channel,
        NOT EXISTS (SELECT FROM complaints_temperaturereading r
                    WHERE r.test_id = m.id AND r.celsius < m.required) AS hit,
        NULL::int AS minutes
    FROM complaints_temperaturetest m
    JOIN customers_account a ON a.id = m.account_id
    JOIN customers_premise p ON p.id = a.premise_id
    LEFT JOIN complaints_ticket t ON t.id = m.ticket_id
    WHERE m.id = ANY(%(tests)s::bigint[]) AND NOT EXISTS (
        SELECT FROM complaints_temperaturetest l
        WHERE l.account_id = m.account_id AND (l.tested_at, l.id) > (m.tested_at, m.id)
          AND l.tested_at < {_end_of_day("m.tested_at")})"""

# A ticket counts once a day and measure, by the last event of the day.
ROWS = f"""
WITH tickets AS MATERIALIZED ({_TICKETS}),
     turns AS MATERIALIZED ({_TURNS}),
     call_backs AS MATERIALIZED ({_CALL_BACKS})
(SELECT DISTINCT ON (record, measure, day) {COLUMNS}
 FROM ({" UNION ALL ".join(_OF_TICKETS)}) AS rows ORDER BY record, measure, day, ordinal DESC)
UNION ALL ({_OF_TESTS})
"""
# Whichever test of a day was the last: all of the households and days of those that changed.
SAME_DAYS = f"""
SELECT DISTINCT l.id FROM complaints_temperaturetest m
JOIN complaints_temperaturetest l ON l.account_id = m.account_id
  AND {_day_of("l.tested_at")} = {_day_of("m.tested_at")}
WHERE m.id = ANY(%(tests)s::bigint[]) OR m.ticket_id = ANY(%(tickets)s::bigint[])
"""
