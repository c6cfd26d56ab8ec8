"""A story as its file tells it, read strictly: whatever is not understood is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.rules.late_fees import BASES
from billing.rules.price_changes import APPORTIONS
from office.case_files import CaseError, Fields

UNITS = ("m2_month", "m2_season", "m2_day")
AREA_BASES = ("building", "inner", "usable", "charge")
ORDERS = ("principal_first", "late_fee_first")
PARTIES = ("first", "second")


@dataclass(frozen=True)
class SeasonTold:
    """A season of the story's company."""

    label: str
    starts: date
    ends: date
    ends_inclusive: bool
    billable_months: Decimal
    due_on: date


@dataclass(frozen=True)
class PriceTold:
    """A price of one category, from when on; `stop_ratio` is the share of stopped heat."""

    category: str
    residential: bool
    unit: str
    amount: Decimal
    area_basis: str
    vat_rate: Decimal
    effective: date
    stop_ratio: Decimal


@dataclass(frozen=True)
class AccountTold:
    """An account with its areas in m² by basis, and arrears in fen by earlier season."""

    name: str
    category: str
    areas: Mapping[str, Decimal]
    arrears: Mapping[str, int]


@dataclass(frozen=True)
class EventTold:
    """Something that happened on a day; which fields are given depends on `do`."""

    on: date
    do: str
    party: str = "first"
    account: str = ""
    season: str = ""
    category: str = ""
    apportion: str = ""
    amount_fen: int = 0
    price: Decimal = Decimal(0)
    areas: Mapping[str, Decimal] | None = None
    starts: date = date.min
    ends: date = date.max
    due_on: date = date.max


@dataclass(frozen=True)
class FiguresExpected:
    """What is open at the end of a day: fen by season, zeros left out, and the advance."""

    on: date
    account: str
    party: str
    principal: Mapping[str, int]
    late_fee: Mapping[str, int]
    advance_fen: int


@dataclass(frozen=True)
class BooksExpected:
    """The sums of the company's books at the end of a day, in fen."""

    on: date
    receivable_fen: int
    advance_fen: int
    late_fee_income_fen: int
    billed_less_credits_fen: int


@dataclass(frozen=True)
class LateFeeTold:
    """The late-fee rule: the rates by the day from which each holds."""

    windows: tuple[tuple[date, Decimal], ...]
    base: str


@dataclass(frozen=True)
class Story:
    """One story: the rules, the accounts, what happened, and what the papers say of it."""

    id: str
    seasons: tuple[SeasonTold, ...]
    prices: tuple[PriceTold, ...]
    late_fee: LateFeeTold | None
    order: str
    accounts: tuple[AccountTold, ...]
    events: tuple[EventTold, ...]
    figures: tuple[FiguresExpected, ...]
    books: BooksExpected

    @property
    def expected_days(self) -> list[date]:
        """Returns the days at whose end figures are compared, in order."""
        return sorted({self.books.on, *(figures.on for figures in self.figures)})


def read_story(value: object) -> Story:
    """Returns the story; raises `CaseError` with the place of the first fault."""
    story = Fields(value, "用例")
    rules = story.inner("rules")
    rules.choice("area_change", ("by_days",))
    read = Story(
        id=story.text("id"),
        seasons=tuple(_season(item) for item in rules.each("seasons")),
        prices=tuple(_price(item) for item in rules.each("prices")),
        late_fee=_late_fee(rules.inner("late_fee")) if rules.has("late_fee") else None,
        order=rules.choice("order", ORDERS),
        accounts=tuple(_account(item) for item in story.each("accounts")),
        events=tuple(_event(item) for item in story.each("events")),
        figures=tuple(_figures(item) for item in story.each("expect")),
        books=_books(story.inner("books")),
    )
    rules.finish()
    story.finish()
    _check_names(read)
    return read


def _season(item: Fields) -> SeasonTold:
    season = SeasonTold(
        label=item.text("label"),
        starts=item.day("starts"),
        ends=item.day("ends"),
        ends_inclusive=item.flag("ends_inclusive"),
        billable_months=item.quantity("billable_months"),
        due_on=item.day("due_on"),
    )
    item.finish()
    return season


def _price(item: Fields) -> PriceTold:
    price = PriceTold(
        category=item.text("category"),
        residential=item.flag("residential"),
        unit=item.choice("unit", UNITS),
        amount=item.price("amount"),
        area_basis=item.choice("area_basis", AREA_BASES),
        vat_rate=item.price("vat_rate"),
        effective=item.day("effective"),
        stop_ratio=item.price("stop_ratio"),
    )
    item.finish()
    return price


