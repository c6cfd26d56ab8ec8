"""Two stories through every room: to an excellent certificate, and to the blacklist and back."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from office.approvals.steps import Opinion
from office.head_office import head_office
from office.jobs.queue import run_job
from office.models import Document
from office.refusals import Refused
from suppliers.admission.operations import apply_for_admission
from suppliers.admission.standing import qualified_at
from suppliers.blacklist.appeals import enter_appeal, uphold_appeal
from suppliers.blacklist.operations import approve_ban
from suppliers.blacklist.rings import propose_ring
from suppliers.certificates.operations import issue_certificates
from suppliers.dimensions import Dimension, RatingClass
from suppliers.leads.operations import judge_lead
from suppliers.models import (
    CollusionLead,
    LeadVerdict,
    PriorityRule,
    Signal,
    SupplierCertificate,
    SupplyOrder,
)
from suppliers.sourcing.comparison import comparison_of
from suppliers.sourcing.offers import submit_offer
from suppliers.sourcing.opening import open_offers, unlock_offers
from suppliers.sourcing.operations import (
    ItemFacts,
    RequestFacts,
    invite_suppliers,
    request_sourcing,
)
from suppliers.supply_record.operations import enter_delivery, enter_order
from tests.builders import HERE
from tests.suppliers.admission_records import People, people
from tests.suppliers.blacklist_records import ban_facts
from tests.suppliers.rating_records import AFTER_OBJECTIONS, a_final_run, rating_of
from tests.suppliers.sourcing_records import (
    OFFERS_UNTIL,
    SUPPLIER,
    a_sheet,
    a_sourcing,
    offered,
    opened,
    qualified_suppliers,
)
from tests.suppliers.supplier_records import NOON, a_category, a_supplier
from tests.suppliers.supply_records import a_case, a_delivery, delivery_facts, order_facts

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def staff() -> People:
    return people()


def refused(order: object, at: datetime) -> str:
    """The code with which a new order is refused."""
    with pytest.raises(Refused) as refusal:
        enter_order(order, by=HERE, at=at)  # type: ignore[arg-type]
    return refusal.value.code


def test_from_application_to_an_excellent_certificate(staff: People, client: Client) -> None:
    # Before anybody is qualified an order of today passes for nobody.
    today = {"ordered_on": TODAY, "promised_on": TODAY + timedelta(30)}
    assert refused(order_facts(a_supplier(9), **today), NOON) == "not_qualified"
    # Application, three levels, visit, trial, three opinions, qualification: three suppliers.
    best, second, third = qualified_suppliers(staff)
    order = enter_order(
        order_facts(
            best,
            quantity=Decimal(200),
            unit_price_fen=1250,
            lowest_price_fen=1200,
            **today,
        ),
        by=HERE,
        at=NOON,
    )
    # Two deliveries, of the second one of a hundred is refused; a case mended on its last day.
    a_delivery(order, promised_on=date(2026, 4, 1), actual_on=date(2026, 4, 1))
    a_delivery(
        order,
        promised_on=date(2026, 4, 1),
        actual_on=date(2026, 4, 1),
        accepted=Decimal(99),
    )
    a_case(best)
    run = a_final_run(staff)
    rating = rating_of(run, best)
    # By hand: quality 199 of 200, delivery 2 of 2, contract 1 of 1, after-sales 1 of 1, price
    # 12.00 of 12.50. 0.4 × 99.50 + 0.2 × 100 + 0.2 × 100 + 0.1 × 100 + 0.1 × 96 = 99.40.
    scores = {score.dimension: score.value for score in rating.scores.all()}
    assert scores == {
        Dimension.QUALITY: Decimal("99.50"),
        Dimension.CONTRACT: Decimal(100),
        Dimension.DELIVERY: Decimal(100),
        Dimension.AFTER_SALES: Decimal(100),
        Dimension.PRICE: Decimal(96),
    }
    assert (rating.total, rating.rating_class) == (Decimal("99.40"), RatingClass.EXCELLENT)
    idle = run.ratings.exclude(supplier=best).values_list("rating_class", flat=True)
    assert set(idle) == {RatingClass.NOT_RATED}
    run_job(issue_certificates(run, by=staff.manager, at=AFTER_OBJECTIONS).pk)
    certificate = SupplierCertificate.objects.get()
    assert (certificate.supplier, certificate.paper["award"]) == (best, "优秀供应商")
    assert Document.objects.get(kind="certificate").title == "2026年度供应商证书（1 张）"
    page = reverse("verify_supplier_certificate", args=[certificate.verification_code])
    assert "这张证书是我们颁发的" in client.get(page).content.decode()
    # In the year after, the dated rule lets the comparison lower its total.
    PriorityRule.objects.create(
        share=Decimal("0.03"), starts=date(2026, 1, 1), source="供应商管理办法"
    )
    until = AFTER_OBJECTIONS + timedelta(days=7)
    elbow = [ItemFacts("DN200 弯头", Decimal(1), "件")]
    facts = RequestFacts(head_office(), a_category(), "管件采购", elbow, until)
    sourcing = request_sourcing(facts, by=staff.buyer, at=AFTER_OBJECTIONS)
    bidders = (best, second, third)
    secrets = invite_suppliers(sourcing, bidders, by=staff.buyer, at=AFTER_OBJECTIONS)
    for bidder, price in zip(bidders, (10300, 10000, 10500), strict=True):
        sheet = a_sheet(sourcing, price)
        submit_offer(secrets[bidder], sheet, by=SUPPLIER, at=AFTER_OBJECTIONS)
    unlock_offers(sourcing, by=staff.buyer, at=until)
    open_offers(sourcing, by=staff.manager, at=until)
    _items, compared = comparison_of(sourcing)
    assert [(row.terms.supplier, row.total_fen, row.compared_fen) for row in compared] == [
        (best.name, 10300, 9991),
        (second.name, 10000, 10000),
        (third.name, 10500, 10500),
    ]
    reason = "2026 年度优秀供应商，按《供应商管理办法》优先 3%"
    assert [row.terms.priority_reason for row in compared] == [reason, "", ""]


def test_to_the_blacklist_and_back(staff: People) -> None:
    suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
    at = OFFERS_UNTIL
    banned = suppliers[0]
    days = {"ordered_on": at.date(), "promised_on": at.date() + timedelta(30)}
    before = enter_order(order_facts(banned, **days), by=HERE, at=at)
    # Two of three bidders sent from one device: a person confirms it, two levels approve.
    sheets = [
        a_sheet(sourcing, 100 + n, 300 - 7 * n, device=device, phone=f"1380000000{n}")
        for n, device in enumerate(("d", "d", "e"))
    ]
    offered(staff, sourcing, sheets, suppliers)
    opened(staff, sourcing)
    lead = CollusionLead.objects.get(signal=Signal.SHARED_DEVICE)
    judge_lead(lead, LeadVerdict.CONFIRMED, reason="同一台电脑", by=staff.leader, at=at)
    lead.refresh_from_db()
    bans = propose_ring(lead, ban_facts(), by=staff.buyer, at=at)
    for ban in bans:
        for person in (staff.manager, staff.leader):
            approve_ban(ban, Opinion("属实"), by=person, at=at)
    # Nothing new, in whatever way it comes; what was ordered before is delivered and entered.
    assert refused(order_facts(banned, **days), at) in ("supplier_banned", "not_qualified")
    with pytest.raises(Refused):
        apply_for_admission(banned, a_category("02"), reason="x", by=staff.buyer, at=at)
    other = a_sourcing(staff, at + timedelta(days=9))
    with pytest.raises(Refused, match="黑名单"):
        invite_suppliers(other, suppliers, by=staff.buyer, at=at)
    came = delivery_facts(before, promised_on=at.date(), actual_on=at.date())
    enter_delivery(came, by=HERE, at=at)
    # The appeal is heard by somebody who had no part in it; from that moment on all is as before.
    enter_appeal(bans[0], text="设备为打印店公用", received_on=at.date(), by=staff.buyer, at=at)
    later = at + timedelta(minutes=1)
    uphold_appeal(bans[0], decision="打印店证明属实", by=staff.operator, at=later)
    assert [qualified_at(row, a_category(), later) for row in suppliers] == [True, False, True]
    again = enter_order(order_facts(banned, **days), by=HERE, at=later)
    assert set(SupplyOrder.objects.filter(supplier=banned)) == {before, again}
