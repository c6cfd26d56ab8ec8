"""Flats of 100 m² that have no heat in 2025-2026: 1,800.00 yuan in full, 30 % as basic fee."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.ledger.checks import check_ledger
from billing.models import (
    Adjustment,
    Bill,
    BillLine,
    HeatingSeason,
    StopHeat,
    StopHeatTerms,
)
from billing.stop_heat.conditions import Declared
from billing.stop_heat.operations import (
    apply_stop_heat,
    approve_stop_heat,
    cancel_stop_heat,
    return_stop_heat,
)
from billing.stop_heat.terms import Conditions, publish_stop_heat_terms
from customers.models import Account, AreaLine, SupplyState
from office.approvals.steps import Opinion
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.adjustments.desk import Desk
from tests.billing.runs.billed_season import issued
from tests.billing.stop_heat.stops import (
    JANUARY,
    OCTOBER,
    SEPARABLE,
    a_flat,
    apply,
    left_on,
    publish,
    stopped,
)
from tests.builders import (
    NOW,
    a_company,
    a_season,
    an_account,
    an_issued_bill,
)

pytestmark = pytest.mark.django_db


class TestPublishStopHeatTerms:
    def test_windows_that_overlap_and_other_impossible_terms_are_refused(
        self, desk: Desk, season: HeatingSeason
    ) -> None:
        terms = publish(desk, season)
        following = a_season(a_company(), "2026-2027")
        tries: list[tuple[HeatingSeason, date, date, dict[str, Any], str, str]] = [
            (season, date(2025, 1, 1), date(2025, 2, 1), {}, "办法", "stop_terms_taken"),
            (
                *(following, date(2025, 12, 15), date(2026, 10, 15), {}, "办法"),
                "stop_windows_overlap",
            ),
            (following, date(2026, 9, 2), date(2026, 9, 1), {}, "办法", "stop_window_wrong"),
            (following, date(2026, 9, 2), date(2027, 4, 1), {}, "办法", "stop_window_wrong"),
            (following, date(2026, 9, 2), date(2026, 10, 1), {}, " ", "source_missing"),
            (
                *(following, date(2026, 9, 2), date(2026, 10, 1)),
                *({"most_of_unit": Decimal(2)}, "办法", "unit_share_wrong"),
            ),
            (
                *(following, date(2026, 9, 2), date(2026, 10, 1)),
                *({"reopening_fee_fen": -1}, "办法", "fee_below_zero"),
            ),
        ]
        for of, opens_on, closes_on, conditions, source, code in tries:
            with pytest.raises((Refused, Invalid)) as refusal:
                publish_stop_heat_terms(
                    of,
                    opens_on=opens_on,
                    closes_on=closes_on,
                    conditions=Conditions(**conditions),
                    source=source,
                    by=desk.manager,
                    at=NOW,
                )
            assert refusal.value.code == code
        assert list(StopHeatTerms.objects.all()) == [terms]


class TestApplyStopHeat:
    def test_each_condition_is_answered_and_kept(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season, heated_last_season=True, out_of_warranty=True)
        [stop] = apply(desk, season, account)
        assert [(answer["name"], answer["passes"]) for answer in stop.conditions] == [
            ("受理期限", True),
            ("欠费", True),
            ("上一采暖季", True),
            ("分户关断", True),
            ("保修期", True),
        ]

    @pytest.mark.parametrize(
        ("conditions", "declared", "reason"),
        [
            ({}, Declared(), "不能分户关断"),
            (
                {"out_of_warranty": True},
                Declared(separable=True, warranty_until=date(2026, 6, 30)),
                "保修期至 2026-06-30",
            ),
            ({}, Declared(separable=True, ordinals=(1,)), "只能整户报停"),
            (
                {"partial_allowed": True},
                Declared(separable=True, ordinals=(7,)),
                "没有序号为 7 的面积",
            ),
            ({"most_of_unit": Decimal("0.4")}, SEPARABLE, "本单元 2 户中报停 1 户，上限为 40%"),
        ],
    )
    def test_a_condition_that_fails_is_named(
        self,
        desk: Desk,
        season: HeatingSeason,
        account: Account,
        conditions: dict[str, Any],
        declared: Declared,
        reason: str,
    ) -> None:
        a_flat()
        publish(desk, season, **conditions)
        with pytest.raises(Refused) as refusal:
            apply(desk, season, account, declared=declared)
        assert account.number in refusal.value.sentence
        assert reason in refusal.value.sentence
        assert StopHeat.objects.count() == 0

    def test_arrears_and_a_stopped_last_season_are_both_named(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        Account.objects.filter(pk=account.pk).update(supply_state=SupplyState.STOPPED)
        contract = account.contracts.select_related("account__premise").get()
        an_issued_bill(contract, a_season(a_company(), "2024-2025"), at=OCTOBER)
        publish(desk, season, heated_last_season=True)
        with pytest.raises(Refused) as refusal:
            apply(desk, season, account)
        assert "尚欠 540.00 元，2024-2025 采暖季已停热" in refusal.value.sentence

    def test_outside_the_window_and_without_terms_nobody_applies(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        with pytest.raises(Refused) as refusal:
            apply(desk, season, account)
        assert refusal.value.code == "no_stop_terms"
        publish(desk, season)
        with pytest.raises(Refused) as refusal:
            apply_stop_heat(
                season, {account: SEPARABLE}, source="申请书", by=desk.clerk, at=JANUARY
            )
        assert "受理期限为 2025-09-01 至 2025-12-15" in refusal.value.sentence
        assert StopHeat.objects.count() == 0

    def test_one_impossible_flat_stops_the_whole_building(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season)
        vacant = an_account(a_company())
        with pytest.raises(Refused) as refusal:
            apply(desk, season, account, vacant, a_flat())
        assert refusal.value.code == "stop_heat_impossible"
        assert f"户号 {vacant.number} 没有有效合同" in refusal.value.sentence
        assert StopHeat.objects.count() == 0

    def test_twice_is_refused_and_after_a_cancelled_one_it_works(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season)
        [stop] = apply(desk, season, account)
        with pytest.raises(Refused):
            apply(desk, season, account)
        return_stop_heat(stop, Opinion("没有申请书"), by=desk.manager, at=OCTOBER)
        assert cancel_stop_heat(stop, by=desk.clerk, at=OCTOBER).state == "cancelled"
        apply(desk, season, account)
        assert sorted(StopHeat.objects.values_list("state", flat=True)) == ["applied", "cancelled"]


class TestApproveStopHeat:
    def test_the_bill_is_the_basic_fee(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season)
        stop = stopped(desk, season, account)
        neighbour = a_flat()
        issued(season, desk.clerk, desk.manager)
        assert (stop.state, stop.approved_by) == ("approved", desk.manager.user)
        assert left_on(account) == [("season", 54_000)]
        assert left_on(neighbour) == [("season", 180_000)]

    def test_a_part_of_the_areas_stops(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        line = account.premise.area_lines.get()
        AreaLine.objects.create(
            premise=account.premise,
            ordinal=2,
            category=line.category,
            building_area=Decimal("20.00"),
            starts=line.starts,
        )
        publish(desk, season, partial_allowed=True)
        [stop] = apply(desk, season, account, declared=Declared(separable=True, ordinals=(2,)))
        approve_stop_heat(stop, by=desk.manager, at=OCTOBER)
        issued(season, desk.clerk, desk.manager)
        lines = BillLine.objects.order_by("ordinal").values_list("ratio", "amount_fen")
        assert list(lines) == [(Decimal(1), 180_000), (Decimal("0.3"), 10_800)]

    def test_after_the_bill_the_difference_is_credited(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season, no_arrears=False)
        issued(season, desk.clerk, desk.manager)
        stopped(desk, season, account)
        assert Adjustment.objects.get().amount_fen == -126_000
        assert left_on(account) == [("season", 54_000)]
        assert all(result.holds for result in check_ledger())

    def test_it_ends_with_its_season(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season)
        stopped(desk, season, account)
        issued(season, desk.clerk, desk.manager)
        following = HeatingSeason.objects.create(
            company=a_company(),
            label="2026-2027",
            starts=date(2026, 11, 1),
            ends=date(2027, 3, 31),
            billable_months=Decimal(5),
            due_on=date(2026, 12, 31),
        )
        issued(following, desk.clerk, desk.manager)
        amounts = Bill.objects.order_by("season__label").values_list("amount_fen", flat=True)
        assert list(amounts) == [54_000, 180_000]

    def test_neither_the_applicant_nor_with_new_arrears(
        self, desk: Desk, season: HeatingSeason, account: Account
    ) -> None:
        publish(desk, season)
        [stop] = apply(desk, season, account)
        with pytest.raises(NotAllowed):
            approve_stop_heat(stop, by=desk.clerk, at=OCTOBER)
        an_issued_bill(account.contracts.get(), a_season(a_company(), "2024-2025"), at=OCTOBER)
        with pytest.raises(Refused) as refusal:
            approve_stop_heat(stop, by=desk.manager, at=OCTOBER)
        stop.refresh_from_db()
        assert (refusal.value.code, stop.state) == ("stop_heat_conditions", "applied")
