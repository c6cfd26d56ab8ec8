"""Years of customer service for benches: written in sets, beside the guards of single rows.

Everything about ticket n follows from n, so that every run counts the same. Per 100 tickets: 60
small and 10 medium repairs, 10 complaints, enquiries and services each; 96 are done, 2 redone.
"""

from datetime import date, timedelta
from typing import Any

from django.db import connection

from complaints.models import CallBackPolicy, PromiseRule, Ticket
from tests.builders import a_company
from tests.service_desk import a_desk, a_repair, a_ticket, publish_rules

FIRST_DAY = date(2021, 11, 1)
PER_DAY = 6_600
COMPANIES, STATIONS, CREWS = 2, 240, 40
TABLES = ("ticket", "clockevent", "visit", "callback", "callbackattempt")

_TICKETS = """
INSERT INTO complaints_ticket ({columns})
SELECT {values} FROM complaints_ticket model, generate_series(1, %(count)s) AS n,
  LATERAL (SELECT timestamptz '{first} 00:00+08' + (n / {per_day}) * interval '1 day'
                  + (n * 7919::bigint %% 86400) * interval '1 second' AS reported) AS r
WHERE model.id = %(model)s
"""
_VALUES = {
    "id": "%(model)s + n",
    "number": "'KPI' || n",
    "company_id": "(%(companies)s::bigint[])[1 + n %% %(company_count)s]",
    "heat_station_id": "(%(stations)s::bigint[])[1 + (n / 2) %% %(station_count)s]",
    "kind": "(ARRAY['repair','repair','repair','repair','repair','repair','repair',"
    "'complaint','enquiry','service'])[1 + n %% 10]",
    "severity": "CASE WHEN n %% 10 < 6 THEN 'minor' WHEN n %% 10 = 6 THEN 'medium' ELSE '' END",
    "channel": "(ARRAY['hotline','hall','wechat','web','inspection','community'])[1 + n %% 6]",
    "reported_at": "r.reported",
    "entered_at": "r.reported",
    "form_key": "NULL",
    "state": "CASE WHEN n %% 25 = 0 THEN 'open' ELSE 'closed' END",
    "clock_state": "CASE WHEN n %% 25 = 0 THEN 'running' ELSE 'done' END",
    "due_at": "CASE WHEN n %% 10 < 6 THEN date_trunc('day', r.reported, 'Asia/Shanghai')"
    " + interval '1 day' ELSE date_trunc('day', r.reported, 'Asia/Shanghai')"
    " + interval '3 days 18 hours' END",
    "redo_count": "CASE WHEN n %% 50 = 1 THEN 1 ELSE 0 END",
    "summary": "'家里暖气不热，客厅和主卧都凉，请尽快派人来看看'",
}
# n and when it was done, for the rows that hang on a ticket.
_DONE = """
SELECT t.id, t.id - %(model)s AS n, t.reported_at, t.redo_count, t.company_id,
       t.reported_at + (30 + (t.id - %(model)s) * 31 %% 1500) * interval '1 minute' AS done_at
FROM complaints_ticket t WHERE t.id > %(model)s
"""
_EVENTS = f"""
INSERT INTO complaints_clockevent (ticket_id, ordinal, kind, at, reason, note, entered_at)
SELECT id, e.ordinal, e.kind, e.at, '', '', e.at FROM ({_DONE}) AS d, LATERAL (VALUES
  (1, 'received', reported_at, true),
  (2, 'done', done_at, n %% 25 <> 0),
  (3, 'redo', done_at + interval '1 day', redo_count = 1 AND n %% 25 <> 0),
  (4, 'done', done_at + interval '26 hours', redo_count = 1 AND n %% 25 <> 0)
) AS e (ordinal, kind, at, happens) WHERE e.happens ORDER BY id, e.ordinal
"""
_VISITS = f"""
INSERT INTO complaints_visit (ticket_id, ordinal, crew_id, state, redo_round, assigned_at,
  accepted_at, departed_at, arrived_at, finding, found_at, completed_at, outcome, work_done,
  confirmed_by)
SELECT id, v.ordinal, (%(crews)s::bigint[])[1 + (n + v.ordinal) %% %(crew_count)s], 'completed',
       v.round, v.at - interval '40 minutes', v.at - interval '35 minutes',
       v.at - interval '30 minutes', v.at - interval '20 minutes', '分户阀堵塞',
       v.at - interval '10 minutes', v.at - interval '5 minutes', v.outcome, '清洗过滤器', '王秀英'
FROM ({_DONE}) AS d, LATERAL (VALUES
  (1, 0, CASE WHEN n %% 10 = 6 THEN done_at - interval '2 hours' ELSE done_at END,
   CASE WHEN n %% 10 = 6 THEN 'not_fixed' ELSE 'fixed' END, true),
  (2, 0, done_at, 'fixed', n %% 10 = 6),
  (2, 1, done_at + interval '26 hours', 'fixed', n %% 10 <> 6 AND redo_count = 1)
) AS v (ordinal, round, at, outcome, happens)
WHERE n %% 10 < 7 AND n %% 25 <> 0 AND v.happens ORDER BY id, v.ordinal
"""
_CALL_BACKS = f"""
INSERT INTO complaints_callback (ticket_id, ordinal, rule_id, policy_id, state, owed_since, due_at,
  provisional, satisfaction, remark, heard_through, answered_at)
SELECT id, 1, %(rule)s, %(policy)s,
       CASE WHEN n %% 10 = 2 THEN 'unanswered' ELSE 'answered' END, done_at,
       date_trunc('day', done_at, 'Asia/Shanghai') + interval '1 day 18 hours', false,
       CASE WHEN n %% 10 = 2 THEN '' WHEN n %% 40 = 0 THEN 'dissatisfied' ELSE 'satisfied' END, '',
       CASE WHEN n %% 10 = 2 THEN '' ELSE 'call' END,
       CASE WHEN n %% 10 = 2 THEN NULL ELSE done_at + interval '5 hours' END
FROM ({_DONE}) AS d WHERE n %% 2 = 0 AND n %% 25 <> 0 ORDER BY id
"""
_ATTEMPTS = """
INSERT INTO complaints_callbackattempt (call_back_id, ordinal, at, outcome, note)
SELECT c.id, k, c.owed_since + k * interval '1 hour', 'no_answer', ''
FROM complaints_callback c, generate_series(1, 3) AS k WHERE c.state = 'unanswered'
ORDER BY c.id, k
"""


