"""Records to walk the screens with."""

import pytest
from django.db.models import Model

from tests.heating.company_records import company_records


@pytest.fixture
def foreign(db: None) -> dict[type[Model], Model]:
    """One record of every kind, all of Lanzhou."""
    return company_records("21", "foreign")
