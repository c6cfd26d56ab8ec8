"""Nightly figures against a world counted by hand, and what may and may not change them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from complaints.classes import Severity, Subject, TicketKind
from complaints.kpis.figures import Figures, Slice, figures_by_period
from complaints.kpis.operations import freeze_night, freeze_nights
from complaints.kpis.periods import Period
from complaints.kpis.tallies import tally_stale
from complaints.models import KpiCorrection, KpiFact, KpiNight, Satisfaction
from complaints.tickets.classification import reclassify_ticket
from complaints.tickets.resolution import resolve_ticket
from office.models import User
from office.refusals import Refused
from tests.builders import an_account
from tests.complaints.kpis.kpi_world import (
    MONDAY,
    TUESDAY,
    World,
    a_world,
    called,
    done,
    manager,
    measured,
)
from tests.service_desk import (
    HOUR,
    a_desk,
    a_repair,
    a_ticket,
    publish_rules,
    repaired,
    t,
)
from tests.shared_rows import own_copy, shared

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# Figures of company 11, counted by hand: (numerator, denominator[, p50, p90]).
#
# Monday: reported are all nine. Due at 24:00 are the small repairs at_once (done 10:10),
# unanswered (11:30), forgotten (never) and redone (15:10); late_evening is due on Tuesday at 12:00.
# Done: at_once after 70 minutes, unanswered 120, twice_visited 370, complaint 360, enquiry 20,
# redone 370 (its last of the day). First arrivals and answers after 63, 93, 243, 360, 20 and 93.
# Of the four repairs done, twice_visited took two visits and redone a redo. Two customers answered:
# at_once satisfied, redone not.
COUNTED_MONDAY: dict[str, tuple[int, ...]] = {
    "received": (9, 9),
    "closed_in_time": (3, 4),
    "repair_timeliness": (3, 4),
    "complaint_closing": (0, 0),
    "first_time_fix": (2, 4),
    "redo_rate": (1, 6),
    "call_back_rate": (0, 0),
    "satisfaction": (1, 2),
    "room_temperature": (2, 3),
    "response_time": (6, 6, 93, 360),
    "solution_time": (6, 6, 120, 370),
}
# Tuesday: late_evening arrived at 09:03 and done at 09:10, twelve hours after the report. Six
# call-backs are due at 18:00: at_once, complaint and enquiry answered, unanswered tried three
# times, twice_visited and the second one of redone not called. That day complaint and enquiry
# answered.
COUNTED_TUESDAY: dict[str, tuple[int, ...]] = {
    "received": (0, 0),
    "closed_in_time": (1, 1),
    "repair_timeliness": (1, 1),
    "complaint_closing": (0, 0),
    "first_time_fix": (1, 1),
    "redo_rate": (0, 1),
    "call_back_rate": (4, 6),
    "satisfaction": (2, 2),
    "room_temperature": (0, 0),
    "response_time": (1, 1, 723, 723),
    "solution_time": (1, 1, 730, 730),
}
# Thursday: due at 18:00 are the complaint and the enquiry (both done) and the service (never),
# at 24:00 the medium repair twice_visited (done).
COUNTED_THURSDAY = {
    "closed_in_time": (3, 4),
    "repair_timeliness": (1, 1),
    "complaint_closing": (1, 1),
}


def nine_tickets() -> World:
    """Three households were tested on Monday too: one cold, one warm at the second try."""
    publish_rules()
    desk = a_desk()
    for readings in (["17.9"], ["16.0", "18.0"], ["21.5"]):
        account = an_account(desk.company)
        for hour, celsius in enumerate(readings, start=10):
            measured(account, desk, f"2026-01-12 {hour}:00", celsius)
    world = a_world(desk)
    tally_stale()
    return world


world_of_file = shared(nine_tickets)


@pytest.fixture
def world(world_of_file: World, db: None) -> World:
    return own_copy(world_of_file)


def read(user: User, day: date, **chosen: Any) -> dict[str, tuple[int, ...]]:
    """A day's figures as this person sees them, as plain numbers."""
    figures = figures_by_period(Slice.of(user, **chosen), [Period("day", day, day + DAY)])["day"]
    return plain(figures)


def plain(figures: Figures) -> dict[str, tuple[int, ...]]:
    return {
        code: (figure.numerator, figure.denominator)
        + ((figure.times.p50, figure.times.p90) if figure.times else ())
        for code, figure in figures.items()
    }


