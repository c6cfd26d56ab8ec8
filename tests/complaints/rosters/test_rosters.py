"""Who is on duty when: periods of one crew never overlap, those responsible come first."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.dispatch.operations import assign_ticket
from complaints.models import Crew, DutyPeriod
from complaints.rosters.on_duty import best_first, crews_at_hand, crews_on_duty
from complaints.rosters.operations import Duty, publish_duty, withdraw_duty
from customers.models import Building, HeatStation
from office.actors import Actor
from office.models import User
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import an_account
from tests.parallel import at_once
from tests.service_desk import DAY, HOUR, MINUTE, Desk, a_desk, a_ticket, t

pytestmark = pytest.mark.django_db

SUNDAY = t("2026-01-11 10:00")
EVENING = t("2026-01-12 17:00")
MORNING = t("2026-01-13 08:30")


def person(by: Actor) -> User:
    assert by.user is not None
    return by.user


def a_duty(desk: Desk, crew: Crew | None = None, **changes: Any) -> DutyPeriod:
    """The first crew's night from Monday 17:00 to Tuesday 08:30, unless told otherwise."""
    crew = crew or desk.crew
    values: dict[str, Any] = {
        "starts_at": EVENING,
        "ends_at": MORNING,
        "members": list(crew.members.all()),
        "phone": "0351-7654321",
    }
    return publish_duty(crew, Duty(**(values | changes)), by=desk.dispatcher, at=SUNDAY)


