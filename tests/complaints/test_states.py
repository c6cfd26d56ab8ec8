"""The tables in `complaints/states.py` and the guards in the database say the same."""

import pytest
from django.db import DatabaseError, connection, transaction

from complaints.models import Ticket, Visit
from complaints.states import WORKFLOWS
from office.workflow import Workflow
from tests.service_desk import Desk, a_ticket, repaired, t

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.table)
def test_the_database_guards_the_very_table(workflow: Workflow) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = %s",
            [f"{workflow.table}_{workflow.column}_guard"],
        )
        [(body,)] = cursor.fetchall()
    assert body.strip() == workflow.guard_sql().split("$$")[1].strip()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.table)
def test_every_state_can_be_reached(workflow: Workflow) -> None:
    reached = {workflow.initial} | {target for _, target in workflow.pairs()}
    assert reached == set(workflow.states.values)


class TestBehindTheOperations:
    def test_no_state_is_skipped(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        with pytest.raises(DatabaseError, match="no way from open"), transaction.atomic():
            Ticket.objects.filter(pk=ticket.pk).update(state="closed")
        ticket.refresh_from_db()
        assert ticket.state == "open"

    def test_the_true_time_of_the_report_stays(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            Ticket.objects.filter(pk=ticket.pk).update(reported_at=t("2026-01-11 09:00"))
        ticket.refresh_from_db()
        assert ticket.reported_at == t("2026-01-12 09:00")

    @pytest.mark.parametrize("relation", ["clock_events", "promises"])
    def test_the_clock_and_its_promises_only_grow(self, desk: Desk, relation: str) -> None:
        rows = getattr(a_ticket(desk, "2026-01-12 09:00"), relation)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.all().delete()
        assert rows.count() == 1

    def test_no_event_is_slipped_in_before_the_last(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        with pytest.raises(DatabaseError, match="before the last one"), transaction.atomic():
            ticket.clock_events.create(
                ordinal=2,
                kind="done",
                at=t("2026-01-12 08:59"),
                entered_at=t("2026-01-12 10:00"),
            )
        assert ticket.clock_events.count() == 1

    def test_a_finished_visit_stays_as_the_customer_confirmed_it(self, desk: Desk) -> None:
        visit = repaired(a_ticket(desk, "2026-01-12 09:00"), desk, t("2026-01-12 10:00"))
        with pytest.raises(DatabaseError, match="is over"), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(work_done="什么也没做")
        visit.refresh_from_db()
        assert visit.work_done == "清洗过滤器"
