from tests.service_desk import Desk, a_desk, publish_rules
from tests.shared_records import shared_fixture


@shared_fixture
def desk(db: None) -> Desk:
    """Taiyuan's customer service with the group's rules in force."""
    publish_rules()
    return a_desk()
