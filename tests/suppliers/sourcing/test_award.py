"""The award of a sourcing, and the leads that its opening writes down."""

from datetime import timedelta

import pytest

from office.approvals.steps import Opinion
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from suppliers.leads.operations import judge_lead
from suppliers.models import CollusionLead, LeadVerdict, Offer, Signal, Strength
from suppliers.sourcing.award import approve_award, propose_award, return_award
from suppliers.sourcing.offers import submit_offer
from suppliers.sourcing.operations import call_off_sourcing, invite_suppliers
from suppliers.states import SourcingState
from tests.suppliers.admission_records import People, people
from tests.suppliers.sourcing_records import (
    OFFERS_UNTIL,
    SUPPLIER,
    a_sheet,
    a_sourcing,
    offered,
    opened,
    qualified_suppliers,
    refusal,
)
from tests.suppliers.supplier_records import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def staff() -> People:
    return people()


class TestAward:
    def test_another_person_approves(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        offers = offered(
            staff, sourcing, [a_sheet(sourcing, n, 2 * n) for n in (3, 2, 5)], suppliers
        )
        opened(staff, sourcing)
        propose_award(sourcing, offers[1], reason="最低价", by=staff.buyer, at=OFFERS_UNTIL)
        with pytest.raises(NotAllowed):
            approve_award(sourcing, Opinion("同意"), by=staff.buyer, at=OFFERS_UNTIL)
        awarded = approve_award(sourcing, Opinion("同意"), by=staff.manager, at=OFFERS_UNTIL)
        assert (awarded.state, awarded.award, awarded.ended_at) == (
            SourcingState.AWARDED,
            offers[1],
            OFFERS_UNTIL,
        )

    def test_returned_it_can_be_proposed_again(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        offers = offered(staff, sourcing, [a_sheet(sourcing, n, n) for n in (3, 2, 5)], suppliers)
        opened(staff, sourcing)
        propose_award(sourcing, offers[2], reason="质量好", by=staff.buyer, at=OFFERS_UNTIL)
        returned = return_award(sourcing, Opinion("价高"), by=staff.manager, at=OFFERS_UNTIL)
        assert (returned.state, returned.award) == (SourcingState.OPENED, None)
        propose_award(sourcing, offers[1], reason="最低价", by=staff.buyer, at=OFFERS_UNTIL)
        sourcing.refresh_from_db()
        assert sourcing.award == offers[1]

    def test_an_offer_of_another_sourcing(self, staff: People) -> None:
        suppliers, sourcing, other = (
            qualified_suppliers(staff),
            a_sourcing(staff),
            a_sourcing(staff),
        )
        offered(staff, sourcing, [a_sheet(sourcing, 1, 2)] * 3, suppliers)
        foreign = offered(staff, other, [a_sheet(other, 1, 2)] * 3, suppliers)[0]
        opened(staff, sourcing)
        assert (
            refusal(
                Invalid,
                lambda: propose_award(
                    sourcing, foreign, reason="低", by=staff.buyer, at=OFFERS_UNTIL
                ),
            )
            == "foreign_offer"
        )

    def test_what_is_called_off_takes_no_offer(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        secret = invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON)[suppliers[0]]
        call_off_sourcing(sourcing, reason="需求取消", by=staff.manager, at=NOON)
        with pytest.raises(NotFound):
            submit_offer(secret, a_sheet(sourcing, 1, 2), by=SUPPLIER, at=NOON + MINUTE)
        assert Offer.objects.count() == 0


class TestLeads:
    def test_opening_writes_leads_and_refuses_nobody(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        sheets = [
            a_sheet(sourcing, 10001, 20003, device="d1", phone="13800000001"),
            a_sheet(sourcing, 10001, 20003, device="d1", phone="13800000002"),
            a_sheet(sourcing, 9000, 21000, device="d2", phone="13800000003"),
        ]
        offers = offered(staff, sourcing, sheets, suppliers)
        opened(staff, sourcing)
        leads = list(CollusionLead.objects.order_by("pk"))
        assert [(lead.signal, lead.strength) for lead in leads] == [
            (Signal.SHARED_DEVICE, Strength.STRONG),
            (Signal.EQUAL_PRICES, Strength.STRONG),
        ]
        assert leads[1].evidence == "DN200 弯头 100.01；DN200 钢管 200.03"
        assert set(leads[0].suppliers.all()) == set(suppliers[:2])
        propose_award(sourcing, offers[0], reason="低价", by=staff.buyer, at=OFFERS_UNTIL)

    def test_a_person_judges_once_with_a_reason(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        sheets = [a_sheet(sourcing, 1, n, device="d") for n in (2, 3, 4)]
        offered(staff, sourcing, sheets, suppliers)
        opened(staff, sourcing)
        lead = CollusionLead.objects.get(signal=Signal.SHARED_DEVICE)
        with pytest.raises(NotAllowed):
            judge_lead(lead, LeadVerdict.INNOCENT, reason="同厅", by=staff.buyer, at=NOON)
        assert (
            refusal(
                Invalid,
                lambda: judge_lead(
                    lead, LeadVerdict.INNOCENT, reason=" ", by=staff.leader, at=NOON
                ),
            )
            == "reason_missing"
        )
        judge_lead(lead, LeadVerdict.CONFIRMED, reason="同一台电脑", by=staff.leader, at=NOON)
        lead.refresh_from_db()
        assert (lead.verdict, lead.judged_by) == (LeadVerdict.CONFIRMED, staff.leader.user)
        assert (
            refusal(
                Refused,
                lambda: judge_lead(
                    lead, LeadVerdict.INNOCENT, reason="再看", by=staff.leader, at=NOON
                ),
            )
            == "lead_judged"
        )
