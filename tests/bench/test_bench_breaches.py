"""The breach scan over ten thousand open tickets: under five seconds, each step written once."""

import time
from datetime import datetime

import pytest
from django.db import connection

from complaints.escalations.operations import scan_breaches
from complaints.models import Escalation, Ticket
from tests.service_desk import HOUR, MINUTE, a_desk, a_repair, a_ticket, publish_rules, t

OPEN = 10_000
COPY = """
INSERT INTO complaints_ticket ({columns})
SELECT {values} FROM complaints_ticket, generate_series(2, %s) AS n WHERE complaints_ticket.id = %s
"""


@pytest.mark.django_db
def test_ten_thousand_open_tickets() -> None:
    publish_rules()
    desk = a_desk()
    first = a_ticket(desk, "2026-01-12 09:00", a_repair())
    fields = [field for field in Ticket._meta.concrete_fields if not field.primary_key]
    columns = [str(field.column) for field in fields]
    values = [
        {"number": "'GD' || n", "due_at": "due_at + n * interval '10 second'"}.get(column, column)
        for column in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            COPY.format(columns=", ".join(columns), values=", ".join(values)), [OPEN, first.pk]
        )
        cursor.execute("ANALYZE complaints_ticket")
    at = t("2026-01-13 00:00") + 14 * HOUR
    escalated, seconds = _timed(at)
    again, idle = _timed(at + MINUTE)
    breached = Escalation.objects.filter(step="breached").count()
    print(f"\n{OPEN} open: {escalated} told in {seconds:.2f} s, {again} more in {idle:.2f} s")
    assert breached == Ticket.objects.filter(due_at__lt=at + MINUTE).count()
    assert Escalation.objects.count() == escalated + again


def _timed(at: datetime) -> tuple[int, float]:
    began = time.perf_counter()
    escalated = scan_breaches(at)
    return escalated, time.perf_counter() - began
