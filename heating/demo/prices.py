"""Prices as two cities published them. Amounts, units, months, season days and stop-heat ratios are
the published ones; document numbers, issuers and dates are the demo's own and say so.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.models import AreaBasis, HeatingSeason, PriceDocument, PriceUnit, Tariff
from billing.prices.operations import publish_price_document
from customers.models import TariffCategory
from heating.demo.calendar import Storyline
from office.actors import Actor
from office.models import Company

HOME = "居民住宅"
TAXED = Decimal("0.09")


@dataclass(frozen=True)
class Price:
    """Yuan per m² and month; what is not residential holds 9 % VAT."""

    category: str
    amount: str
    residential: bool = False
    area_basis: AreaBasis = AreaBasis.BUILDING


@dataclass(frozen=True)
class City:
    """A company's season and the document its prices come from."""

    company: str
    # Of a form that can ring nobody: local numbers do not begin with 1.
    hotline: str
    title: str
    issuer: str
    effective_from: date
    season_begins: tuple[int, int]
    season_ends: tuple[int, int]
    billable_months: Decimal
    stop_heat_ratio: Decimal
    prices: tuple[Price, ...]
    unpriced: str = ""


TAIYUAN = City(
    company="11",
    hotline="0351-1009611",
    title="太原市集中供热价格",
    issuer="太原市（公开价格，演示）",
    effective_from=date(2025, 11, 1),
    season_begins=(11, 1),
    season_ends=(3, 31),
    billable_months=Decimal(5),
    stop_heat_ratio=Decimal("0.30"),
    prices=(
        Price(HOME, "3.60", residential=True),
        Price("居民住宅（使用面积）", "4.80", residential=True, area_basis=AreaBasis.USABLE),
        Price("非居民", "7.50"),
    ),
    # No city publishes a price for it: who is billed by it is parked until one does.
    unpriced="临时施工用热",
)

# 兰州新区 publishes its season and stop-heat ratios (10 % unmetered, 30 % metered); its prices
# are those of 兰州. The demo stops no metered account, so one ratio is enough.
LANZHOU = City(
    company="21",
    hotline="0931-1009621",
    title="兰州市供热价格 2025",
    issuer="兰州市（公开价格，演示）",
    effective_from=date(2025, 10, 31),
    season_begins=(10, 20),
    season_ends=(4, 10),
    billable_months=Decimal(5),
    stop_heat_ratio=Decimal("0.10"),
    prices=(
        Price(HOME, "5.00", residential=True),
        Price("办公教学医院", "7.00"),
        Price("宾馆饭店", "8.20"),
        Price("商业厂房", "9.20"),
    ),
)


def season_starts(city: City, year: int) -> date:
    return date(year, *city.season_begins)


def open_season(city: City, company: Company, year: int) -> HeatingSeason:
    """The season that begins in `year`."""
    return HeatingSeason.objects.create(
        company=company,
        label=f"{year}-{year + 1}",
        starts=season_starts(city, year),
        ends=date(year + 1, *city.season_ends),
        billable_months=city.billable_months,
        due_on=date(year, 12, 31),
    )


def publish_prices(city: City, company: Company, story: Storyline, *, by: Actor) -> PriceDocument:
    """Enter the document and publish it."""
    document = PriceDocument.objects.create(
        company=company,
        number=f"演示〔{city.effective_from.year}〕{city.company}号",
        title=city.title,
        issuer=city.issuer,
        issued_on=city.effective_from,
        effective_from=city.effective_from,
        stop_heat_ratio=city.stop_heat_ratio,
    )
    for price in city.prices:
        Tariff.objects.create(
            document=document,
            category=_category(company, price.category, residential=price.residential),
            unit=PriceUnit.M2_MONTH,
            area_basis=price.area_basis,
            amount=Decimal(price.amount),
            vat_rate=Decimal(0) if price.residential else TAXED,
        )
    if city.unpriced:
        _category(company, city.unpriced, residential=False)
    return publish_price_document(document, by=by, at=story.at(story.priced_on, 10))


def _category(company: Company, name: str, *, residential: bool) -> TariffCategory:
    category, _ = TariffCategory.objects.get_or_create(
        company=company, name=name, defaults={"residential": residential}
    )
    return category
