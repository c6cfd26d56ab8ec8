"""A company with a season, into which account lists are loaded."""

import pytest

from office.models import Company
from tests.billing.account_list.lists import company_with_season


@pytest.fixture
def company(db: None) -> Company:
    return company_with_season()
