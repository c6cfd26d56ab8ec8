"""People, a season and shortcuts for tests of billing runs."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import HeatingSeason
from heating.roles import CLERK, MANAGER
from office.actors import Actor
from office.models import Company
from tests.builders import a_company, a_member_of_staff


@pytest.fixture
def company(db: None) -> Company:
    return a_company()


@pytest.fixture
def clerk(company: Company) -> Actor:
    return Actor.staff(a_member_of_staff("计费员", CLERK, company))


@pytest.fixture
def manager(company: Company) -> Actor:
    return Actor.staff(a_member_of_staff("主管", MANAGER, company))


@pytest.fixture
def season(company: Company) -> HeatingSeason:
    """A season nobody was billed for yet: it has no tables of its own."""
    return HeatingSeason.objects.create(
        company=company,
        label="2025-2026",
        starts=date(2025, 11, 1),
        ends=date(2026, 3, 31),
        billable_months=Decimal(5),
        due_on=date(2025, 12, 31),
    )
