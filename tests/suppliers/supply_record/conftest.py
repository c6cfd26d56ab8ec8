"""A company, its people and one order for tests of the supply record."""

import pytest

from heating.roles import PROCUREMENT, PROCUREMENT_MANAGER
from office.actors import Actor
from office.models import Company
from suppliers.models import SupplyOrder
from tests.builders import a_company, a_member_of_staff
from tests.suppliers.supply_records import an_order


@pytest.fixture
def company(db: None) -> Company:
    return a_company()


@pytest.fixture
def buyer(company: Company) -> Actor:
    return Actor.staff(a_member_of_staff("采购甲", PROCUREMENT, company))


@pytest.fixture
def manager(company: Company) -> Actor:
    return Actor.staff(a_member_of_staff("采购主管", PROCUREMENT_MANAGER, company))


@pytest.fixture
def order(company: Company) -> SupplyOrder:
    return an_order()
