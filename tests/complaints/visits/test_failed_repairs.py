"""What the last visit says counts: a repair that did not hold, and visits that nobody needs."""

import pytest

from complaints.dispatch.operations import assign_ticket
from complaints.incidents.operations import (
    Reach,
    attach_tickets,
    begin_incident,
    register_incident,
    restore_incident,
)
from complaints.models import Ticket, Visit, VisitOutcome
from complaints.tickets.resolution import resolve_ticket
from complaints.visits.operations import complete_visit, record_finding
from complaints.waiting import MENDED
from office.journal import timeline
from office.refusals import Refused
from tests.builders import an_account
from tests.service_desk import (
    HOUR,
    MINUTE,
    Desk,
    a_repair,
    a_ticket,
    at_the_door,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")


@pytest.fixture
def broken(desk: Desk) -> Ticket:
    account = an_account(desk.company)
    return a_ticket(desk, "2026-01-12 08:30", a_repair(account=account))


def gone_again(ticket: Ticket, desk: Desk, outcome: VisitOutcome) -> Visit:
    """A second visit after the first one mended it."""
    at = MONDAY + HOUR
    visit = at_the_door(ticket, desk, at, other=True)
    by = desk.other_repairer
    if outcome is not VisitOutcome.NOBODY_HOME:
        record_finding(visit, "又漏", by=by, at=at + 4 * MINUTE)
    return complete_visit(visit, outcome, work_done="须换阀", by=by, at=at + 5 * MINUTE)


class TestAVisitThatFailedAfterOneThatMended:
    def test_leaves_nothing_to_resolve(self, desk: Desk, broken: Ticket) -> None:
        repaired(broken, desk, MONDAY)
        assert list(Ticket.objects.filter(MENDED)) == [broken]
        gone_again(broken, desk, VisitOutcome.NOT_FIXED)
        lines = timeline(broken).count()
        with pytest.raises(Refused, match="须有一次“已修复”"):
            resolve_ticket(broken, "已清洗", by=desk.agent, at=MONDAY + 2 * HOUR)
        broken.refresh_from_db()
        assert (broken.state, broken.clock_state) == ("open", "running")
        assert (broken.resolution, broken.call_backs.count()) == ("", 0)
        assert timeline(broken).count() == lines
        assert list(Ticket.objects.filter(MENDED)) == []

    def test_a_visit_to_nobody_changes_nothing(self, desk: Desk, broken: Ticket) -> None:
        repaired(broken, desk, MONDAY)
        gone_again(broken, desk, VisitOutcome.NOBODY_HOME)
        resolve_ticket(broken, "已清洗", by=desk.agent, at=MONDAY + 2 * HOUR)
        broken.refresh_from_db()
        assert broken.state == "resolved"


class TestHeatIsBack:
    def test_who_is_under_way_is_called_back(self, desk: Desk, broken: Ticket) -> None:
        assert broken.account is not None
        incident = register_incident(
            desk.company,
            "二次网主管爆裂",
            Reach(communities=[broken.account.premise.building.community]),
            starts_at=MONDAY - HOUR,
            by=desk.dispatcher,
            at=MONDAY,
        )
        begin_incident(incident, by=desk.dispatcher, at=MONDAY)
        attach_tickets(incident, by=desk.dispatcher, at=MONDAY)
        broken.refresh_from_db()
        visit = assign_ticket(
            broken, desk.crew, seen_version=broken.version, by=desk.dispatcher, at=MONDAY + MINUTE
        )
        restore_incident(incident, by=desk.dispatcher, at=MONDAY + HOUR)
        visit.refresh_from_db()
        # The flat may still be cold: only the end of its own ticket ends its visit.
        assert visit.state == "assigned"
        resolve_ticket(broken, "已来暖", by=desk.dispatcher, at=MONDAY + 2 * HOUR)
        visit.refresh_from_db()
        broken.refresh_from_db()
        assert (broken.state, visit.state) == ("resolved", "withdrawn")
        assert timeline(broken).filter(action="withdraw_visit").count() == 1
