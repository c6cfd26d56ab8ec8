"""The desk of adjustments serves here too; a payment ahead by WeChat Pay."""

import pytest

from billing.models import Payment
from tests.billing.adjustments.conftest import desk
from tests.billing.adjustments.desk import Desk
from tests.billing.refunds.refunds_to_source import paid
from tests.builders import a_company, a_contract, a_customer, an_account

__all__ = ["desk"]


@pytest.fixture
def payment(desk: Desk) -> Payment:
    """1,000.00 yuan paid ahead by WeChat Pay."""
    contract = a_contract(an_account(a_company()), a_customer(a_company()))
    return paid(contract, "4200A")
