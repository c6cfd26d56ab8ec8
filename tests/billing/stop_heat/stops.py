"""The short ways through stops and resumptions, of flats of 100 m²."""

from datetime import UTC, date, datetime
from typing import Any

from billing.ledger.open_bills import open_bills
from billing.models import (
    HeatingSeason,
    Resumption,
    ResumptionCause,
    StopHeat,
    StopHeatTerms,
)
from billing.stop_heat.conditions import Declared
from billing.stop_heat.operations import (
    apply_stop_heat,
    approve_stop_heat,
)
from billing.stop_heat.resumptions import (
    approve_resumption,
    draft_resumption,
)
from billing.stop_heat.terms import Conditions, publish_stop_heat_terms
from customers.models import Account
from tests.billing.adjustments.desk import Desk
from tests.builders import (
    a_company,
    a_contract,
    a_customer,
    an_account,
)

OCTOBER = datetime(2025, 10, 10, 2, tzinfo=UTC)
JANUARY = datetime(2026, 1, 8, 2, tzinfo=UTC)
DUE = date(2026, 1, 31)
SEPARABLE = Declared(separable=True)


def a_flat() -> Account:
    account = an_account(a_company(), area="100.00")
    a_contract(account, a_customer(account.company))
    return account


def publish(desk: Desk, season: HeatingSeason, **conditions: Any) -> StopHeatTerms:
    return publish_stop_heat_terms(
        season,
        opens_on=date(2025, 9, 1),
        closes_on=date(2025, 12, 15),
        conditions=Conditions(**conditions),
        source="供热管理办法第二十条",
        by=desk.manager,
        at=OCTOBER,
    )


def apply(
    desk: Desk, season: HeatingSeason, *accounts: Account, declared: Declared = SEPARABLE
) -> list[StopHeat]:
    applications = dict.fromkeys(accounts, declared)
    return apply_stop_heat(season, applications, source="申请书", by=desk.clerk, at=OCTOBER)


def stopped(desk: Desk, season: HeatingSeason, account: Account) -> StopHeat:
    [stop] = apply(desk, season, account)
    return approve_stop_heat(stop, by=desk.manager, at=OCTOBER)


def resumed(
    desk: Desk, stop: StopHeat, cause: ResumptionCause = ResumptionCause.APPLIED
) -> Resumption:
    resumption = draft_resumption(
        stop, cause=cause, due_on=DUE, source="复热申请", by=desk.clerk, at=JANUARY
    )
    return approve_resumption(resumption, by=desk.manager, at=JANUARY)


def left_on(account: Account) -> list[tuple[str, int]]:
    return [(item.bill.kind, item.open_fen) for item in open_bills(account.contracts.get())]
