"""A confirmed ring of bidders: all members proposed for the blacklist, decided by people."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from office.approvals.steps import Opinion
from office.refusals import NotAllowed, Refused
from suppliers.admission.standing import qualified_at
from suppliers.blacklist.operations import approve_ban, reject_ban
from suppliers.blacklist.rings import propose_ring
from suppliers.leads.operations import judge_lead
from suppliers.models import Ban, CollusionLead, LeadVerdict, Signal, Supplier
from suppliers.states import BanState
from tests.suppliers.admission_records import People, people
from tests.suppliers.blacklist_records import a_proposed_ban, ban_facts
from tests.suppliers.sourcing_records import (
    OFFERS_UNTIL,
    a_sheet,
    a_sourcing,
    offered,
    opened,
    qualified_suppliers,
    refusal,
)
from tests.suppliers.supplier_records import a_category

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


def a_ring(
    staff: People, verdict: LeadVerdict | None = LeadVerdict.CONFIRMED
) -> tuple[CollusionLead, list[Supplier]]:
    """A lead against the first two of three bidders, who sent from one device."""
    suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
    sheets = [
        a_sheet(sourcing, 100 + n, 300 - 7 * n, device=device, phone=f"1380000000{n}")
        for n, device in enumerate(("d", "d", "e"))
    ]
    offered(staff, sourcing, sheets, suppliers)
    opened(staff, sourcing)
    lead = CollusionLead.objects.get(signal=Signal.SHARED_DEVICE)
    if verdict is not None:
        judge_lead(lead, verdict, reason="同一台电脑", by=staff.leader, at=OFFERS_UNTIL)
        lead.refresh_from_db()
    return lead, suppliers


class TestProposeRing:
    def test_every_member_is_proposed_and_people_decide(self, staff: People) -> None:
        lead, suppliers = a_ring(staff)
        bans = propose_ring(lead, ban_facts(), by=staff.buyer, at=OFFERS_UNTIL)
        assert [(ban.supplier, ban.lead, ban.state) for ban in bans] == [
            (suppliers[0], lead, BanState.IN_REVIEW),
            (suppliers[1], lead, BanState.IN_REVIEW),
        ]
        assert [list(ban.subjects.values_list("text", flat=True))[1:] for ban in bans] == [
            ["法人1"],
            ["法人2"],
        ]
        # Nobody is refused until both levels have approved; then only who was approved.
        assert all(qualified_at(row, a_category(), OFFERS_UNTIL) for row in suppliers)
        for person in (staff.manager, staff.leader):
            approve_ban(bans[0], Opinion("属实"), by=person, at=OFFERS_UNTIL)
        reject_ban(bans[1], Opinion("证据不足"), by=staff.manager, at=OFFERS_UNTIL)
        assert [qualified_at(row, a_category(), OFFERS_UNTIL) for row in suppliers] == [
            *(False, True, True)
        ]

    def test_who_is_proposed_already_is_passed_over_and_a_second_time_refused(
        self, staff: People
    ) -> None:
        lead, suppliers = a_ring(staff)
        pending = a_proposed_ban(staff, suppliers[0], at=OFFERS_UNTIL)
        [ban] = propose_ring(lead, ban_facts(), by=staff.buyer, at=OFFERS_UNTIL)
        assert (ban.supplier, pending.lead) == (suppliers[1], None)
        again = refusal(
            Refused, lambda: propose_ring(lead, ban_facts(), by=staff.buyer, at=OFFERS_UNTIL)
        )
        assert (again, Ban.objects.count()) == ("ring_proposed", 2)

    @pytest.mark.parametrize("verdict", [None, LeadVerdict.INNOCENT])
    def test_only_what_a_person_has_confirmed(
        self, staff: People, verdict: LeadVerdict | None
    ) -> None:
        lead, suppliers = a_ring(staff, verdict)
        code = refusal(
            Refused, lambda: propose_ring(lead, ban_facts(), by=staff.buyer, at=OFFERS_UNTIL)
        )
        assert (code, Ban.objects.count()) == ("lead_not_confirmed", 0)
        ban = a_proposed_ban(staff, suppliers[0], at=OFFERS_UNTIL)
        with pytest.raises(IntegrityError, match="no member of a confirmed"), transaction.atomic():
            Ban.objects.filter(pk=ban.pk).update(lead=lead)

    def test_the_technician_proposes_nobody(self, staff: People) -> None:
        lead, _suppliers = a_ring(staff)
        with pytest.raises(NotAllowed):
            propose_ring(lead, ban_facts(), by=staff.technician, at=OFFERS_UNTIL)
        assert Ban.objects.count() == 0

    def test_from_the_page_of_the_lead(self, staff: People, client: Client) -> None:
        lead, suppliers = a_ring(staff)
        assert staff.buyer.user is not None
        client.force_login(staff.buyer.user)
        answer = client.post(
            reverse("admin:suppliers_collusionlead_propose_ring", args=[lead.pk]),
            {"reason": "串通投标", "source": "集采〔2026〕9号", "review_on": "2027-06-01"},
        )
        assert answer.status_code == 302
        ban = Ban.objects.get(supplier=suppliers[0])
        page = client.get(reverse("admin:suppliers_collusionlead_change", args=[lead.pk]))
        assert f"{suppliers[1].name}（审批中）" in page.content.decode()
        page = client.get(reverse("admin:suppliers_ban_change", args=[ban.pk]))
        assert str(lead) in page.content.decode()
