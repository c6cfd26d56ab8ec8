"""A customer of a flat, and another of the same company."""

import pytest

from customers.models import SupplyContract
from tests.builders import a_contract, a_customer, an_account
from tests.complaints.portal.own_tickets import OTHER_PHONE
from tests.customer_api import PHONE, ApiClient, token_for
from tests.service_desk import Desk


@pytest.fixture
def contract(desk: Desk) -> SupplyContract:
    """王秀英's flat."""
    return a_contract(an_account(desk.company), a_customer(desk.company, phone=PHONE))


@pytest.fixture
def customer(contract: SupplyContract) -> ApiClient:
    return ApiClient(token_for(PHONE))


@pytest.fixture
def stranger(desk: Desk) -> ApiClient:
    """Another customer of the same company."""
    a_contract(an_account(desk.company), a_customer(desk.company, phone=OTHER_PHONE))
    return ApiClient(token_for(OTHER_PHONE))
