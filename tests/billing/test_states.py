"""The tables of billing and the office and the guards in the database say the same."""

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from billing.models import Shift
from billing.states import WORKFLOWS as BILLING
from heating.roles import CASHIER
from office.refusals import Refused
from office.states import WORKFLOWS as OFFICE
from office.workflow import Workflow
from tests.builders import NOW, a_company, a_member_of_staff

pytestmark = pytest.mark.django_db

WORKFLOWS = (*BILLING, *OFFICE)


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


def test_a_closed_shift_cannot_be_opened_behind_the_operation() -> None:
    company = a_company()
    shift = Shift.objects.create(
        company=company,
        cashier=a_member_of_staff("收费", CASHIER, company),
        till="1",
        opened_at=NOW,
        float_fen=0,
    )
    Shift.objects.filter(pk=shift.pk).update(state="closed")
    with (
        pytest.raises(
            (IntegrityError, InternalError, ProgrammingError), match="no way from closed"
        ),
        transaction.atomic(),
    ):
        Shift.objects.filter(pk=shift.pk).update(state="open")
    shift.refresh_from_db()
    assert shift.state == "closed"


def test_a_refusal_names_the_state_and_the_wish() -> None:
    run = next(w for w in WORKFLOWS if w.table == "billing_billingrun")
    with pytest.raises(Refused, match="出账批次现在是“已定范围”，不能出账"):
        run.next_state("scoped", "issue_billing_run")
