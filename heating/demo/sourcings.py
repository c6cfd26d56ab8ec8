"""The demo's sourcings: one awarded, one waiting to be opened, one with a ring of bidders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from heating.demo.admissions import tell_of_admissions
from office.actors import Actor
from office.approvals.steps import Opinion
from office.calendar import business_date
from office.models import Company
from suppliers.blacklist.facts import BanFacts
from suppliers.blacklist.rings import propose_ring
from suppliers.dimensions import RatingClass
from suppliers.leads.operations import judge_lead
from suppliers.models import (
    ContractTerm,
    LeadVerdict,
    Offer,
    PriorityRule,
    Signal,
    Sourcing,
    Supplier,
    SupplierRating,
    SupplyCategory,
    TermKind,
)
from suppliers.sourcing.award import approve_award, propose_award
from suppliers.sourcing.comparison import comparison_of
from suppliers.sourcing.offers import submit_offer
from suppliers.sourcing.opening import open_offers, unlock_offers
from suppliers.sourcing.operations import (
    ItemFacts,
    RequestFacts,
    invite_suppliers,
    request_sourcing,
)
from suppliers.sourcing.sealed_offers import OfferSheet

TERMS = (
    ("01", TermKind.ENERGY_SAVING, "能效不低于国家 2 级，投运后三十日内实测节能率，不达标的退货"),
    ("02", TermKind.OTHER, "质保期两个采暖季，出厂附第三方检验报告"),
    ("03", TermKind.SULPHUR, "收到基全硫 St,ar 不高于 0.60%"),
    ("03", TermKind.MOISTURE, "全水分 Mt 不高于 12.0%"),
    ("03", TermKind.VOLATILES, "干燥无灰基挥发分 Vdaf 28%～37%"),
    ("03", TermKind.CALORIFIC_VALUE, "收到基低位发热量 Qnet,ar 不低于 5,000 kcal/kg"),
    ("04", TermKind.WAGE_AGREEMENT, "签订农民工工资支付协议，欠薪从工程款中扣付"),
)
VALVES = (("焊接球阀 DN150", Decimal(60), "只"), ("焊接球阀 DN200", Decimal(40), "只"))


@dataclass(frozen=True)
class Bid:
    """What one supplier of the demo offers: prices in fen a unit, in the order of the items."""

    prices: tuple[int, ...]
    with_tax: bool = True
    freight_fen: int = 0
    address: str = ""
    device: str = ""
    phone: str = "13800000000"


def tell_of_sourcings(
    suppliers: Sequence[Supplier], company: Company, staff: dict[str, Actor], *, at: datetime
) -> None:
    """Tells of admissions and sourcings for valves, with the dated rules that they go by."""
    today = business_date(at)
    _rules(date(today.year - 2, 1, 1))
    valves = SupplyCategory.objects.get(code="02.02")
    excellent = _excellent(suppliers, today.year - 1)
    bidders = [*excellent[:1], *(row for row in suppliers[:40] if row not in excellent[:1])][:7]
    rest = [row for row in suppliers[60:90] if row not in bidders]
    tell_of_admissions(bidders, rest, valves, staff, at=at)
    of_awarded = [
        # Dearer than the others before its priority, and first after it.
        Bid((134_000, 192_000), address="202.96.1.10", phone="13800000001"),
        Bid((115_000, 167_000), with_tax=False, freight_fen=120_000, phone="13800000002"),
        Bid((132_500, 187_000), address="218.26.4.7", phone="13800000003"),
    ]
    awarded = _requested("城南片区阀门更换", company, valves, staff, at=at - timedelta(days=30))
    _offer(awarded, bidders[:3], of_awarded, staff, at=at - timedelta(days=29))
    _award(awarded, staff, at=at - timedelta(days=23))
    _ring(bidders[3:7], company, valves, staff, at=at)
    waiting = _requested("备用阀门采购", company, valves, staff, at=at - timedelta(days=8))
    of_waiting = [Bid((128_000 + 900 * n, 181_000 - 700 * n)) for n in range(4)]
    _offer(waiting, bidders[:4], of_waiting, staff, at=at - timedelta(days=7, hours=20))


def _rules(since: date) -> None:
    categories = {category.code: category for category in SupplyCategory.objects.all()}
    for code, kind, text in TERMS:
        ContractTerm.objects.create(
            category=categories[code], kind=kind, text=text, starts=since, source="采购管理制度"
        )
    PriorityRule.objects.create(share=Decimal("0.03"), starts=since, source="供应商管理办法")


def _excellent(suppliers: Sequence[Supplier], year: int) -> list[Supplier]:
    """Returns those of the suppliers that were excellent in the year, in their order."""
    rated = SupplierRating.objects.filter(run__year=year, rating_class=RatingClass.EXCELLENT)
    keys = set(rated.values_list("supplier_id", flat=True))
    return [supplier for supplier in suppliers if supplier.pk in keys]


def _requested(
    title: str,
    company: Company,
    category: SupplyCategory,
    staff: dict[str, Actor],
    *,
    at: datetime,
) -> Sourcing:
    items = [ItemFacts(*item) for item in VALVES]
    facts = RequestFacts(company, category, title, items, at + timedelta(days=5))
    return request_sourcing(facts, by=staff["procurement"], at=at)


def _offer(
    sourcing: Sourcing,
    bidders: Sequence[Supplier],
    bids: Sequence[Bid],
    staff: dict[str, Actor],
    *,
    at: datetime,
) -> None:
    """Invites the bidders and takes their sealed offers, an hour apart."""
    secrets = invite_suppliers(sourcing, bidders, by=staff["procurement"], at=at)
    items = list(sourcing.items.values_list("pk", flat=True))
    for number, (supplier, bid) in enumerate(zip(bidders, bids, strict=True), start=1):
        sheet = OfferSheet(
            prices=dict(zip(items, bid.prices, strict=True)),
            with_tax=bid.with_tax,
            vat_rate=Decimal("0.13"),
            freight_fen=bid.freight_fen,
            delivery_days=10 + 3 * number,
            contact=supplier.representative,
            phone=bid.phone,
            address=bid.address,
            device=bid.device,
        )
        moment = at + timedelta(hours=number)
        submit_offer(secrets[supplier], sheet, by=Actor.customer(supplier.name), at=moment)


def _opened(sourcing: Sourcing, staff: dict[str, Actor], *, at: datetime) -> None:
    unlock_offers(sourcing, by=staff["procurement"], at=at)
    open_offers(sourcing, by=staff["procurement-manager"], at=at + timedelta(minutes=5))


def _award(sourcing: Sourcing, staff: dict[str, Actor], *, at: datetime) -> None:
    _opened(sourcing, staff, at=at)
    _items, compared = comparison_of(sourcing)
    best = compared[0].terms
    reason = "，".join(filter(None, ["比较价最低", best.priority_reason, "交货期满足"]))
    propose_award(
        sourcing,
        Offer.objects.get(pk=best.offer),
        reason=reason,
        by=staff["procurement"],
        at=at + timedelta(hours=1),
    )
    approve_award(
        sourcing,
        Opinion("同意定标"),
        by=staff["procurement-manager"],
        at=at + timedelta(hours=3),
    )


def _ring(
    bidders: Sequence[Supplier],
    company: Company,
    category: SupplyCategory,
    staff: dict[str, Actor],
    *,
    at: datetime,
) -> None:
    """Three of four bidders sent from one computer at prices in one ratio: a person has confirmed
    it, and all three are proposed for the blacklist; other leads still wait for judgement.
    """
    sourcing = _requested("热力站阀门增补", company, category, staff, at=at - timedelta(days=16))
    office = "113.140.8.21"
    bids = [
        Bid((140_000, 200_000), address=office, device="9c1fd2", phone="13800000011"),
        Bid((147_000, 210_000), address=office, device="9c1fd2", phone="13800000011"),
        Bid((154_000, 220_000), address=office, device="9c1fd2", phone="13800000013"),
        Bid((133_300, 191_700), address="61.134.9.3", device="77aa01", phone="13800000014"),
    ]
    _offer(sourcing, bidders, bids, staff, at=at - timedelta(days=15))
    _opened(sourcing, staff, at=at - timedelta(days=10))
    lead = sourcing.leads.get(signal=Signal.SHARED_DEVICE)
    judge_lead(
        lead,
        LeadVerdict.CONFIRMED,
        reason="三家由同一台电脑提交，报价依次递增百分之五",
        by=staff["leader"],
        at=at - timedelta(days=4),
    )
    lead.refresh_from_db()
    today = business_date(at)
    facts = BanFacts(
        reason="热力站阀门增补采购中串通报价",
        source=f"集团采购〔{today.year}〕41号",
        review_on=today + timedelta(days=180),
        ends_on=today + timedelta(days=730),
    )
    propose_ring(lead, facts, by=staff["procurement"], at=at - timedelta(days=3))