def _late_fee(item: Fields) -> LateFeeTold:
    item.choice("cap", ("principal",))
    windows = []
    for window in item.each("windows"):
        windows.append((window.day("from"), window.price("per_day")))
        window.finish()
    rule = LateFeeTold(tuple(windows), item.choice("base", BASES))
    item.finish()
    return rule


def _account(item: Fields) -> AccountTold:
    account = AccountTold(
        name=item.text("account"),
        category=item.text("category"),
        areas=_areas(item.inner("areas")),
        arrears=_amounts(item.inner("arrears")) if item.has("arrears") else {},
    )
    item.finish()
    return account


def _areas(item: Fields) -> dict[str, Decimal]:
    areas = {name: item.quantity(name) for name in item.names()}
    if not areas or set(areas) - set(AREA_BASES):
        raise CaseError(f"areas 应为 {'、'.join(AREA_BASES)} 的面积")
    return areas


def _amounts(item: Fields) -> dict[str, int]:
    return {season: item.fen(season) for season in item.names()}


def _event(item: Fields) -> EventTold:
    do = item.choice("do", tuple(_EVENTS))
    values: dict[str, Any] = {name: reads(item, key) for name, key, reads in _EVENTS[do]}
    party = item.choice("party", PARTIES) if item.has("party") else "first"
    event = EventTold(on=item.day("on"), do=do, party=party, **values)
    item.finish()
    return event


def _figures(item: Fields) -> FiguresExpected:
    figures = FiguresExpected(
        on=item.day("on"),
        account=item.text("account"),
        party=item.choice("party", PARTIES) if item.has("party") else "first",
        principal=_amounts(item.inner("principal")),
        late_fee=_amounts(item.inner("late_fee")),
        advance_fen=item.fen("advance"),
    )
    item.finish()
    return figures


def _books(item: Fields) -> BooksExpected:
    books = BooksExpected(
        on=item.day("on"),
        receivable_fen=item.fen("receivable"),
        advance_fen=item.fen("advance"),
        late_fee_income_fen=item.fen("late_fee_income"),
        billed_less_credits_fen=item.fen("billed_less_credits", signed=True),
    )
    item.finish()
    return books


_ACCOUNT = ("account", "account", Fields.text)
_SEASON = ("season", "season", Fields.text)
_AMOUNT = ("amount_fen", "amount", Fields.fen)
_DUE = ("due_on", "due_on", Fields.day)


def _apportion(item: Fields, key: str) -> str:
    return item.choice(key, APPORTIONS)


# What each event says: the field of `EventTold`, the key in the file, and how it is read.
_EVENTS = {
    "bill": (_SEASON,),
    "pay": (_ACCOUNT, _AMOUNT),
    "credit": (_ACCOUNT, _SEASON, _AMOUNT),
    "refund": (_ACCOUNT, _AMOUNT),
    "stop_heat": (_ACCOUNT, _SEASON),
    "resume_heat": (_ACCOUNT, _SEASON, _DUE),
    "area_change": (
        *(_ACCOUNT, ("starts", "from", Fields.day)),
        ("areas", "areas", lambda item, key: _areas(item.inner(key))),
    ),
    "price_change": (
        *(_SEASON, _DUE, ("category", "category", Fields.text)),
        *(("price", "amount", Fields.price), ("starts", "effective", Fields.day)),
        ("apportion", "apportion", _apportion),
    ),
    "transfer_ownership": (_ACCOUNT,),
    "suspend_late_fee": (
        *(_ACCOUNT, ("starts", "from", Fields.day)),
        ("ends", "until", Fields.day),
    ),
    "waive_late_fee": (_ACCOUNT, _SEASON, _AMOUNT),
}


def _check_names(story: Story) -> None:
    """Refuses a name that the story uses and does not introduce."""
    accounts = [account.name for account in story.accounts]
    seasons = [season.label for season in story.seasons]
    categories = [price.category for price in story.prices]
    for kind, names in (("户", accounts), ("采暖季", seasons)):
        if len(set(names)) != len(names):
            raise CaseError(f"{kind}重复")
    used = [
        *[("户", name, accounts) for name in _used(story, "account")],
        *[("采暖季", name, seasons) for name in _used(story, "season")],
        *[("热价类别", name, categories) for name in _used(story, "category")],
        *[("采暖季", label, seasons) for item in story.accounts for label in item.arrears],
        *[("热价类别", item.category, categories) for item in story.accounts],
    ]
    for kind, name, declared in used:
        if name not in declared:
            raise CaseError(f"没有{kind}“{name}”")


def _used(story: Story, field: str) -> list[str]:
    """Returns the names in one field of events and expectations."""
    rows = [*story.events, *story.figures]
    return [name for row in rows if (name := getattr(row, field, ""))]
