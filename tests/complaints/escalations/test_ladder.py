"""Which rung of a ladder is due, to the second; by the ladder of tickets, its first user."""

from datetime import datetime, timedelta

import pytest

from complaints.escalations.operations import scan_breaches
from complaints.ladder import LADDER
from complaints.models import Escalation, Ticket
from office.clock.ladder import rung_in_force
from tests.service_desk import Desk, a_ticket, t

DUE = t("2026-01-13 00:00")
SECOND = timedelta(seconds=1)
MOMENTS = [
    (DUE - timedelta(hours=2), None),
    (DUE - timedelta(hours=2) + SECOND, "due_soon"),
    (DUE, "due_soon"),
    (DUE + SECOND, "breached"),
    (DUE + timedelta(days=1), "breached"),
    (DUE + timedelta(days=1) + SECOND, "breached_a_day"),
    (DUE + timedelta(days=365), "breached_a_day"),
]


@pytest.mark.parametrize(("at", "step"), MOMENTS)
def test_the_rung_at_its_edges(at: datetime, step: str | None) -> None:
    rung = rung_in_force(LADDER, DUE, at)
    assert (rung.step if rung else None) == step


@pytest.mark.django_db
@pytest.mark.parametrize(("at", "step"), MOMENTS)
def test_the_scans_statement_says_the_same(desk: Desk, at: datetime, step: str | None) -> None:
    ticket = a_ticket(desk, "2026-01-12 09:00")
    assert Ticket.objects.get(pk=ticket.pk).due_at == DUE
    scan_breaches(at)
    steps = list(Escalation.objects.values_list("step", flat=True))
    assert steps == ([step] if step else [])
    assert scan_breaches(at) == 0
