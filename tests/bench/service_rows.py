"""Customer service by the hundred thousand, copied in sets beside the guards of single rows."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

from complaints.incidents.operations import Reach, begin_incident, register_incident
from complaints.ladder import LADDER
from complaints.models import CallBack, TemperatureTest, Ticket
from complaints.tickets.intake import open_ticket
from complaints.tickets.resolution import resolve_ticket
from customers.models import Account, Community
from office.journal import timeline
from office.models import Company, JournalEntry
from tests.bench.city import build_city
from tests.clock import present
from tests.complaints.kpis.kpi_world import measured
from tests.service_desk import SYSTEM, Desk, a_complaint, a_desk, a_repair

# A season and a half of tickets: one in fifty still open, every sort, channel and company.
_TICKETS = """
WITH place AS MATERIALIZED (
  SELECT a.id AS account_id, a.company_id, a.premise_id, p.building_id, b.community_id,
         p.heat_station_id, row_number() OVER (ORDER BY a.id) - 1 AS k
  FROM customers_account a
  JOIN customers_premise p ON p.id = a.premise_id
  JOIN customers_building b ON b.id = p.building_id
  WHERE a.company_id = %(company)s
)
INSERT INTO complaints_ticket ({columns})
SELECT {values}
FROM generate_series(1, %(count)s) AS n
JOIN place ON place.k = n %% (SELECT max(k) + 1 FROM place)
JOIN complaints_ticket t ON t.id = %(first)s
ORDER BY n
"""
_OWN = {
    "number": "'GD' || %(code)s || '2025' || lpad(n::text, 8, '0')",
    "company_id": "place.company_id",
    "account_id": "place.account_id",
    "premise_id": "place.premise_id",
    "building_id": "place.building_id",
    "community_id": "place.community_id",
    "heat_station_id": "place.heat_station_id",
    "caller_phone": "'139' || lpad((n::bigint * 7919 %% 100000000)::text, 8, '0')",
    "caller_name": "(ARRAY['王','李','张','刘','陈','杨','赵','黄'])[1 + n %% 8]"
    " || (ARRAY['秀英','伟','芳','敏','静','强','磊','洋','艳','勇'])[1 + n / 8 %% 10]",
    "subject": "(ARRAY['no_heat','no_heat','leak','noise','valve'])[1 + n %% 5]",
    "channel": "(ARRAY['hotline','hotline','wechat','hall','web'])[1 + n %% 5]",
    # Written as closed below: the state guard lets every ticket begin as open only.
    "reported_at": "t.reported_at - (%(count)s - n) * interval '3 minute'",
    "due_at": "t.due_at - (%(count)s - n) * interval '3 minute'",
}


def copy_tickets(first: Ticket, company: Company, count: int) -> None:
    fields = [field for field in Ticket._meta.concrete_fields if not field.primary_key]
    columns = [str(field.column) for field in fields]
    values = [_OWN.get(column, f"t.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE complaints_ticket DISABLE TRIGGER USER")
        cursor.execute(
            _TICKETS.format(columns=", ".join(columns), values=", ".join(values)),
            {"count": count, "company": company.pk, "code": company.code, "first": first.pk},
        )
        for row in (first.clock_events.get(), first.promises.get(), timeline(first).latest("pk")):
            _copy_row(cursor, row, first)
        cursor.execute(
            "UPDATE complaints_ticket SET state = 'closed', clock_state = 'done'"
            " WHERE company_id = %s AND id %% 50 <> 0",
            [company.pk],
        )
        cursor.execute("ALTER TABLE complaints_ticket ENABLE TRIGGER USER")


def _copy_row(cursor: Any, row: Model, first: Ticket) -> None:
    """The same row for every other ticket of the company."""
    key = "record_id" if isinstance(row, JournalEntry) else "ticket_id"
    table = row._meta.db_table
    columns = [str(f.column) for f in row._meta.concrete_fields if not f.primary_key]
    values = ["t.id" if column == key else f"r.{column}" for column in columns]
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM {table} r, complaints_ticket t "
        "WHERE r.id = %s AND t.company_id = %s AND t.id <> %s",
        [row.pk, first.company_id, first.pk],
    )
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


# One in fifty is still owed and one in ten was never reached; the others have answered.
_CALL_BACK = {
    "ticket_id": "t.id",
    "state": "CASE WHEN t.id %% 50 = 0 THEN 'due' WHEN t.id %% 10 = 1 THEN 'unanswered'"
    " ELSE 'answered' END",
    "satisfaction": "CASE WHEN t.id %% 50 = 0 OR t.id %% 10 = 1 THEN ''"
    " WHEN t.id %% 40 = 2 THEN 'dissatisfied' ELSE 'satisfied' END",
    "answered_at": "CASE WHEN t.id %% 50 = 0 OR t.id %% 10 = 1 THEN NULL ELSE t.due_at END",
    "due_at": "t.due_at",
}
_ATTEMPTS = """
INSERT INTO complaints_callbackattempt (call_back_id, ordinal, at, outcome, note)
SELECT c.id, k, c.due_at + k * interval '1 hour', 'no_answer', ''
FROM complaints_callback c JOIN complaints_ticket t ON t.id = c.ticket_id,
     generate_series(1, 3) AS k
WHERE t.company_id = %(company)s AND c.state = 'unanswered'
"""
_ESCALATIONS = """
INSERT INTO complaints_escalation (ticket_id, clock, step, role, due_at, found_at)
SELECT t.id, 'promise', rung.step, rung.role, t.due_at,
       t.due_at + rung.minutes * interval '1 minute'
FROM complaints_ticket t,
     unnest(%(steps)s::text[], %(roles)s::text[], %(minutes)s::int[]) AS rung (step, role, minutes)
