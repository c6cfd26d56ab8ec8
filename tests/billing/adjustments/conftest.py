"""A desk that adjusts bills."""

import pytest

from billing.counter.shifts import open_shift
from heating.roles import CASHIER, CLERK, MANAGER
from office.actors import Actor
from tests.billing.adjustments.desk import Desk
from tests.builders import NOW, a_company, members_of_staff


@pytest.fixture
def desk(db: None) -> Desk:
    """The people of company 11, with an open shift."""
    company = a_company()
    roles = {"计费": CLERK, "主管": MANAGER, "收费": CASHIER}
    people = {name: Actor.staff(user) for name, user in members_of_staff(roles, company).items()}
    open_shift(company, till="1", float_fen=0, by=people["收费"], at=NOW)
    return Desk(people["计费"], people["主管"], people["收费"])
