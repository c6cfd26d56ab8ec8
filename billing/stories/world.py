"""The company of one story, with its seasons, prices, accounts and the people who act."""

import csv
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

from billing.account_list.columns import COLUMNS
from billing.account_list.examination import examined
from billing.account_list.loading import load_accounts
from billing.account_list.opening import open_past_seasons, past_labels, post_opening_arrears
from billing.area_changes.policies import publish_area_change_policy
from billing.models import (
    AreaChangeWay,
    HeatingSeason,
    LateFeeBase,
    PriceDocument,
    SpendingOrder,
    Tariff,
)
from billing.penalties.operations import publish_late_fee_rule
from billing.prices.operations import publish_price_document
from billing.seasons.partitions import ensure_season_partitions
from billing.stop_heat.terms import Conditions, publish_stop_heat_terms
from billing.stories.reading import AccountTold, PriceTold, SeasonTold, Story
from customers.models import Account, SupplyContract, TariffCategory
from office.actors import Actor
from office.case_files import CaseError
from office.intake.sheet import open_sheet
from office.models import Company, User
from office.zone import SHANGHAI

LONG_AGO = date(2015, 1, 1)
_HEADINGS = (
    *("户号", "户名", "小区", "楼号", "房号", "热价类别", "合同编号", "签订日期"),
    *("建筑面积", "套内面积", "使用面积", "计费面积", "往年欠费年度", "往年欠费金额"),
)
_CODE_SIGNS = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210"


@dataclass
class World:
    """The records of a story while it is played; accounts under the names of the story."""

    company: Company
    clerk: Actor
    manager: Actor
    seasons: dict[str, HeatingSeason] = field(default_factory=dict)
    categories: dict[str, TariffCategory] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    def contract(self, name: str, party: str = "first") -> SupplyContract:
        """Returns the contract of the first or the second party of an account."""
        contracts = list(self.accounts[name].contracts.order_by("starts", "pk"))
        place = ("first", "second").index(party)
        if place >= len(contracts):
            raise CaseError(f"户 {name} 没有第二个用户")
        return contracts[place]


def noon(day: date) -> datetime:
    """Returns the moment of a day at which a story does things."""
    return datetime.combine(day, time(12), SHANGHAI)


def build_world(story: Story) -> World:
    """A step of `play_story`: writes the company and what it has before the first event."""
    first_day = min([*story.expected_days, *(event.on for event in story.events)])
    at = noon(first_day - timedelta(days=1))
    company = _company()
    clerk, manager = (Actor.staff(_person(story, number)) for number in (1, 2))
    world = World(company, clerk, manager)
    _publish(world, story.prices, at)
    _publish_late_fees(world, story, at)
    publish_area_change_policy(
        company,
        effective_from=LONG_AGO,
        way=AreaChangeWay.BY_DAYS,
        source="演算",
        by=world.manager,
        at=at,
    )
    indebted = {label for account in story.accounts for label in account.arrears}
    for season in story.seasons:
        if season.label not in indebted:
            world.seasons[season.label] = _season(company, season)
    _load(world, story.accounts, at)
    for season in story.seasons:
        if season.label in indebted:
            world.seasons[season.label] = _season(company, season)
    _publish_stop_heat(world, at)
    return world


def _company() -> Company:
    """Creates a company under a code that no company has yet."""
    used_codes = set(Company.objects.values_list("code", flat=True))
    codes = (first + second for first in _CODE_SIGNS for second in _CODE_SIGNS)
    code = next(code for code in codes if code not in used_codes)
    return Company.objects.create(code=code, name=f"演算公司 {code}", short_name=f"演算{code}")


def _person(story: Story, number: int) -> User:
    """Creates somebody who may do everything; approvals need two such people."""
    return User.objects.create(
        username=f"story-{story.id[:60]}-{number}", is_staff=True, is_superuser=True
    )


def _season(company: Company, terms: SeasonTold) -> HeatingSeason:
    """Creates the season, or writes its terms into the season that the account list has opened."""
    season, _created = HeatingSeason.objects.update_or_create(
        company=company,
        label=terms.label,
        defaults={
            "starts": terms.starts,
            "ends": terms.ends,
            "ends_inclusive": terms.ends_inclusive,
            "billable_months": terms.billable_months,
            "due_on": terms.due_on,
        },
    )
    ensure_season_partitions(season)
    return season


