"""A customer with a bill, signed in at the API."""

from collections.abc import Callable

import pytest

from billing.models import Bill
from customers.models import SupplyContract
from tests.builders import NOW, a_company, a_contract, a_customer, an_account, an_issued_bill
from tests.customer_api import PHONE, ApiClient


@pytest.fixture
def contract(db: None) -> SupplyContract:
    """王秀英's flat."""
    company = a_company()
    return a_contract(an_account(company), a_customer(company, phone=PHONE))


@pytest.fixture
def bill(contract: SupplyContract) -> Bill:
    """2,058.48 yuan for the season 2025-2026."""
    return an_issued_bill(contract, at=NOW)


@pytest.fixture
def customer(contract: SupplyContract, as_customer: Callable[..., ApiClient]) -> ApiClient:
    """王秀英, signed in."""
    return as_customer(PHONE)
