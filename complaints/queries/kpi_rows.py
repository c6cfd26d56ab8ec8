"""The rows that figures count, read from what happened: one SELECT per measure.

Every SELECT gives (measure, instant, id, company, station, crew, kind, channel, hit, minutes) and
takes the same conditions in three ways: the instants of one day (each finds its index), all that
happened before a day, or some tickets whenever it was. A ticket counts once a day per measure.
What is true of a row at its instant stays true: only a back-dated entry changes it.
"""

from enum import Enum

from complaints.kpi_definitions import Measure
from complaints.models import UNANSWERED, Satisfaction, VisitOutcome
from complaints.states import CallBackState, VisitState

_ZONE = "'Asia/Shanghai'"
# Nobody home says nothing about the work.
_WORKED = f"('{VisitOutcome.FIXED.value}', '{VisitOutcome.NOT_FIXED.value}')"
_CONTENT = f"('{Satisfaction.SATISFIED.value}', '{Satisfaction.FAIR.value}')"
_UNANSWERED = f"({', '.join(repr(outcome.value) for outcome in UNANSWERED)})"


class Within(Enum):
    """Which rows: of one day, of all days before an instant, or of some tickets before it."""

    DAY = "day"
    BEFORE = "before"
    TICKETS = "tickets"


class Instant(Enum):
    """Whether midnight begins the day or ends it: a promise due at 24:00 is due that day."""

    HAPPENED = "{at} >= %(since)s AND {at} < %(until)s"
    DUE = "{at} > %(since)s AND {at} <= %(until)s"

    def within(self, within: Within, at: str) -> str:
        """The condition on the column `at`, so that its index serves."""
        condition = self.value.format(at=at)
        if within is Within.DAY:
            return condition
        before = condition.partition(" AND ")[2]
        return (
            before if within is Within.BEFORE else f"{before} AND t.id = ANY(%(tickets)s::bigint[])"
        )


# A due time belongs to the day that it ends.
_JUST_BEFORE = "- interval '1 microsecond'"


def day_of(instant: str) -> str:
    """The business day of an instant, as SQL."""
    return f"(({instant}) AT TIME ZONE {_ZONE})::date"


def _end_of_day(instant: str) -> str:
    return f"(({day_of(instant)} + 1)::timestamp AT TIME ZONE {_ZONE})"


def minutes_since_report(instant: str) -> str:
    return f"floor(extract(epoch FROM ({instant}) - t.reported_at) / 60)::int"


def _row(
    measure: Measure,
    instant: str,
    *,
    crew: str = "NULL::bigint",
    hit: str = "true",
    timed: bool = False,
) -> str:
    minutes = f"greatest(0, {minutes_since_report(instant)})" if timed else "NULL::int"
    return (
        f"SELECT '{measure.value}'::text AS measure, {instant} AS instant, t.id AS id,"
        " t.company_id, t.heat_station_id,"
        f" {crew} AS crew_id, t.kind, t.channel, {hit} AS hit, {minutes} AS minutes"
    )


def _crew_at(instant: str) -> str:
    """Whose work it was at an instant: the crew of the last visit assigned by then."""
    return f"""(SELECT v.crew_id FROM complaints_visit v
        WHERE v.ticket_id = t.id AND v.assigned_at <= {instant}
        ORDER BY v.ordinal DESC LIMIT 1)"""


def _crew_of(rounds: str) -> str:
    """Whose work is finished after so many redos: the crew of the last visit made until then."""
    return f"""(SELECT v.crew_id FROM complaints_visit v
        WHERE v.ticket_id = t.id AND v.redo_round <= {rounds}
          AND v.state <> '{VisitState.WITHDRAWN.value}'
        ORDER BY v.ordinal DESC LIMIT 1)"""


def _redos(condition: str) -> str:
    """How often a ticket had been redone; most never are, and nothing is looked up for them."""
    return f"""(CASE WHEN t.redo_count = 0 THEN 0 ELSE (
        SELECT count(*) FROM complaints_clockevent r
        WHERE r.ticket_id = t.id AND r.kind = 'redo' AND {condition}) END)"""


