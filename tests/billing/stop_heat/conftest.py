"""The desk of adjustments serves here too; a season that is not billed yet, and a flat."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import (
    HeatingSeason,
)
from customers.models import Account
from tests.billing.adjustments.conftest import desk
from tests.billing.adjustments.desk import Desk
from tests.billing.stop_heat.stops import a_flat
from tests.builders import (
    a_company,
    a_tariff,
)

__all__ = ["desk"]


@pytest.fixture
def season(desk: Desk) -> HeatingSeason:
    a_tariff(a_company(), stop_heat_ratio=Decimal("0.3"))
    return HeatingSeason.objects.create(
        company=a_company(),
        label="2025-2026",
        starts=date(2025, 11, 1),
        ends=date(2026, 3, 31),
        billable_months=Decimal(5),
        due_on=date(2025, 12, 31),
    )


@pytest.fixture
def account(season: HeatingSeason) -> Account:
    return a_flat()
