"""Tallies follow the records, whoever changes them and wherever the work is cut off."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from complaints.classes import Severity, Subject, TicketKind
from complaints.kpis.nights import stale_days
from complaints.kpis.operations import freeze_nights
from complaints.kpis.recount import differences, frozen_sums
from complaints.kpis.tallies import note_everything, tally_stale
from complaints.models import KpiNight, KpiStale, KpiTally, Satisfaction, Ticket
from complaints.tickets.classification import reclassify_ticket
from tests.bench.kpi_history import build_history
from tests.builders import an_account
from tests.complaints.kpis.kpi_world import MONDAY, TUESDAY, World, a_world, called, done, measured
from tests.parallel import at_once
from tests.service_desk import (
    a_complaint,
    a_desk,
    a_repair,
    a_ticket,
    publish_rules,
    repaired,
    t,
)
from tests.shared_rows import own_copy, shared

WEDNESDAY, THURSDAY = date(2026, 1, 14), date(2026, 1, 15)


def tallied_world() -> World:
    publish_rules()
    world = a_world(a_desk())
    tally_stale()
    return world


world_of_file = shared(tallied_world)


@pytest.fixture
def world(world_of_file: World, db: None) -> World:
    return own_copy(world_of_file)


def tallies(record: int | None = None) -> set[tuple[object, ...]]:
    """All rows, or those of a ticket, without its place and sort."""
    rows = KpiTally.objects.all() if record is None else KpiTally.objects.filter(record=record)
    return set(rows.values_list("record", "measure", "day", "crew", "hit", "minutes"))


def noted() -> set[int | None]:
    return set(KpiStale.objects.filter(day=None).values_list("ticket_id", flat=True))


def changed_unseen(change: Callable[[], object]) -> None:
    """A change of which the database notes nothing, as of a restored table."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        change()
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.django_db
class TestTallyStale:
    def test_a_ticket_counts_once_a_day_and_measure(self, world: World) -> None:
        redone, first, second = world.redone, world.desk.crew.pk, world.desk.other_crew.pk
        assert tallies(redone.pk) == {
            (redone.pk, "received", MONDAY, None, True, None),
            # Done at 10:40 and, after the redo, at 15:10: the last counts.
            (redone.pk, "solved", MONDAY, second, True, 370),
            (redone.pk, "first_time", MONDAY, second, False, None),
            (redone.pk, "redone", MONDAY, first, True, None),
            (redone.pk, "response", MONDAY, first, True, 93),
            (redone.pk, "due", MONDAY, second, True, None),
            (redone.pk, "satisfaction", MONDAY, first, False, None),
            # The first call-back was dropped with the redo; the second is owed.
            (redone.pk, "call_back", TUESDAY, second, False, None),
        }

    def test_every_step_of_the_work_is_noted(self, world: World) -> None:
        desk = world.desk
        ticket = a_ticket(desk, "2026-01-12 09:00")
        assert noted() == {ticket.pk}
        steps: list[Callable[[], object]] = [
            lambda: repaired(ticket, desk, t("2026-01-12 10:00")),
            lambda: done(ticket, desk, "2026-01-12 11:00"),
            lambda: called(ticket, desk, "2026-01-12 12:00", None),
            lambda: called(ticket, desk, "2026-01-12 13:00", Satisfaction.DISSATISFIED),
            lambda: repaired(ticket, desk, t("2026-01-12 14:00"), other=True),
            lambda: done(ticket, desk, "2026-01-12 15:00", by=desk.manager),
        ]
        for step in steps:
            tally_stale()
            assert noted() == set()
            step()
            assert noted() == {ticket.pk}
        tally_stale()
        assert len(tallies(ticket.pk)) == 8

    def test_what_has_no_time_of_its_own_is_noted(self, world: World) -> None:
        Ticket.objects.filter(pk=world.service.pk).update(heat_station=world.station)
        assert noted() == {world.service.pk}
        tally_stale()
        assert set(
            KpiTally.objects.filter(record=world.service.pk).values_list("heat_station", flat=True)
        ) == {world.station.pk}

    def test_a_row_that_no_longer_holds_goes(self, world: World) -> None:
        ticket = world.forgotten
        # Due on Monday at 24:00; as a medium repair it is due on Thursday.
        reclassify_ticket(
            ticket,
            kind=TicketKind.REPAIR,
            subject=Subject.NO_HEAT,
            severity=Severity.MEDIUM,
            reason="楼内管道堵塞",
            by=world.desk.agent,
            at=t("2026-01-13 11:00"),
        )
        tally_stale()
        assert tallies(ticket.pk) == {
            (ticket.pk, "received", MONDAY, None, True, None),
            (ticket.pk, "due", THURSDAY, None, False, None),
        }

    def test_a_second_test_of_the_day_takes_the_firsts_place(self, world: World) -> None:
        desk = world.desk
        account = an_account(desk.company)
        first = measured(account, desk, "2026-01-12 10:00", "16.0")
        tally_stale()
        assert tallies(first.pk) == {(first.pk, "temperature", MONDAY, None, False, None)}
        second = measured(account, desk, "2026-01-12 15:00", "18.0")
        tally_stale()
        assert tallies(second.pk) == {(second.pk, "temperature", MONDAY, None, True, None)}
        assert tallies(first.pk) == set()

    def test_everything_anew_gives_the_same_in_batches_of_any_size(self, world: World) -> None:
        measured(an_account(world.desk.company), world.desk, "2026-01-12 10:00", "17.0")
        freeze_nights(at=t("2026-01-16 00:20"))
        before = tallies()
        for batch in (1, 3, 5_000):
            note_everything()
            assert tally_stale(batch=batch) == Ticket.objects.count() + 1
            assert (tallies(), stale_days()) == (before, [])
        assert len(before) == 51

    def test_a_change_that_nobody_noted_is_found_by_counting_anew(self, world: World) -> None:
        freeze_nights(at=t("2026-01-16 00:20"))
        tickets = Ticket.objects.filter(pk=world.service.pk)
        changed_unseen(lambda: tickets.update(heat_station=world.station))
        assert freeze_nights(at=t("2026-01-16 09:00")).corrected == ()
        note_everything()
        assert freeze_nights(at=t("2026-01-16 10:00")).corrected == (MONDAY, THURSDAY)

    def test_killed_in_a_batch_nothing_is_lost(self, world: World) -> None:
        class Killed(Exception):
            pass

        def killed_before_the_end() -> None:
            with transaction.atomic():
                tally_stale()
                raise Killed

        freeze_nights(at=t("2026-01-16 00:20"))
        late = a_repair(reported_at=t("2026-01-12 07:00"))
        ticket = a_ticket(world.desk, "2026-01-16 09:30", late)
        before = tallies()
        with pytest.raises(Killed):
            killed_before_the_end()
        assert (noted(), tallies(), stale_days()) == ({ticket.pk}, before, [])
        # Tallied and killed before any night was examined: the days are noted.
        tally_stale()
        assert (noted(), stale_days()) == (set(), [MONDAY])
        assert freeze_nights(at=t("2026-01-17 00:20")).corrected == (MONDAY,)
        assert (stale_days(), KpiNight.objects.filter(day=MONDAY).count()) == ([], 2)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_workers_tally_each_ticket_once(self) -> None:
        publish_rules()
        desk = a_desk()
        for minute in range(12):
            a_ticket(desk, f"2026-01-12 09:{minute:02}")
        marks = KpiStale.objects.count()
        done_by = at_once([lambda: tally_stale(batch=5)] * 2)
        assert sum(done_by) == marks  # type: ignore[arg-type]
        assert len(tallies()) == 24

    def test_an_operation_during_the_count_is_counted_the_next_time(self) -> None:
        publish_rules()
        desk = a_desk()
        ticket = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        with transaction.atomic():
            tally_stale()
            # Another connection works on; it waits for nothing.
            at_once([lambda: done(ticket, desk, "2026-01-12 10:00")])
        assert noted() == {ticket.pk}
        tally_stale()
        assert (ticket.pk, "solved", MONDAY, None, True, 60) in tallies()