def _publish(world: World, prices: tuple[PriceTold, ...], at: datetime) -> None:
    """Publishes a document for each price: the share of stopped heat belongs to the document."""
    for number, price in enumerate(prices, start=1):
        category, _created = TariffCategory.objects.get_or_create(
            company=world.company,
            name=price.category,
            defaults={"residential": price.residential},
        )
        world.categories[price.category] = category
        document = PriceDocument.objects.create(
            company=world.company,
            number=f"演算〔{number}〕号",
            title="热价",
            issuer="演算",
            issued_on=price.effective,
            effective_from=price.effective,
            stop_heat_ratio=price.stop_ratio,
        )
        Tariff.objects.create(
            document=document,
            category=category,
            unit=price.unit,
            area_basis=price.area_basis,
            amount=price.amount,
            vat_rate=price.vat_rate,
        )
        publish_price_document(document, by=world.clerk, at=at)


def _publish_late_fees(world: World, story: Story, at: datetime) -> None:
    """Publishes each rate on the day from which it holds, or before the story begins."""
    if story.late_fee is None:
        return
    for effective_from, per_day in sorted(story.late_fee.windows):
        publish_late_fee_rule(
            world.company,
            effective_from=effective_from,
            per_day=per_day,
            base=LateFeeBase(story.late_fee.base),
            order=SpendingOrder(story.order),
            source="演算",
            by=world.manager,
            at=min(at, noon(effective_from)),
        )


def _publish_stop_heat(world: World, at: datetime) -> None:
    """Publishes terms without conditions: each season takes applications in after the one before.

    A story says what was approved, not why.
    """
    opens_on = LONG_AGO
    for season in sorted(world.seasons.values(), key=lambda season: season.starts):
        publish_stop_heat_terms(
            season,
            opens_on=opens_on,
            closes_on=season.ends,
            conditions=Conditions(no_arrears=False, separable=False),
            source="演算",
            by=world.manager,
            at=at,
        )
        opens_on = season.ends + timedelta(days=1)


def _load(world: World, accounts: tuple[AccountTold, ...], at: datetime) -> None:
    """Loads the accounts as an account list, which also makes opening bills of their arrears."""
    rows = [_row(number, account) for number, account in enumerate(accounts, start=1)]
    text = StringIO()
    csv.writer(text).writerows([_HEADINGS, *rows])
    sheet = open_sheet(BytesIO(text.getvalue().encode()), "story.csv", COLUMNS)
    with examined(world.company, sheet, today=at.date(), progress=lambda _: None) as examination:
        if refused := examination.outcome.refused:
            says = next(iter(refused.values()))[0]
            raise CaseError(f"台账：{says.column} {says.says}")
        seasons = open_past_seasons(world.company, past_labels(), by=world.clerk, at=at)
        load_accounts(world.company, starts=LONG_AGO)
        for season in seasons:
            post_opening_arrears(season, at=at)
    loaded = {account.number: account for account in Account.objects.filter(company=world.company)}
    world.accounts = {
        account.name: loaded[row[0]] for account, row in zip(accounts, rows, strict=True)
    }


def _row(number: int, account: AccountTold) -> list[str]:
    """Returns the account as a row of the list; a list names one season of arrears an account."""
    debts = [(label, fen) for label, fen in account.arrears.items() if fen]
    if len(debts) > 1:
        raise CaseError(f"户 {account.name} 有多个年度的往年欠费，台账每户只有一个")
    season, fen = debts[0] if debts else ("", 0)
    areas = account.areas
    building = areas.get("building", max(areas.values()))
    others = [areas.get(basis) for basis in ("inner", "usable", "charge")]
    return [
        *(f"99{number:08d}", "演算用户", "演算小区", "1号楼", f"{number}01"),
        *(account.category, f"GR-{number}", LONG_AGO.isoformat()),
        *(_plain(area) for area in (building, *others)),
        *(season, _plain(Decimal(fen) / 100) if fen else ""),
    ]


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