def _last_of_its_day(event: str) -> str:
    """An event that no other of its kind follows on the same day."""
    return f"""(t.redo_count = 0 OR NOT EXISTS (
        SELECT FROM complaints_clockevent l
        WHERE l.ticket_id = t.id AND l.kind = {event}.kind AND l.ordinal > {event}.ordinal
          AND l.at < {_end_of_day(f"{event}.at")}))"""


def _last_call_back(column: str, just: str = "") -> str:
    """A call-back that no later one of its ticket follows on the same day."""
    end = _end_of_day(f"c.{column} {just}")
    return f"""(t.redo_count = 0 OR NOT EXISTS (
        SELECT FROM complaints_callback l
        WHERE l.ticket_id = t.id AND l.ordinal > c.ordinal
          AND l.{column} >= c.{column} AND l.{column} {just} < {end}))"""


_ROUND = f"LATERAL (SELECT {_redos('r.ordinal < e.ordinal')} AS redos) AS round"
_EVENT = f"""FROM complaints_clockevent e JOIN complaints_ticket t ON t.id = e.ticket_id
    CROSS JOIN {_ROUND}"""
_ITS_CREW = _crew_of("round.redos")
_LAST_EVENT = _last_of_its_day("e")

RECEIVED = f"""{_row(Measure.RECEIVED, "t.reported_at")}
    FROM complaints_ticket t WHERE {{within}}"""

# Done and redo take turns: whoever had one done more than redos by the due time was in time.
_IN_TIME = """(
        SELECT count(*) FILTER (WHERE e.kind = 'done') > count(*) FILTER (WHERE e.kind = 'redo')
        FROM complaints_clockevent e
        WHERE e.ticket_id = t.id AND e.kind IN ('done', 'redo') AND e.at <= t.due_at)"""
_DUE_AT = f"(t.due_at {_JUST_BEFORE})"
DUE = f"""{_row(Measure.DUE, _DUE_AT, crew=_crew_at("t.due_at"), hit=_IN_TIME)}
    FROM complaints_ticket t WHERE {{within}}"""

SOLVED = f"""{_row(Measure.SOLVED, "e.at", crew=_ITS_CREW, timed=True)}
    {_EVENT}
    WHERE e.kind = 'done' AND {{within}} AND {_LAST_EVENT}"""

_AT_ONCE = "round.redos = 0 AND worked.visits = 1"
FIRST_TIME = f"""{_row(Measure.FIRST_TIME, "e.at", crew=_ITS_CREW, hit=_AT_ONCE)}
    {_EVENT}
    CROSS JOIN LATERAL (
        SELECT count(*) AS visits FROM complaints_visit w
        WHERE w.ticket_id = t.id AND w.redo_round = round.redos AND w.outcome IN {_WORKED}
    ) AS worked
    WHERE e.kind = 'done' AND {{within}} AND {_LAST_EVENT}
      AND t.kind = 'repair' AND worked.visits > 0"""

REDONE = f"""{_row(Measure.REDONE, "e.at", crew=_ITS_CREW)}
    {_EVENT}
    WHERE e.kind = 'redo' AND {{within}} AND {_LAST_EVENT}"""

ARRIVED = f"""{_row(Measure.RESPONSE, "v.arrived_at", crew="v.crew_id", timed=True)}
    FROM complaints_visit v JOIN complaints_ticket t ON t.id = v.ticket_id
    WHERE {{within}}
      AND NOT EXISTS (
        SELECT FROM complaints_visit f
        WHERE f.ticket_id = t.id AND (f.arrived_at, f.id) < (v.arrived_at, v.id))
      AND NOT EXISTS (
        SELECT FROM complaints_clockevent d
        WHERE d.ticket_id = t.id AND d.kind = 'done' AND d.at < v.arrived_at)"""

ANSWERED = f"""{_row(Measure.RESPONSE, "e.at", crew=_crew_at("e.at"), timed=True)}
    {_EVENT}
    WHERE e.kind = 'done' AND {{within}} AND round.redos = 0
      AND NOT EXISTS (
        SELECT FROM complaints_visit f WHERE f.ticket_id = t.id AND f.arrived_at <= e.at)"""

