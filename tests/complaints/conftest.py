import pytest

from tests.service_desk import Desk, a_desk, publish_rules


@pytest.fixture
def desk(db: None) -> Desk:
    """Taiyuan's customer service with the group's rules in force."""
    publish_rules()
    return a_desk()