WHERE t.company_id = %(company)s AND t.id %% 5 = 0 ORDER BY t.id, rung.minutes
"""
# One in twenty was handed over before it was closed, and two thirds of those were replied to.
_HAND_OVERS = """
WITH given AS (
  INSERT INTO complaints_handover (ticket_id, department, question, due_at, handed_at)
  SELECT t.id, (ARRAY['finance', 'customer_service'])[1 + t.id %% 40 / 20], '请核对并答复',
         t.due_at, t.reported_at
  FROM complaints_ticket t WHERE t.company_id = %(company)s AND t.id %% 20 = 7 ORDER BY t.id
  RETURNING id, ticket_id, handed_at)
INSERT INTO complaints_handoverreply (hand_over_id, text, replied_by_id, replied_at)
SELECT id, '无误', %(who)s, handed_at FROM given WHERE ticket_id %% 3 > 0
"""
_TESTS = """
INSERT INTO complaints_temperaturetest ({columns})
SELECT {values} FROM complaints_temperaturetest m
JOIN customers_account a ON a.company_id = m.company_id
JOIN complaints_ticket t ON t.account_id = a.id AND t.id %% 10 = 0
WHERE m.id = %(first)s
"""
_READINGS = """
INSERT INTO complaints_temperaturereading (test_id, room, measured_at, celsius)
SELECT m.id, room, m.tested_at, 15 + m.id %% 7 FROM complaints_temperaturetest m,
     unnest(ARRAY['客厅', '主卧', '次卧']) AS room
WHERE m.company_id = %(company)s
  AND NOT EXISTS (SELECT FROM complaints_temperaturereading r WHERE r.test_id = m.id)
"""
_ATTACH = """
UPDATE complaints_ticket SET incident_id = %(incident)s WHERE id IN (
  SELECT id FROM complaints_ticket WHERE company_id = %(company)s AND kind = 'repair'
  ORDER BY id %% 50, id DESC LIMIT %(count)s)
"""
_TABLES = (
    *("ticket", "callback", "callbackattempt", "escalation", "temperaturetest"),
    *("handover", "handoverreply"),
)


def a_busy_desk(code: str, *, tickets: int, accounts: int) -> Desk:
    """A company's desk with so many tickets, as many call-backs, and what else hangs on them.

    A fifth of the tickets went up the whole ladder, a tenth had the temperature taken, a twentieth
    was handed over, and 300 belong to one incident.
    """
    desk = a_desk(code)
    build_city(desk.company, accounts)
    first = open_ticket(desk.company, a_repair(), by=SYSTEM, at=present() - timedelta(days=1))
    copy_tickets(first, desk.company, tickets)
    _copy_call_backs(desk.company)
    _copy_tests(desk)
    assert desk.manager.user is not None
    _write("handoverreply", _HAND_OVERS, company=desk.company.pk, who=desk.manager.user.pk)
    rungs = [(rung.step, rung.role, rung.minutes) for rung in LADDER]
    steps, roles, minutes = (list(column) for column in zip(*rungs, strict=True))
    company = desk.company.pk
    _write("callbackattempt", _ATTEMPTS, company=company)
    _write("escalation", _ESCALATIONS, company=company, steps=steps, roles=roles, minutes=minutes)
    _write("ticket", _ATTACH, company=company, incident=_incident(desk.company), count=300)
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"VACUUM ANALYZE complaints_{table}")
        cursor.execute(f"ANALYZE {', '.join(connection.introspection.table_names())}")
    return desk


def _copy_call_backs(company: Company) -> None:
    ticket = open_ticket(company, a_complaint(), by=SYSTEM, at=present())
    resolve_ticket(ticket, "已致歉", by=SYSTEM, at=present())
    first = ticket.call_backs.get()
    columns, values = _columns(CallBack, _CALL_BACK, "c")
    sql = (
        f"INSERT INTO complaints_callback ({columns}) SELECT {values}"
        " FROM complaints_callback c, complaints_ticket t"
        " WHERE c.id = %(first)s AND t.company_id = %(company)s AND t.id <> c.ticket_id"
        " ORDER BY t.id"
    )
    _write("callback", sql, first=first.pk, company=company.pk)


def _copy_tests(desk: Desk) -> None:
    account = Account.objects.filter(company=desk.company).earliest("pk")
    first = measured(account, desk, "2026-01-12 09:00", "19.5")
    own = {
        "account_id": "a.id",
        "ticket_id": "t.id",
        "tested_at": "t.reported_at",
        "entered_at": "t.entered_at",
    }
    columns, values = _columns(TemperatureTest, own, "m")
    sql = _TESTS.format(columns=columns, values=values)
    _write("temperaturetest", sql, first=first.pk)
    _write("temperaturereading", _READINGS, company=desk.company.pk)


def _incident(company: Company) -> int:
    reach = Reach(communities=list(Community.objects.filter(company=company)[:3]))
    at = present()
    incident = register_incident(company, "二次网主管爆裂", reach, starts_at=at, by=SYSTEM, at=at)
    return begin_incident(incident, by=SYSTEM, at=at).pk


def _columns(model: type[Model], own: dict[str, str], alias: str) -> tuple[str, str]:
    names = [str(f.column) for f in model._meta.concrete_fields if not f.primary_key]
    return ", ".join(names), ", ".join(own.get(name, f"{alias}.{name}") for name in names)


def _write(table: str, sql: str, **parameters: Any) -> None:
    """Writes without the triggers that prove single rows: these are right by construction."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE complaints_{table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        cursor.execute(f"ALTER TABLE complaints_{table} ENABLE TRIGGER USER")