_CALLED_CREW = _crew_of(_redos("r.at < c.owed_since"))
_CALLED_BACK = f"""(CASE
        WHEN c.answered_at <= c.due_at THEN true
        WHEN c.state = '{CallBackState.DUE.value}' THEN false
        ELSE (SELECT count(*) FROM complaints_callbackattempt a
              WHERE a.call_back_id = c.id AND a.outcome IN {_UNANSWERED} AND a.at <= c.due_at)
             >= p.most_attempts END)"""
_CALL_DUE_AT = f"(c.due_at {_JUST_BEFORE})"
CALL_BACK = f"""{_row(Measure.CALL_BACK, _CALL_DUE_AT, crew=_CALLED_CREW, hit=_CALLED_BACK)}
    FROM complaints_callback c JOIN complaints_ticket t ON t.id = c.ticket_id
    JOIN complaints_callbackpolicy p ON p.id = c.policy_id
    WHERE {{within}} AND {_last_call_back("due_at", _JUST_BEFORE)}
      AND NOT (c.state = '{CallBackState.DROPPED.value}' AND EXISTS (
        SELECT FROM complaints_clockevent r
        WHERE r.ticket_id = t.id AND r.kind = 'redo'
          AND r.at >= c.owed_since AND r.at <= c.due_at))"""

_PLEASED = f"c.satisfaction IN {_CONTENT}"
SATISFACTION = f"""{_row(Measure.SATISFACTION, "c.answered_at", crew=_CALLED_CREW, hit=_PLEASED)}
    FROM complaints_callback c JOIN complaints_ticket t ON t.id = c.ticket_id
    WHERE {{within}} AND {_last_call_back("answered_at")}"""

# A household counts once a day, by its last test; a spot check has neither kind nor channel.
TEMPERATURE = f"""SELECT '{Measure.TEMPERATURE.value}'::text, m.tested_at, m.id,
        m.company_id, p.heat_station_id, NULL::bigint,
        coalesce(t.kind, ''), coalesce(t.channel, ''),
        NOT EXISTS (SELECT FROM complaints_temperaturereading r
                    WHERE r.test_id = m.id AND r.celsius < m.required),
        NULL::int
    FROM complaints_temperaturetest m
    JOIN customers_account a ON a.id = m.account_id
    JOIN customers_premise p ON p.id = a.premise_id
    LEFT JOIN complaints_ticket t ON t.id = m.ticket_id
    WHERE {{within}} AND NOT EXISTS (
        SELECT FROM complaints_temperaturetest l
        WHERE l.account_id = m.account_id AND (l.tested_at, l.id) > (m.tested_at, m.id)
          AND l.tested_at < {_end_of_day("m.tested_at")})"""

_TESTED = Instant.HAPPENED
# Each SELECT with its instant's column. Of temperature tests no ticket is asked: they come by day.
OF_TICKETS = (
    (RECEIVED, "t.reported_at", Instant.HAPPENED),
    (DUE, "t.due_at", Instant.DUE),
    (SOLVED, "e.at", Instant.HAPPENED),
    (FIRST_TIME, "e.at", Instant.HAPPENED),
    (REDONE, "e.at", Instant.HAPPENED),
    (ARRIVED, "v.arrived_at", Instant.HAPPENED),
    (ANSWERED, "e.at", Instant.HAPPENED),
    (CALL_BACK, "c.due_at", Instant.DUE),
    (SATISFACTION, "c.answered_at", Instant.HAPPENED),
)


def rows_sql(within: Within) -> str:
    """All rows as one SELECT; parameters `since`, `until` and `tickets` as `within` needs them."""
    selects = [
        select.format(within=instant.within(within, at)) for select, at, instant in OF_TICKETS
    ]
    if within is Within.DAY:
        selects.append(TEMPERATURE.format(within=_TESTED.within(within, "m.tested_at")))
    return "\nUNION ALL\n".join(selects)


def tests_sql() -> str:
    """The households tested before `until`."""
    return TEMPERATURE.format(within=_TESTED.within(Within.BEFORE, "m.tested_at"))
