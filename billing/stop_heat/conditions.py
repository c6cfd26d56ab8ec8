"""The conditions of a stop, each answered with its reason."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from billing.bills.explain import percent_text
from billing.change_states import StopHeatState
from billing.ledger.balances import contract_balance
from billing.models import BillKind, BillLine, HeatingSeason, StopHeat, StopHeatTerms
from customers.models import Account, SupplyContract, SupplyState
from office.money import yuan_text

EFFECTIVE = (StopHeatState.APPLIED, StopHeatState.APPROVED)


@dataclass(frozen=True)
class Declared:
    """What the application says about a flat: whether it can be shut off by itself, until when
    the building is under warranty, and which areas are concerned (none named: all).
    """

    separable: bool = False
    warranty_until: date | None = None
    ordinals: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answer:
    """One condition with its answer; the reason is kept with the application, in Chinese."""

    name: str
    passes: bool
    reason: str

    def plain(self) -> dict[str, object]:
        return asdict(self)


def answers(
    terms: StopHeatTerms, contract: SupplyContract, declared: Declared, on: date
) -> list[Answer]:
    """Returns the answer to every condition of the terms that applies on a day.

    The caller has the lock of the account. An application that waits counts for its unit already.
    """
    return [_window(terms, on), *present_answers(terms, contract), *_declared(terms, declared)]


def present_answers(terms: StopHeatTerms, contract: SupplyContract) -> list[Answer]:
    """Returns the answers that can change until the approval: arrears and the unit's share."""
    return [*_arrears(terms, contract), *_last_season(terms, contract), *_unit(terms, contract)]


def _window(terms: StopHeatTerms, on: date) -> Answer:
    days = f"{terms.opens_on} 至 {terms.closes_on}"
    passes = terms.opens_on <= on <= terms.closes_on
    return Answer("受理期限", passes, f"受理期限为 {days}，申请日为 {on}")


def _arrears(terms: StopHeatTerms, contract: SupplyContract) -> Iterator[Answer]:
    if terms.no_arrears:
        owed_fen = contract_balance(contract).receivable_fen
        reason = f"尚欠 {yuan_text(owed_fen)} 元" if owed_fen > 0 else "没有欠费"
        yield Answer("欠费", owed_fen <= 0, reason)


def _declared(terms: StopHeatTerms, declared: Declared) -> Iterator[Answer]:
    if terms.separable:
        reason = "可以分户关断" if declared.separable else "不能分户关断，停热会影响他人"
        yield Answer("分户关断", declared.separable, reason)
    if terms.out_of_warranty:
        until = declared.warranty_until
        passes = until is None or until < terms.season.starts
        reason = "已过保修期" if passes else f"建筑保修期至 {until}，采暖季开始时尚在保修期内"
        yield Answer("保修期", passes, reason)
    if declared.ordinals:
        reason = "可以部分报停" if terms.partial_allowed else "只能整户报停"
        yield Answer("部分报停", terms.partial_allowed, reason)


def _last_season(terms: StopHeatTerms, contract: SupplyContract) -> Iterator[Answer]:
    if not terms.heated_last_season:
        return
    last = _season_before(terms.season)
    if last is None or not _stopped_in(last, contract.account):
        yield Answer("上一采暖季", passes=True, reason="上一采暖季没有停热记录")
    else:
        yield Answer("上一采暖季", passes=False, reason=f"{last.label} 采暖季已停热，须先恢复用热")


def _unit(terms: StopHeatTerms, contract: SupplyContract) -> Iterator[Answer]:
    if terms.most_of_unit is None:
        return
    premise = contract.account.premise
    unit = Account.objects.filter(premise__building=premise.building_id, premise__unit=premise.unit)
    stopped = stopped_in_unit(unit, terms.season)
    count, whole = len({*stopped, contract.account_id}), unit.count()
    share = Decimal(count) / whole
    reason = f"本单元 {whole} 户中报停 {count} 户，上限为 {percent_text(terms.most_of_unit)}"
    yield Answer("单元内比例", share <= terms.most_of_unit, reason)


def stopped_in_unit(unit: QuerySet[Account], season: HeatingSeason) -> Sequence[int]:
    """Returns the accounts of a unit that have no heat in a season, or asked for that."""
    stops = StopHeat.objects.filter(account__in=unit, season=season, state__in=EFFECTIVE)
    listed = unit.filter(supply_state=SupplyState.STOPPED)
    return [*stops.values_list("account_id", flat=True), *listed.values_list("pk", flat=True)]


def _stopped_in(season: HeatingSeason, account: Account) -> bool:
    """Says whether an account had no heat in a season: by a stop, or by a share on its bill."""
    stops = StopHeat.objects.filter(
        account=account, season=season, state=StopHeatState.APPROVED, ordinals=[]
    )
    lines = BillLine.objects.filter(
        season=season, bill__account=account, bill__kind=BillKind.SEASON, bill__season=season
    )
    return stops.exists() or (lines.exists() and not lines.filter(ratio=1).exists())


def _season_before(season: HeatingSeason) -> HeatingSeason | None:
    seasons = HeatingSeason.objects.filter(company=season.company_id, starts__lt=season.starts)
    return seasons.order_by("-starts").first()
