"""What clerks changed lately: the policies of the season, and documents that wait for approval."""

from datetime import date, timedelta
from decimal import Decimal

from billing.adjustments.corrections import AdjustmentFacts, Correction
from billing.adjustments.operations import draft_adjustment
from billing.area_changes.operations import NewArea, draft_area_change
from billing.area_changes.policies import publish_area_change_policy
from billing.ledger.balances import contract_balance
from billing.models import AreaBasis, AreaChangeWay, Bill, BillKind, HeatingSeason
from billing.stop_heat.conditions import Declared
from billing.stop_heat.operations import apply_stop_heat
from billing.stop_heat.terms import Conditions, publish_stop_heat_terms
from customers.models import Account, SupplyState
from heating.demo.calendar import Storyline
from office.actors import Actor
from office.calendar import business_date

# Taiyuan publishes neither; the demo says so.
_SOURCE = "演示办法（非公开文件）"


def publish_policies(season: HeatingSeason, story: Storyline, *, by: Actor) -> None:
    """Publishes how changed areas are charged and how heat is stopped, before anybody is billed."""
    at = story.at(story.priced_on, 11)
    publish_area_change_policy(
        season.company,
        effective_from=season.starts,
        way=AreaChangeWay.BY_DAYS,
        source=_SOURCE,
        by=by,
        at=at,
    )
    publish_stop_heat_terms(
        season,
        opens_on=date(season.starts.year, 7, 1),
        closes_on=season.ends,
        conditions=Conditions(
            heated_last_season=True, most_of_unit=Decimal("0.3"), reopening_fee_fen=5_000
        ),
        source=_SOURCE,
        by=by,
        at=at,
    )


def tell_of_changes(season: HeatingSeason, story: Storyline, *, by: Actor) -> None:
    """Drafts an area change, a credit and, where somebody can stop, a stop; all wait for others."""
    at = story.minutes_ago(50)
    bills = Bill.objects.filter(
        season=season, kind=BillKind.SEASON, lines__area_basis=AreaBasis.BUILDING
    ).order_by("-account_number")
    # The last accounts of the list: nobody's story runs through them.
    measured, cold = bills.select_related("company", "season", "account__premise")[:2]
    line = measured.account.premise.area_lines.order_by("ordinal")[0]
    if line.building_area is not None:
        draft_area_change(
            season.company,
            [NewArea(measured.account, line.building_area + Decimal("1.70"), line.ordinal)],
            effective_from=business_date(at),
            due_on=business_date(at) + timedelta(days=30),
            reason="用户申请实测，阳台封闭",
            source="实测记录（演示）",
            by=by,
            at=at,
        )
    corrections = [Correction(amount_fen=-cold.amount_fen // 10)]
    facts = AdjustmentFacts(cold, corrections, "室温不达标退费", "测温单（演示）")
    draft_adjustment(facts, by=by, at=at)
    # In summer the window is closed: the season that is told is over.
    in_season = business_date(at) <= season.ends
    if in_season and (account := _who_can_stop(season)) is not None:
        applications = {account: Declared(separable=True)}
        apply_stop_heat(season, applications, source="报停申请书（演示）", by=by, at=at)


def _who_can_stop(season: HeatingSeason) -> Account | None:
    """Returns the last account that is not billed yet, has heat and owes nothing."""
    accounts = Account.objects.filter(company=season.company, supply_state=SupplyState.HEATED)
    accounts = accounts.exclude(bills__season=season).select_related("premise")
    for account in accounts.order_by("-number")[:20]:
        contract = account.contracts.filter(ends__isnull=True).first()
        if contract is not None and contract_balance(contract).receivable_fen == 0:
            return account
    return None
