"""A plan with its budget passes the leaders, by levels that dated rules give for the amount."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from customers.connection.budgets import (
    BudgetFacts,
    approve_connection_plan,
    return_connection_plan,
    submit_connection_plan,
)
from customers.connection.ends import hold_connection, reject_connection
from customers.connection.kind import CONNECTION_APPROVAL, LEVELS
from customers.connection.reviews import OpinionFacts
from customers.connection_states import ConnectionState
from customers.models import Connection, ConnectionBudget, ReviewVerdict
from office.actors import Actor
from office.approvals.rules import publish_approval_rule
from office.approvals.steps import Opinion
from office.models import Approval, User
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import HERE
from tests.customers.connection_records import (
    BUDGET,
    NOON,
    TODAY,
    People,
    approved,
    people,
    planned,
    reviewed,
)

pytestmark = pytest.mark.django_db
AGREE = Opinion("同意")


@pytest.fixture
def staff() -> People:
    return people()


class TestSubmitConnectionPlan:
    def test_waits_at_level_1_with_its_amount(self, staff: People) -> None:
        connection = planned(staff)
        approval = Approval.objects.get()
        assert (connection.state, approval.kind, approval.levels, approval.amount_fen) == (
            ConnectionState.APPROVAL,
            "connection_plan",
            list(LEVELS),
            380_000_00,
        )

    def test_a_dated_rule_says_the_levels_of_an_amount(self, staff: People) -> None:
        publish_approval_rule(
            CONNECTION_APPROVAL.key,
            None,
            [LEVELS[0], LEVELS[2]],
            effective_from=TODAY,
            source="审批权限表",
            by=HERE,
            at=NOON,
        )
        planned(staff)
        assert Approval.objects.get().levels == [LEVELS[0], LEVELS[2]]

    def test_not_while_a_condition_is_open(self, staff: People) -> None:
        conditional = OpinionFacts(ReviewVerdict.CONDITIONS, "有条件", ("补地勘报告",))
        connection = reviewed(staff, technician=conditional)
        with pytest.raises(Refused, match="补地勘报告"):
            submit_connection_plan(connection, BUDGET, by=staff.engineer, at=NOON)
        assert not ConnectionBudget.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            BudgetFacts("直埋敷设", 0, TODAY, TODAY),
            BudgetFacts("直埋敷设", 100, TODAY, date(2026, 3, 1)),
            BudgetFacts(" ", 100, TODAY, TODAY),
        ],
    )
    def test_what_cannot_be_is_refused(self, staff: People, wrong: BudgetFacts) -> None:
        connection = reviewed(staff)
        with pytest.raises(Invalid):
            submit_connection_plan(connection, wrong, by=staff.engineer, at=NOON)
        connection.refresh_from_db()
        assert connection.state == ConnectionState.PLAN


class TestApproveConnectionPlan:
    def test_after_the_last_level_the_contract_can_be_signed(self, staff: People) -> None:
        connection = approved(staff)
        assert connection.state == ConnectionState.CONTRACT
        assert [stay.state for stay in connection.stays.all()] == [
            *("applied", "survey", "design", "review", "plan", "approval", "contract")
        ]

    def test_never_by_who_drafted_it(self, staff: People) -> None:
        connection = planned(staff)
        assert staff.engineer.user
        assert staff.manager.user
        staff.engineer.user.groups.add(*staff.manager.user.groups.all())
        drafter = Actor.staff(User.objects.get(pk=staff.engineer.user.pk))
        with pytest.raises(NotAllowed, match="创建人以外"):
            approve_connection_plan(connection, AGREE, by=drafter, at=NOON)
        assert Approval.objects.get().level == 1

    def test_on_hold_nobody_decides(self, staff: People) -> None:
        connection = planned(staff)
        hold_connection(connection, reason="等规划", by=staff.manager, at=NOON)
        with pytest.raises(Refused, match="请先恢复办理"):
            approve_connection_plan(connection, AGREE, by=staff.manager, at=NOON)
        assert Approval.objects.get().level == 1

    def test_the_database_refuses_a_contract_without_it(self, staff: People) -> None:
        connection = planned(staff)
        with pytest.raises(DatabaseError, match="no plan that was approved"), transaction.atomic():
            Connection.objects.filter(pk=connection.pk).update(state=ConnectionState.CONTRACT)


class TestReturnConnectionPlan:
    def test_submitted_again_it_begins_at_level_1(self, staff: People) -> None:
        connection = planned(staff)
        approve_connection_plan(connection, AGREE, by=staff.manager, at=NOON)
        return_connection_plan(connection, Opinion("预算偏高"), by=staff.technician, at=NOON)
        connection.refresh_from_db()
        assert (connection.state, connection.remark) == (ConnectionState.PLAN, "预算偏高")
        submit_connection_plan(connection, BUDGET, by=staff.engineer, at=NOON)
        newest = Approval.objects.order_by("-pk")[0]
        assert (newest.level, newest.state, connection.budgets.count()) == (1, "pending", 2)


def test_rejected_the_leaders_have_nothing_left(staff: People) -> None:
    connection = planned(staff)
    reject_connection(connection, reason="热源不足", by=staff.manager, at=NOON)
    assert Approval.objects.get().state == "withdrawn"
    with pytest.raises(Refused):
        approve_connection_plan(connection, AGREE, by=staff.manager, at=NOON)