class TestFreezeNight:
    def test_the_figures_are_those_counted_by_hand(self, world: World) -> None:
        freeze_nights(at=t("2026-01-16 00:20"))
        user = manager(world.desk)
        assert read(user, MONDAY) == COUNTED_MONDAY
        assert read(user, TUESDAY) == COUNTED_TUESDAY
        thursday = read(user, date(2026, 1, 15))
        assert {code: thursday[code] for code in COUNTED_THURSDAY} == COUNTED_THURSDAY

    def test_a_crew_answers_for_its_own_work(self, world: World) -> None:
        freeze_nights(at=t("2026-01-16 00:20"))
        user, desk = manager(world.desk), world.desk
        first = read(user, MONDAY, crew=desk.crew.pk)
        second = read(user, MONDAY, crew=desk.other_crew.pk)
        # The redo is the first crew's, the work done again the second's.
        assert (first["redo_rate"], second["redo_rate"]) == ((1, 2), (0, 2))
        assert (first["first_time_fix"], second["first_time_fix"]) == ((1, 2), (1, 2))
        assert (first["satisfaction"], second["satisfaction"]) == ((1, 2), (0, 0))

    def test_a_station_a_kind_and_a_channel_have_their_own(self, world: World) -> None:
        freeze_nights(at=t("2026-01-16 00:20"))
        user = manager(world.desk)
        assert read(user, MONDAY, heat_station=world.station.pk)["solution_time"] == (1, 1, 70, 70)
        assert read(user, MONDAY, kind="complaint")["solution_time"] == (1, 1, 360, 360)
        assert read(user, MONDAY, channel="hall")["received"] == (0, 0)

    def test_the_same_again_writes_nothing(self, world: World) -> None:
        night = freeze_night(MONDAY, at=t("2026-01-13 00:20"))
        assert night is not None
        facts = KpiFact.objects.count()
        assert freeze_night(MONDAY, at=t("2026-01-13 00:30")) is None
        assert (KpiNight.objects.get(), KpiFact.objects.count()) == (night, facts)

    def test_what_happens_later_changes_no_earlier_night(self, world: World) -> None:
        freeze_nights(at=t("2026-01-16 00:20"))
        desk = world.desk
        called(world.late_evening, desk, "2026-01-16 09:00", Satisfaction.DISSATISFIED)
        repaired(world.forgotten, desk, t("2026-01-16 09:00"))
        done(world.forgotten, desk, "2026-01-16 09:10")
        outcome = freeze_nights(at=t("2026-01-17 00:20"), again=[MONDAY, TUESDAY])
        assert outcome.corrected == ()
        assert outcome.frozen == (date(2026, 1, 16),)
        assert read(manager(desk), date(2026, 1, 16))["redo_rate"] == (1, 1)

    def test_midnight_ends_a_promise_and_begins_a_day(self, world: World) -> None:
        desk = a_desk("21")
        last = a_ticket(desk, "2026-01-12 23:59")
        first = a_ticket(desk, "2026-01-13 00:00")
        repaired(first, desk, t("2026-01-13 23:54"))
        done(first, desk, "2026-01-14 00:00")
        freeze_nights(at=t("2026-01-15 00:20"))
        user = manager(desk)
        assert read(user, MONDAY)["received"] == (1, 1)
        # Done at 24:00 to the second is in time, and is done on Wednesday.
        assert first.due_at == t("2026-01-14 00:00")
        assert last.due_at == t("2026-01-13 12:00")
        assert read(user, TUESDAY)["closed_in_time"] == (1, 2)
        assert read(user, date(2026, 1, 14))["solution_time"] == (1, 1, 1440, 1440)

    def test_refused_before_the_day_is_over_or_with_the_clock_moved_back(
        self, world: World
    ) -> None:
        with pytest.raises(Refused, match="还没有结束"):
            freeze_night(MONDAY, at=t("2026-01-12 23:59"))
        freeze_night(MONDAY, at=t("2026-01-13 00:20"))
        with pytest.raises(Refused, match="服务器时钟可能被调慢"):
            freeze_night(date(2026, 1, 11), at=t("2026-01-12 22:00"))
        assert KpiNight.objects.count() == 1

    def test_never_changes(self, world: World) -> None:
        freeze_night(MONDAY, at=t("2026-01-13 00:20"))
        for rows, change in (
            (KpiNight.objects.all(), {"revision": 7}),
            (KpiFact.objects.all(), {"numerator": 0}),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                rows.update(**change)
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                rows._raw_delete(rows.db)


class TestFreezeNights:
    def test_missed_nights_are_made_up_in_order(self, world: World) -> None:
        outcome = freeze_nights(at=t("2026-01-16 00:20"))
        days = [MONDAY + n * DAY for n in range(4)]
        assert outcome.frozen == tuple(days)
        assert list(KpiNight.objects.order_by("pk").values_list("day", flat=True)) == days
        again = freeze_nights(at=t("2026-01-16 01:20"))
        assert (again.frozen, again.corrected) == ((), ())

    def test_late_entries_are_corrected_first_however_few_nights_a_run_makes_up(
        self, world: World
    ) -> None:
        freeze_nights(at=t("2026-01-14 00:20"))
        a_ticket(world.desk, "2026-01-14 09:30", a_repair(reported_at=t("2026-01-12 07:00")))
        outcome = freeze_nights(at=t("2026-01-18 00:20"), most=1)
        assert outcome.corrected == (MONDAY,)
        assert (outcome.frozen, outcome.left) == ((date(2026, 1, 14),), 3)
        again = freeze_nights(at=t("2026-01-18 00:21"))
        assert (len(again.frozen), again.corrected, again.left) == (3, (), 0)

    def test_killed_in_the_middle_leaves_whole_nights_and_goes_on(self, world: World) -> None:
        class Killed(Exception):
            pass

        def kill(done: int, total: int) -> None:
            if done == 2:
                raise Killed

        with pytest.raises(Killed):
            freeze_nights(at=t("2026-01-16 00:20"), tell=kill)
        assert KpiNight.objects.count() == 2
        freeze_nights(at=t("2026-01-16 00:21"))
        assert read(manager(world.desk), MONDAY) == COUNTED_MONDAY
        assert KpiNight.objects.count() == 4

    def test_nothing_is_left_of_a_night_that_was_rolled_back(self, world: World) -> None:
        class Killed(Exception):
            pass

        def killed_before_the_end() -> None:
            with transaction.atomic():
                freeze_night(MONDAY, at=t("2026-01-13 00:20"))
                raise Killed

        with pytest.raises(Killed):
            killed_before_the_end()
        assert (KpiNight.objects.count(), KpiFact.objects.count()) == (0, 0)
        assert freeze_night(MONDAY, at=t("2026-01-13 00:21")) is not None


class TestCorrections:
    def test_a_ticket_from_a_paper_log_corrects_the_day_it_was_reported(self, world: World) -> None:
        freeze_nights(at=t("2026-01-14 00:20"))
        late = a_repair(reported_at=t("2026-01-12 07:00"))
        ticket = a_ticket(world.desk, "2026-01-14 09:30", late)
        outcome = freeze_nights(at=t("2026-01-15 00:20"))
        assert outcome.corrected == (MONDAY,)
        assert read(manager(world.desk), MONDAY) == COUNTED_MONDAY | {
            "received": (10, 10),
            "closed_in_time": (3, 5),
            "repair_timeliness": (3, 5),
        }
        received = KpiCorrection.objects.get(kpi="received")
        assert (received.before["denominator"], received.after["denominator"]) == (9, 10)
        assert received.counted == [ticket.pk]
        assert received.cause == (f"2026-01-14 09:30 {ticket.number} 补录受理（2026-01-12 07:00）")
        assert KpiCorrection.objects.count() == 3
        # What was published before still stands there.
        assert list(
            KpiNight.objects.filter(day=MONDAY).order_by("revision").values_list("revision")
        ) == [(1,), (2,)]

    def test_a_resolution_entered_later_with_its_true_time(self, world: World) -> None:
        freeze_nights(at=t("2026-01-14 00:20"))
        desk = world.desk
        repaired(world.forgotten, desk, t("2026-01-12 16:50"))
        resolve_ticket(
            world.forgotten,
            "已处理",
            happened_at=t("2026-01-12 17:00"),
            by=desk.agent,
            at=t("2026-01-14 09:10"),
        )
        outcome = freeze_nights(at=t("2026-01-15 00:20"))
        # Its call-back was due on Tuesday at 18:00, which nobody knew then.
        assert outcome.corrected == (MONDAY, TUESDAY)
        monday = read(manager(desk), MONDAY)
        assert monday["closed_in_time"] == (4, 4)
        assert monday["solution_time"] == (7, 7, 360, 540)
        assert read(manager(desk), TUESDAY)["call_back_rate"] == (4, 7)
        time = KpiCorrection.objects.get(night__day=MONDAY, kpi="solution_time")
        assert (time.before["p90"], time.after["p90"]) == (370, 540)

    def test_a_temperature_test_entered_later(self, world: World) -> None:
        freeze_nights(at=t("2026-01-14 00:20"))
        test = measured(
            an_account(world.desk.company),
            world.desk,
            "2026-01-13 15:00",
            "17.0",
            entered="2026-01-14 10:00",
        )
        assert freeze_nights(at=t("2026-01-15 00:20")).corrected == (TUESDAY,)
        corrected = KpiCorrection.objects.get()
        assert (corrected.kpi, corrected.counted) == ("room_temperature", [test.pk])
        assert read(manager(world.desk), TUESDAY)["room_temperature"] == (0, 1)

    def test_a_reclassified_ticket_moves_between_kinds_in_sight(self, world: World) -> None:
        freeze_nights(at=t("2026-01-14 00:20"))
        reclassify_ticket(
            world.service,
            kind=TicketKind.REPAIR,
            subject=Subject.VALVE,
            severity=Severity.MINOR,
            reason="阀门漏水",
            by=world.desk.agent,
            at=t("2026-01-14 11:00"),
        )
        assert freeze_nights(at=t("2026-01-15 00:20")).corrected == (MONDAY,)
        assert read(manager(world.desk), MONDAY)["repair_timeliness"] == (3, 5)
        moved = KpiCorrection.objects.get(kpi="received")
        assert moved.before == moved.after
        assert moved.cause == f"2026-01-14 11:00 {world.service.number} 改判为小修"

    def test_the_same_late_entry_corrects_once(self, world: World) -> None:
        freeze_nights(at=t("2026-01-14 00:20"))
        a_ticket(world.desk, "2026-01-14 09:30", a_repair(reported_at=t("2026-01-12 07:00")))
        freeze_nights(at=t("2026-01-14 10:00"), again=[MONDAY])
        freeze_nights(at=t("2026-01-14 11:00"), again=[MONDAY])
        assert freeze_nights(at=t("2026-01-15 00:20")).corrected == ()
        assert KpiNight.objects.filter(day=MONDAY).count() == 2

    def test_a_day_before_the_first_night_begins_the_series_there(self, world: World) -> None:
        freeze_nights(at=t("2026-01-14 00:20"))
        a_ticket(world.desk, "2026-01-14 09:30", a_repair(reported_at=t("2026-01-10 07:00")))
        outcome = freeze_nights(at=t("2026-01-14 12:00"))
        assert outcome.frozen == (date(2026, 1, 10), date(2026, 1, 11))
        assert read(manager(world.desk), date(2026, 1, 10))["received"] == (1, 1)


class TestVisibleTo:
    def test_nobody_counts_another_companys_tickets(self, world: World) -> None:
        other = a_desk("21")
        a_ticket(other, "2026-01-12 10:00", a_repair())
        freeze_nights(at=t("2026-01-14 00:20"))
        a_ticket(other, "2026-01-14 09:00", a_repair(reported_at=t("2026-01-12 11:00")))
        freeze_nights(at=t("2026-01-14 09:00") + HOUR, again=[MONDAY])
        assert read(manager(world.desk), MONDAY) == COUNTED_MONDAY
        theirs = read(manager(other), MONDAY)
        assert (theirs["received"], theirs["solution_time"]) == ((2, 2), (0, 0))
        # Asking for another company's figures gives none.
        figures = read(manager(other), MONDAY, company=world.desk.company.pk)
        assert figures["received"] == (0, 0)
        assert (
            not KpiFact.objects.visible_to(manager(other)).exclude(company=other.company).exists()
        )
        assert not KpiCorrection.objects.visible_to(manager(world.desk)).exists()
        assert KpiCorrection.objects.visible_to(manager(other)).count() > 0