@pytest.mark.django_db(transaction=True)
class TestRecount:
    def test_a_made_up_history_is_frozen_as_it_is_counted(self) -> None:
        last = build_history(400, per_day=100)
        # As far as anything has been done, called or due.
        until = last + timedelta(days=9)
        note_everything()
        freeze_nights(at=t(f"{until} 00:20"))
        assert differences(until) == []
        assert Ticket.objects.count() == 401
        assert sum(rows for rows, _hits, _digest in frozen_sums().values()) > 5 * 400

    @pytest.mark.parametrize(
        "change",
        [
            "company_id = company_id + 1",
            "heat_station_id = NULL",
            "crew_id = NULL",
            "kind = 'complaint'",
            "channel = 'web'",
            "hit = false",
            "minutes = 71",
            "minutes = NULL",
            "record = record + 1000",
            "measure = 'redone'",
            "day = day + 1",
        ],
    )
    def test_a_tally_changed_in_any_column_differs_from_what_is_frozen(self, change: str) -> None:
        publish_rules()
        world = a_world(a_desk())
        freeze_nights(at=t("2026-01-16 00:20"))
        until = date(2026, 1, 16)
        assert differences(until) == []
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE complaints_kpitally SET {change} WHERE measure = 'solved' AND record = %s",
                [world.at_once.pk],
            )
            assert cursor.rowcount == 1
        assert len(differences(until)) in (1, 2)
