"""A ticket and its visit."""

import pytest

from complaints.dispatch.operations import assign_ticket
from complaints.models import Ticket, Visit
from tests.complaints.visits.phone_steps import NINE
from tests.service_desk import (
    Desk,
    a_ticket,
)


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return a_ticket(desk, "2026-01-12 08:50")


@pytest.fixture
def visit(desk: Desk, ticket: Ticket) -> Visit:
    """Assigned at nine."""
    return assign_ticket(ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=NINE)
