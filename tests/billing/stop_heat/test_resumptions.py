"""Heat that runs again: 1,800.00 yuan in full, 540.00 as basic fee."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.adjustments.price_changes import NewPrice, price_corrections
from billing.ledger.checks import check_ledger
from billing.models import (
    Adjustment,
    Bill,
    HeatingSeason,
    Resumption,
    ResumptionCause,
)
from billing.stop_heat.operations import (
    approve_stop_heat,
)
from billing.stop_heat.resumptions import (
    approve_resumption,
    cancel_resumption,
    draft_resumption,
    return_resumption,
)
from customers.models import Account
from office.approvals.steps import Opinion
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.adjustments.desk import Desk
from tests.billing.runs.billed_season import issued
from tests.billing.stop_heat.stops import (
    DUE,
    JANUARY,
    OCTOBER,
    apply,
    left_on,
    publish,
    resumed,
    stopped,
)

pytestmark = pytest.mark.django_db


class TestApproveResumption:
    def test_the_rest_and_the_fee_are_billed_with_their_own_due_day(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season, reopening_fee_fen=5_000)
        stop = stopped(desk, season, account)
        issued(season, desk.clerk, desk.manager)
        resumption = resumed(desk, stop)
        supplement = Bill.objects.get(kind="supplement")
        stop.refresh_from_db()
        assert (stop.state, resumption.top_up_fen) == ("resumed", 126_000)
        assert (supplement.amount_fen, supplement.due_on) == (131_000, DUE)
        assert left_on(account) == [("season", 54_000), ("supplement", 131_000)]
        assert all(result.holds for result in check_ledger())

    def test_a_self_reconnection_voids_the_stop_and_costs_its_own_fee(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season, self_reconnection_fee_fen=20_000)
        stop = stopped(desk, season, account)
        issued(season, desk.clerk, desk.manager)
        resumed(desk, stop, ResumptionCause.SELF_RECONNECTED)
        stop.refresh_from_db()
        assert (stop.state, Bill.objects.get(kind="supplement").amount_fen) == ("voided", 146_000)

    def test_a_stop_after_the_bill_is_topped_up_too(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season, no_arrears=False)
        issued(season, desk.clerk, desk.manager)
        resumed(desk, stopped(desk, season, account))
        assert sum(fen for _, fen in left_on(account)) == 180_000

    def test_before_the_bill_the_season_is_billed_in_full(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season, reopening_fee_fen=5_000)
        resumed(desk, stopped(desk, season, account))
        issued(season, desk.clerk, desk.manager)
        assert left_on(account) == [("season", 180_000)]

    @pytest.mark.parametrize(("resume", "difference_fen"), [(False, 6_000), (True, 20_000)])
    def test_a_new_price_concerns_what_the_account_bears_now(
        self,
        desk: Desk,
        season: HeatingSeason,
        account: Account,
        resume: bool,
        difference_fen: int,
    ) -> None:
        publish(desk, season)
        stop = stopped(desk, season, account)
        issued(season, desk.clerk, desk.manager)
        if resume:
            resumed(desk, stop)
        category = account.premise.area_lines.get().category_id
        price = NewPrice(category, Decimal("4.00"), date(2025, 11, 1), "whole_season")
        bill = Bill.objects.get(kind="season")
        assert [item.amount_fen for item in price_corrections(bill, price)] == [difference_fen]

    def test_refusals_leave_the_stop(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season)
        [stop] = apply(desk, season, account)

        def draft(due_on: date = DUE, at: datetime = JANUARY) -> Resumption:
            return draft_resumption(
                stop,
                cause=ResumptionCause.APPLIED,
                due_on=due_on,
                source="申请",
                by=desk.clerk,
                at=at,
            )

        with pytest.raises(Refused):
            draft()
        approve_stop_heat(stop, by=desk.manager, at=OCTOBER)
        with pytest.raises(Invalid):
            draft(due_on=date(2026, 1, 7))
        with pytest.raises(Refused) as refusal:
            draft(due_on=date(2026, 5, 1), at=datetime(2026, 4, 1, 2, tzinfo=UTC))
        assert refusal.value.code == "stop_does_not_hold"
        resumption = draft()
        with pytest.raises(Refused) as refusal:
            draft()
        assert refusal.value.code == "resumption_pending"
        with pytest.raises(NotAllowed):
            approve_resumption(resumption, by=desk.clerk, at=JANUARY)
        return_resumption(resumption, Opinion("未申请"), by=desk.manager, at=JANUARY)
        cancel_resumption(resumption, by=desk.clerk, at=JANUARY)
        stop.refresh_from_db()
        assert (stop.state, Adjustment.objects.count()) == ("approved", 0)
