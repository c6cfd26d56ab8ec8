"""The ground every test stands on: a PostgreSQL of the tests' own."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from heating.embedded_postgres import test_postgres


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Have the server running from the first test that needs a database to the last."""
    if settings.DATABASE_URL:
        yield
        return
    with test_postgres().in_use():
        yield
