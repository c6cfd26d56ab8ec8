"""A project is surveyed by the engineer who was named; holds and ends on the way."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction

from customers.connection.ends import (
    hold_connection,
    reject_connection,
    reopen_connection,
    resume_connection,
    withdraw_connection,
)
from customers.connection.surveys import fail_survey, pass_survey, plan_survey
from customers.connection_states import ConnectionState
from customers.models import Connection, ConnectionSurvey
from office.documents.operations import Upload
from office.models import Document, User
from office.refusals import Invalid, NotAllowed, Refused
from tests.customers.connection_records import (
    NOON,
    TODAY,
    People,
    accepted,
    applied,
    days_later,
    people,
    survey_report,
    surveyed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


def engineer_of(staff: People) -> User:
    assert staff.engineer.user
    return staff.engineer.user


def planned(staff: People) -> Connection:
    connection = accepted(staff)
    plan_survey(
        connection, surveyor=engineer_of(staff), planned_for=TODAY, by=staff.colleague, at=NOON
    )
    return connection


class TestPlanSurvey:
    def test_planned_anew_the_first_is_called_off(self, staff: People) -> None:
        connection = planned(staff)
        assert staff.colleague.user
        plan_survey(
            connection,
            surveyor=staff.colleague.user,
            planned_for=date(2026, 3, 4),
            by=staff.engineer,
            at=NOON,
        )
        assert list(
            connection.surveys.order_by("pk").values_list("planned_for", "called_off_at")
        ) == [(TODAY, NOON), (date(2026, 3, 4), None)]

    def test_nobody_of_another_company_and_no_day_that_is_past(self, staff: People) -> None:
        connection = accepted(staff)
        stranger = people("21").engineer.user
        assert stranger
        for surveyor, day in ((stranger, TODAY), (engineer_of(staff), date(2026, 3, 1))):
            with pytest.raises(Invalid):
                plan_survey(
                    connection, surveyor=surveyor, planned_for=day, by=staff.engineer, at=NOON
                )
        assert not ConnectionSurvey.objects.exists()


class TestPassSurvey:
    def test_goes_on_to_the_design(self, staff: People) -> None:
        connection = planned(staff)
        photo = Upload("现场.jpg", BytesIO(b"\xff\xd8\xff 1"))
        pass_survey(connection, survey_report(photos=(photo,)), by=staff.engineer, at=NOON)
        connection.refresh_from_db()
        survey = connection.surveys.get()
        assert connection.state == ConnectionState.DESIGN
        assert (survey.feasible, survey.heat_load_kw, survey.distance_m) == (
            True,
            Decimal("960.50"),
            350,
        )
        assert Document.objects.get(kind="survey").record_id == connection.pk

    def test_only_by_the_engineer_who_was_named(self, staff: People) -> None:
        connection = planned(staff)
        with pytest.raises(NotAllowed, match="踏勘人本人"):
            pass_survey(connection, survey_report(), by=staff.colleague, at=NOON)
        connection.refresh_from_db()
        assert (connection.state, connection.surveys.get().reported_at) == ("survey", None)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"heat_load_kw": Decimal(0)},
            {"distance_m": -1},
            {"surveyed_on": date(2026, 3, 3)},
            {"surveyed_on": date(2025, 2, 28)},
            {"conclusion": " "},
        ],
    )
    def test_what_cannot_be_is_refused(self, staff: People, wrong: dict[str, object]) -> None:
        connection = planned(staff)
        with pytest.raises(Invalid):
            pass_survey(connection, survey_report(**wrong), by=staff.engineer, at=NOON)
        connection.refresh_from_db()
        assert connection.state == ConnectionState.SURVEY

    def test_none_was_planned(self, staff: People) -> None:
        connection = accepted(staff)
        with pytest.raises(Refused, match="还没有安排踏勘"):
            pass_survey(connection, survey_report(), by=staff.engineer, at=NOON)


class TestFailSurvey:
    def test_another_can_be_planned(self, staff: People) -> None:
        connection = planned(staff)
        fail_survey(connection, survey_report(), by=staff.engineer, at=NOON)
        connection.refresh_from_db()
        assert connection.state == ConnectionState.SURVEY
        with pytest.raises(DatabaseError, match="no survey that was passed"), transaction.atomic():
            Connection.objects.filter(pk=connection.pk).update(state=ConnectionState.DESIGN)
        plan_survey(
            connection, surveyor=engineer_of(staff), planned_for=TODAY, by=staff.engineer, at=NOON
        )
        pass_survey(connection, survey_report(), by=staff.engineer, at=NOON)
        assert connection.surveys.count() == 2


class TestHoldConnection:
    def test_the_promise_stands_still(self, staff: People) -> None:
        connection = surveyed(staff)
        due_at = connection.due_at
        hold_connection(connection, reason="开发商资金未到位", by=staff.manager, at=days_later(1))
        connection.refresh_from_db()
        assert (connection.held_at, connection.due_at) == (days_later(1), None)
        resume_connection(connection, by=staff.manager, at=days_later(8))
        connection.refresh_from_db()
        assert due_at == datetime(2026, 3, 16, 16, tzinfo=UTC)
        # A week on hold is a week more.
        assert connection.due_at == datetime(2026, 3, 23, 16, tzinfo=UTC)
        assert connection.holds.get().ended_at == days_later(8)

    def test_on_hold_nothing_moves(self, staff: People) -> None:
        connection = planned(staff)
        hold_connection(connection, reason="等规划", by=staff.manager, at=NOON)
        with pytest.raises(Refused, match="请先恢复办理"):
            pass_survey(connection, survey_report(), by=staff.engineer, at=NOON)
        with pytest.raises(Refused, match="请先恢复办理"):
            hold_connection(connection, reason="等规划", by=staff.manager, at=NOON)
        assert connection.surveys.get().reported_at is None

    def test_not_by_an_agent(self, staff: People) -> None:
        with pytest.raises(NotAllowed):
            hold_connection(applied(staff), reason="等规划", by=staff.agent, at=NOON)


class TestEnds:
    def test_withdrawn_on_hold_it_ends_with_its_survey(self, staff: People) -> None:
        connection = planned(staff)
        hold_connection(connection, reason="等规划", by=staff.manager, at=NOON)
        withdraw_connection(connection, reason="项目取消", by=staff.agent, at=NOON)
        connection.refresh_from_db()
        assert (connection.state, connection.ended_at, connection.held_at) == (
            ConnectionState.WITHDRAWN,
            NOON,
            None,
        )
        assert connection.surveys.get().called_off_at == NOON
        assert connection.stays.filter(left_at=None).count() == 0

    def test_rejected_with_a_reason_only(self, staff: People) -> None:
        connection = surveyed(staff)
        with pytest.raises(Invalid):
            reject_connection(connection, reason=" ", by=staff.manager, at=NOON)
        reject_connection(connection, reason="热源不足", by=staff.manager, at=NOON)
        connection.refresh_from_db()
        assert (connection.state, connection.remark) == (ConnectionState.REJECTED, "热源不足")

    def test_taken_up_again_it_begins_at_its_acceptance(self, staff: People) -> None:
        connection = surveyed(staff)
        reject_connection(connection, reason="热源不足", by=staff.manager, at=NOON)
        reopen_connection(connection, reason="新热源投产", by=staff.manager, at=days_later(1))
        connection.refresh_from_db()
        assert (connection.state, connection.ended_at) == (ConnectionState.APPLIED, None)
        assert connection.surveys.count() == 1
        assert [stay.state for stay in connection.stays.all()] == [
            *("applied", "survey", "design", "applied")
        ]

    def test_not_while_another_of_the_project_is_open(self, staff: People) -> None:
        connection = applied(staff, project="汾河新苑")
        withdraw_connection(connection, reason="项目取消", by=staff.agent, at=NOON)
        applied(staff, project="汾河新苑")
        with pytest.raises(Refused, match="正在办理"):
            reopen_connection(connection, reason="恢复", by=staff.manager, at=NOON)
