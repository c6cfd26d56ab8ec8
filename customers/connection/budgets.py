"""The construction plan with its budget: drafted, approved by leaders, returned."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.connection.kind import CONNECTION_APPROVAL
from customers.connection.reviews import open_conditions
from customers.connection.steps import (
    lock_connection,
    move_connection,
    person_of,
    refuse_held,
    written,
)
from customers.connection_states import CONNECTION
from customers.models import Connection, ConnectionBudget
from office import journal
from office.actors import Actor
from office.approvals.steps import (
    Opinion,
    authorise_decision,
    facts_of,
    give_opinion,
    open_approval,
)
from office.models import Verdict
from office.permissions import authorise
from office.refusals import Invalid, Refused
from office.states import ApprovalState


@dataclass(frozen=True)
class BudgetFacts:
    """What is built, for how many fen, from which day to which."""

    scheme: str
    amount_fen: int
    starts_on: date
    ends_on: date


@transaction.atomic
def submit_connection_plan(
    connection: Connection, facts: BudgetFacts, *, by: Actor, at: datetime
) -> ConnectionBudget:
    """Submits the plan and budget to the leaders; refuses while conditions of the review are open.

    The levels are those of the rule for the amount on that day.
    """
    authorise(by, "customers.submit_connection_plan", connection.company)
    drafter = person_of(by)
    scheme = written(facts.scheme, _("请填写施工方案。"), "scheme_missing")
    if facts.amount_fen <= 0 or facts.ends_on < facts.starts_on:
        raise Invalid("budget_wrong", _("预算须大于 0，完工日期不能早于开工日期。"))
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "submit_connection_plan")
    if conditions := open_conditions(locked_connection):
        raise Refused(
            "conditions_open",
            _("会审条件尚未落实：%(conditions)s。"),
            conditions="；".join(condition.text for condition in conditions),
        )
    budget = ConnectionBudget.objects.create(
        connection=locked_connection,
        version=locked_connection.budgets.count() + 1,
        scheme=scheme,
        amount_fen=facts.amount_fen,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        drafted_by=drafter,
        drafted_at=at,
    )
    move_connection(locked_connection, "submit_connection_plan", by=by, at=at)
    open_approval(
        locked_connection,
        CONNECTION_APPROVAL,
        company=locked_connection.company,
        amount_fen=budget.amount_fen,
        drafted_by=drafter,
        at=at,
    )
    journal.record(
        "submit_connection_plan",
        locked_connection,
        by=by,
        at=at,
        title=str(budget),
        amount_fen=budget.amount_fen,
    )
    return budget


@transaction.atomic
def approve_connection_plan(
    connection: Connection, opinion: Opinion, *, by: Actor, at: datetime
) -> Connection:
    """Approves the open level; after the last one the contract can be signed."""
    authorise_decision(CONNECTION_APPROVAL, connection.company, by=by, at=at)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "approve_connection_plan")
    refuse_held(locked_connection)
    leader_opinion = give_opinion(locked_connection, Verdict.APPROVED, opinion, by=by, at=at)
    if leader_opinion.approval.state != ApprovalState.PENDING:
        move_connection(locked_connection, "approve_connection_plan", by=by, at=at)
    journal.record(
        "approve_connection_plan", locked_connection, by=by, at=at, **facts_of(leader_opinion)
    )
    return locked_connection


@transaction.atomic
def return_connection_plan(
    connection: Connection, opinion: Opinion, *, by: Actor, at: datetime
) -> Connection:
    """Returns the plan to engineering with the reason; submitted again, it begins at level 1."""
    authorise_decision(CONNECTION_APPROVAL, connection.company, by=by, at=at)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "return_connection_plan")
    refuse_held(locked_connection)
    leader_opinion = give_opinion(locked_connection, Verdict.RETURNED, opinion, by=by, at=at)
    locked_connection.remark = leader_opinion.text
    move_connection(locked_connection, "return_connection_plan", by=by, at=at)
    journal.record(
        "return_connection_plan", locked_connection, by=by, at=at, **facts_of(leader_opinion)
    )
    return locked_connection
