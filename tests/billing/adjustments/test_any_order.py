"""Corrections in any order, with payments between them, end in the same books."""

from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from billing.adjustments.corrections import Correction
from billing.counter.shifts import open_shift
from billing.ledger.checks import check_ledger
from billing.models import Bill, Transfer
from heating.roles import CASHIER, CLERK, MANAGER
from office.actors import Actor
from tests.billing.adjustments.desk import Desk, books
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    an_account,
    an_issued_bill,
    members_of_staff,
)

# A bill of 2,058.48 bears all credits that are drawn, whichever comes first.
STEPS = st.lists(
    st.tuples(st.sampled_from(["adjust", "adjust", "pay"]), st.integers(-50_000, 90_000)).filter(
        lambda step: step[1] > 0 or (step[0] == "adjust" and step[1] < 0)
    ),
    min_size=2,
    max_size=4,
)


def a_bill() -> Bill:
    company = a_company()
    return an_issued_bill(a_contract(an_account(company), a_customer(company)))


def revenue_of(bill: Bill) -> int:
    """Returns what the books have as billed less credited on the contract, in fen."""
    rows = Transfer.objects.filter(kind="bill", contract=bill.contract)
    raised = rows.filter(debit=112200).aggregate(sum=Sum("amount_fen", default=0))["sum"]
    lowered = rows.filter(credit=112200).aggregate(sum=Sum("amount_fen", default=0))["sum"]
    return int(raised - lowered)


class TestAnyOrder(TestCase):
    def setUp(self) -> None:
        company = a_company()
        roles = {"计费": CLERK, "主管": MANAGER, "收费": CASHIER}
        people = members_of_staff(roles, company)
        clerk, manager, cashier = (Actor.staff(people[name]) for name in roles)
        open_shift(company, till="1", float_fen=0, by=cashier, at=NOW)
        self.desk = Desk(clerk, manager, cashier)

    @settings(max_examples=12, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS, data=st.data())
    def test_any_order_ends_in_the_same_balance(
        self, steps: list[tuple[str, int]], data: st.DataObject
    ) -> None:
        ends = []
        for number, order in enumerate([steps, data.draw(st.permutations(steps))]):
            bill = a_bill()
            for place, (verb, amount_fen) in enumerate(order):
                if verb == "pay":
                    self.desk.pay(bill.contract, amount_fen, f"{number}-{place}")
                else:
                    self.desk.issue(bill, Correction(amount_fen=amount_fen))
            ends.append((*books(bill.contract), revenue_of(bill)))
        adjusted = sum(fen for verb, fen in steps if verb == "adjust")
        paid = sum(fen for verb, fen in steps if verb == "pay")
        owed = 205_848 + adjusted - paid
        assert ends == [(max(owed, 0), max(-owed, 0), 205_848 + adjusted)] * 2
        assert [result.check.name for result in check_ledger() if not result.holds] == []