class TestPublishDuty:
    def test_puts_members_on_duty(self, desk: Desk) -> None:
        duty = a_duty(desk)
        assert (duty.crew, duty.starts_at, duty.ends_at, duty.phone, duty.published_at) == (
            desk.crew,
            EVENING,
            MORNING,
            "0351-7654321",
            SUNDAY,
        )
        assert list(duty.members.all()) == [desk.repairer.user]

    @pytest.mark.parametrize(
        ("starts_at", "ends_at"),
        [
            (EVENING, MORNING),
            (EVENING - HOUR, EVENING + MINUTE),
            (MORNING - MINUTE, MORNING + HOUR),
            (t("2026-01-12 23:59"), t("2026-01-13 00:01")),
            (EVENING - HOUR, MORNING + HOUR),
        ],
    )
    def test_a_crew_has_one_duty_at_a_time(self, desk: Desk, starts_at: Any, ends_at: Any) -> None:
        a_duty(desk)
        with pytest.raises(Refused, match="与一班 2026-01-12 17:00 至 2026-01-13 08:30 的值班重叠"):
            a_duty(desk, starts_at=starts_at, ends_at=ends_at)
        assert DutyPeriod.objects.count() == 1

    def test_one_ends_where_the_next_begins_and_crews_may_overlap(self, desk: Desk) -> None:
        a_duty(desk)
        a_duty(desk, starts_at=MORNING, ends_at=MORNING + 8 * HOUR)
        a_duty(desk, desk.other_crew)
        assert DutyPeriod.objects.count() == 3

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"ends_at": EVENING}, "结束时间须晚于开始时间"),
            ({"ends_at": EVENING + 8 * DAY}, "最长 7 天"),
            ({"starts_at": SUNDAY - 2 * HOUR, "ends_at": SUNDAY}, "只能为今后排班"),
            ({"phone": " "}, "填写值班电话"),
            ({"members": []}, "至少选择一名"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, desk: Desk, wrong: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(Invalid, match=sentence):
            a_duty(desk, **wrong)
        assert not DutyPeriod.objects.exists()

    def test_nobody_of_another_crew(self, desk: Desk) -> None:
        with pytest.raises(Invalid, match="须是该班组的在职成员"):
            a_duty(desk, members=[desk.repairer.user, desk.other_repairer.user])
        assert not DutyPeriod.objects.exists()

    def test_a_crew_out_of_use_has_no_duty(self, desk: Desk) -> None:
        Crew.objects.filter(pk=desk.crew.pk).update(active=False)
        with pytest.raises(Refused, match="班组已停用"):
            a_duty(desk)

    def test_only_by_who_may_and_in_the_own_company(self, desk: Desk) -> None:
        stranger = a_desk("21")
        duty = Duty(EVENING, MORNING, [person(desk.repairer)], "1")
        for by in (desk.repairer, desk.agent, stranger.dispatcher):
            with pytest.raises(NotAllowed):
                publish_duty(desk.crew, duty, by=by, at=SUNDAY)
        assert not DutyPeriod.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_leave_one(self, desk: Desk) -> None:
        done = at_once([lambda: a_duty(desk)] * 4)
        refused = [outcome.code for outcome in done if isinstance(outcome, Refused)]
        assert refused == ["duty_overlaps"] * 3
        assert DutyPeriod.objects.count() == 1


class TestWithdrawDuty:
    def test_stays_on_record_and_another_takes_its_time(self, desk: Desk) -> None:
        duty = withdraw_duty(a_duty(desk), "换班", by=desk.dispatcher, at=SUNDAY + HOUR)
        assert (duty.withdrawn_at, duty.withdrawn_by, duty.withdrawn_why) == (
            SUNDAY + HOUR,
            desk.dispatcher.user,
            "换班",
        )
        a_duty(desk, phone="2")
        assert [duty.phone for duty in crews_on_duty(desk.company, EVENING)] == ["2"]
        assert DutyPeriod.objects.count() == 2

    def test_refused_twice_without_reason_or_when_over(self, desk: Desk) -> None:
        duty = a_duty(desk)
        with pytest.raises(Invalid, match="写明撤回原因"):
            withdraw_duty(duty, " ", by=desk.dispatcher, at=SUNDAY)
        with pytest.raises(Refused, match="已经结束"):
            withdraw_duty(duty, "换班", by=desk.dispatcher, at=MORNING)
        duty.refresh_from_db()
        assert duty.withdrawn_at is None
        withdraw_duty(duty, "换班", by=desk.dispatcher, at=SUNDAY)
        with pytest.raises(Refused, match="已经撤回"):
            withdraw_duty(duty, "换班", by=desk.dispatcher, at=SUNDAY)


class TestBehindTheOperations:
    def test_the_database_lets_no_periods_of_a_crew_overlap(self, desk: Desk) -> None:
        a_duty(desk)
        with (
            pytest.raises(DatabaseError, match="duties_of_a_crew_do_not_overlap"),
            transaction.atomic(),
        ):
            DutyPeriod.objects.create(
                crew=desk.crew,
                starts_at=MORNING - MINUTE,
                ends_at=MORNING + HOUR,
                phone="1",
                published_at=SUNDAY,
            )

    def test_a_published_period_never_changes(self, desk: Desk) -> None:
        duty = a_duty(desk)
        rows = DutyPeriod.objects.filter(pk=duty.pk)
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            rows.update(ends_at=MORNING + HOUR)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            duty.members.clear()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
        withdraw_duty(duty, "换班", by=desk.dispatcher, at=SUNDAY)
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            rows.update(withdrawn_at=None, withdrawn_why="")


class TestCrewsOnDuty:
    @pytest.mark.parametrize(
        ("at", "present"),
        [
            (EVENING - timedelta(microseconds=1), False),
            (EVENING, True),
            (t("2026-01-12 23:59"), True),
            (t("2026-01-13 00:00"), True),
            (MORNING - timedelta(microseconds=1), True),
            (MORNING, False),
        ],
    )
    def test_from_the_start_over_midnight_until_before_the_end(
        self, desk: Desk, at: Any, present: bool
    ) -> None:
        a_duty(desk)
        assert bool(crews_on_duty(desk.company, at)) is present

    def test_those_responsible_for_the_place_come_first(self, desk: Desk) -> None:
        building = an_account(desk.company).premise.building
        a_duty(desk)
        a_duty(desk, desk.other_crew)
        assert self.names(desk, building) == ["一班", "二班"]
        desk.other_crew.communities.add(building.community)
        assert self.names(desk, building) == ["二班", "一班"]

    def test_a_heat_station_makes_responsible_too(self, desk: Desk) -> None:
        premise = an_account(desk.company).premise
        station = HeatStation.objects.create(company=desk.company, name="迎泽站")
        premise.heat_station = station
        premise.save()
        desk.other_crew.heat_stations.add(station)
        a_duty(desk)
        a_duty(desk, desk.other_crew)
        assert self.names(desk, premise.building) == ["二班", "一班"]
        best = best_first(crews_at_hand([desk.company], EVENING), None, station.pk)
        assert [duty.crew.name for duty in best] == ["二班", "一班"]

    def test_nobody_withdrawn_out_of_use_or_of_another_company(self, desk: Desk) -> None:
        stranger = a_desk("21")
        a_duty(stranger)
        withdraw_duty(a_duty(desk), "换班", by=desk.dispatcher, at=SUNDAY)
        a_duty(desk, desk.other_crew)
        Crew.objects.filter(pk=desk.other_crew.pk).update(active=False)
        assert crews_on_duty(desk.company, EVENING) == []
        assert [duty.crew for duty in crews_on_duty(stranger.company, EVENING)] == [stranger.crew]

    def test_tells_the_load_and_who_is_off_duty(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        assign_ticket(
            ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=t("2026-01-12 09:01")
        )
        a_duty(desk)
        first, second = best_first(crews_at_hand([desk.company], EVENING), None)
        assert (first.crew, first.on_duty, first.load, first.people) == (
            desk.crew,
            True,
            1,
            [desk.repairer.user],
        )
        assert (second.on_duty, second.load, second.phone) == (False, 0, "")
        assert second.people == [desk.other_repairer.user]

    def test_asks_as_often_for_many_crews_as_for_two(self, desk: Desk) -> None:
        a_duty(desk)
        few = self.questions(desk)
        for number in range(20):
            crew = Crew.objects.create(company=desk.company, name=f"{number}")
            crew.members.add(person(desk.repairer))
            a_duty(desk, crew)
        assert self.questions(desk) == few <= 7

    def names(self, desk: Desk, building: Building) -> list[str]:
        return [duty.crew.name for duty in crews_on_duty(desk.company, EVENING, building)]

    def questions(self, desk: Desk) -> int:
        with CaptureQueriesContext(connection) as queries:
            for duty in crews_on_duty(desk.company, EVENING):
                assert duty.people
        return len(queries)


class TestEveryMinute:
    @settings(deadline=None, max_examples=60)
    @given(
        periods=st.lists(
            st.tuples(st.integers(0, 4000), st.integers(1, 900)), min_size=1, max_size=8
        ),
        minute=st.integers(0, 5000),
    )
    def test_at_most_one_duty_and_the_one_that_holds(
        self, periods: list[tuple[int, int]], minute: int
    ) -> None:
        """Against an oracle that counts minutes, over midnights and a month's end."""
        began = t("2026-01-29 00:00")
        covered_minutes: set[int] = set()
        stored_ranges: list[range] = []
        with transaction.atomic():
            desk = a_desk()
            for start, length in periods:
                minutes = range(start, start + length)
                free = covered_minutes.isdisjoint(minutes)
                wanted: dict[str, Any] = {
                    "starts_at": began + start * MINUTE,
                    "ends_at": began + (start + length) * MINUTE,
                }
                if free:
                    a_duty(desk, **wanted)
                    covered_minutes.update(minutes)
                    stored_ranges.append(minutes)
                    continue
                with pytest.raises(Refused, match="重叠"):
                    a_duty(desk, **wanted)
            on_duty = crews_on_duty(desk.company, began + minute * MINUTE)
            assert len(on_duty) == sum(minute in minutes for minutes in stored_ranges)
            transaction.set_rollback(True)
