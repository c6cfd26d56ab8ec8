"""The company of the lists."""

import pytest

from office.models import Company
from tests.builders import a_company


@pytest.fixture
def company(db: None) -> Company:
    return a_company()
