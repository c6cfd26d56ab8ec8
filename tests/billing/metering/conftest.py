"""The desk of adjustments serves here too; an account is there to have meters."""

import pytest

from customers.models import Account
from tests.billing.adjustments.conftest import desk
from tests.billing.adjustments.desk import Desk
from tests.builders import a_company, an_account

__all__ = ["desk"]


@pytest.fixture
def account(desk: Desk) -> Account:
    return an_account(a_company())
