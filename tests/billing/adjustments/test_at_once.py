"""Two people press at the same second: one decision, one bill."""

from collections.abc import Callable

import pytest

from billing.adjustments.corrections import Correction
from billing.adjustments.operations import approve_adjustment, issue_adjustment
from billing.ledger.checks import check_ledger
from billing.models import Bill
from heating.roles import CLERK, MANAGER
from office.actors import Actor
from office.approvals.steps import Opinion
from office.models import Approval, ApprovalOpinion
from office.refusals import Refused
from tests.billing.adjustments.desk import Desk, books
from tests.builders import (
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
    members_of_staff,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)
BILLED = 205_848


@pytest.fixture
def people() -> Desk:
    company = a_company()
    users = members_of_staff({"计费": CLERK, "主管": MANAGER}, company)
    clerk, manager = (Actor.staff(users[name]) for name in ("计费", "主管"))
    return Desk(clerk, manager, manager)


@pytest.fixture
def debt(people: Desk) -> Bill:
    company = a_company()
    return an_issued_bill(a_contract(an_account(company), a_customer(company)))


def test_two_approvers_decide_once(people: Desk, debt: Bill) -> None:
    draft = people.draft(debt, Correction(amount_fen=-100))
    other = Actor.staff(a_member_of_staff("副主管", MANAGER, debt.company))
    seen = Opinion(seen=Approval.objects.get().step)

    def press(by: Actor) -> Callable[[], object]:
        return lambda: approve_adjustment(draft, seen, by=by, at=draft.created_at)

    outcomes = at_once([press(people.manager), press(other)])
    assert [o.code for o in outcomes if isinstance(o, Refused)] == ["wrong_state"]
    draft.refresh_from_db()
    assert (draft.state, ApprovalOpinion.objects.count()) == ("approved", 1)


def test_two_corrections_by_difference_are_not_both_issued(people: Desk, debt: Bill) -> None:
    drafts = [
        people.draft(debt, Correction(should_fen=200_000), reason=reason)
        for reason in ("面积有误", "单价有误")
    ]
    for draft in drafts:
        approve_adjustment(draft, by=people.manager, at=draft.created_at)

    def press(number: int) -> Callable[[], object]:
        draft = drafts[number]
        return lambda: issue_adjustment(draft, by=people.manager, at=draft.created_at)

    outcomes = at_once([press(0), press(1)])
    assert [o.code for o in outcomes if isinstance(o, Refused)] == ["corrected_since"]
    assert books(debt.contract) == (200_000, 0)
    assert [result.check.name for result in check_ledger() if not result.holds] == []