def build_history(count: int, *, per_day: int = PER_DAY) -> date:
    """So many tickets with all that hangs on them; the last whole day of them."""
    publish_rules()
    desk = a_desk()
    other = a_company("21")
    model = a_ticket(desk, "2025-10-31 09:00", a_repair())
    fields = [str(field.column) for field in Ticket._meta.concrete_fields]
    values = [_VALUES.get(name, f"model.{name}") for name in fields]
    params: dict[str, Any] = {
        "count": count,
        "model": model.pk,
        "companies": [desk.company.pk, other.pk],
        "company_count": COMPANIES,
        "stations": _many("customers_heatstation (company_id, name)", desk.company.pk, STATIONS),
        "station_count": STATIONS,
        "crews": _many("complaints_crew (active, company_id, name)", desk.company.pk, CREWS),
        "crew_count": CREWS,
        "rule": PromiseRule.objects.get(ticket_class="call_back").pk,
        "policy": CallBackPolicy.objects.get().pk,
    }
    tickets = _TICKETS.format(
        columns=", ".join(fields), values=", ".join(values), first=FIRST_DAY, per_day=per_day
    )
    with connection.cursor() as cursor:
        # Triggers and keys prove single rows; what is written here is right by construction.
        cursor.execute("SET session_replication_role = replica")
        indexes = _drop_indexes()
        for sql in (tickets, _EVENTS, _VISITS, _CALL_BACKS):
            cursor.execute(sql, params)
        cursor.execute(_ATTEMPTS)
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = origin")
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE complaints_{table}")
    return FIRST_DAY + timedelta(days=count // per_day - 1)


def _many(table: str, company: int, count: int) -> list[int]:
    first = "true, " if "active" in table else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT {first}%s, 'k' || n FROM generate_series(1, %s) n"
            " RETURNING id",
            [company, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _drop_indexes() -> list[str]:
    """Drops the indexes that no constraint needs; returns the statements that make them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = ANY(%s::regclass[])
              AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid)
              AND NOT i.indisunique""",
            [[f"complaints_{table}" for table in TABLES]],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in indexes]
