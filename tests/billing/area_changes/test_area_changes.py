"""A flat of 89.50 m², measured again at 91.20 m² from 10 December on, at 3.60 yuan a month."""

from datetime import date
from decimal import Decimal

import pytest

from billing.area_changes.operations import (
    NewArea,
    approve_area_change,
    cancel_area_change,
    draft_area_change,
    return_area_change,
)
from billing.area_changes.policies import publish_area_change_policy
from billing.ledger.checks import check_ledger
from billing.ledger.open_bills import open_bills
from billing.models import (
    Adjustment,
    AreaChange,
    AreaChangeLine,
    AreaChangePolicy,
    AreaChangeWay,
    BillLine,
    HeatingSeason,
    ParkedAccount,
)
from customers.models import Account, AreaLine
from office.approvals.steps import Opinion
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.adjustments.desk import Desk
from tests.billing.runs.billed_season import issued, previewed
from tests.builders import NOW, a_company, a_contract, a_customer, an_account

pytestmark = pytest.mark.django_db
FROM = date(2025, 12, 10)
DUE = date(2026, 2, 28)


@pytest.fixture
def account(desk: Desk) -> Account:
    account = an_account(a_company(), area="89.50")
    a_contract(account, a_customer(account.company))
    return account


@pytest.fixture
def season(desk: Desk) -> HeatingSeason:
    return HeatingSeason.objects.create(
        company=a_company(),
        label="2025-2026",
        starts=date(2025, 11, 1),
        ends=date(2026, 3, 31),
        billable_months=Decimal(5),
        due_on=date(2025, 12, 31),
    )


def publish(desk: Desk, way: AreaChangeWay = AreaChangeWay.BY_DAYS) -> AreaChangePolicy:
    return publish_area_change_policy(
        a_company(),
        effective_from=date(2020, 1, 1),
        way=way,
        source="收费办法第三条",
        by=desk.manager,
        at=NOW,
    )


def draft(
    desk: Desk,
    *areas: NewArea,
    effective_from: date = FROM,
    due_on: date | None = DUE,
) -> AreaChange:
    return draft_area_change(
        a_company(),
        areas,
        effective_from=effective_from,
        due_on=due_on,
        reason="实测更正",
        source="实测记录 2025-3",
        by=desk.clerk,
        at=NOW,
    )


def areas_of(account: Account) -> list[tuple[Decimal | None, date, date | None]]:
    lines = account.premise.area_lines.order_by("starts")
    return [(line.building_area, line.starts, line.ends) for line in lines]


def open_amounts(account: Account) -> list[tuple[str, int]]:
    contract = account.contracts.get()
    return [(item.bill.kind, item.open_fen) for item in open_bills(contract)]


BEFORE = [(Decimal("89.50"), date(2020, 11, 1), None)]
AFTER = [(Decimal("89.50"), date(2020, 11, 1), FROM), (Decimal("91.20"), FROM, None)]


class TestApproveAreaChange:
    def test_known_before_the_run_each_area_is_charged_for_its_days(
        self, desk: Desk, account: Account, season: HeatingSeason
    ) -> None:
        publish(desk)
        change = draft(desk, NewArea(account, Decimal("91.20")))
        assert areas_of(account) == BEFORE
        approve_area_change(change, by=desk.manager, at=NOW)
        assert areas_of(account) == AFTER
        issued(season, desk.clerk, desk.manager)
        lines = BillLine.objects.order_by("ordinal")
        assert [
            (line.area, line.charged_from, line.charged_days, line.season_days, line.amount_fen)
            for line in lines
        ] == [
            (Decimal("89.50"), date(2025, 11, 1), 39, 151, 41_609),
            (Decimal("91.20"), FROM, 112, 151, 121_761),
        ]
        assert open_amounts(account) == [("season", 163_370)]
        assert all(result.holds for result in check_ledger())

    def test_without_a_policy_the_area_at_the_start_is_charged(
        self, desk: Desk, account: Account, season: HeatingSeason
    ) -> None:
        approve_area_change(
            draft(desk, NewArea(account, Decimal("91.20"))), by=desk.manager, at=NOW
        )
        issued(season, desk.clerk, desk.manager)
        line = BillLine.objects.get()
        assert (line.amount_fen, line.charged_days) == (161_100, None)

    @pytest.mark.parametrize(
        ("area", "difference_fen", "left"),
        [
            # 91.20 × 18 × 112/151 less 89.50 × 18 × 112/151, each area rounded by itself.
            ("91.20", 2_270, [("season", 161_100), ("supplement", 2_270)]),
            ("80.00", -12_683, [("season", 148_417)]),
        ],
    )
    def test_after_the_run_the_difference_is_issued(
        self,
        desk: Desk,
        account: Account,
        season: HeatingSeason,
        area: str,
        difference_fen: int,
        left: list[tuple[str, int]],
    ) -> None:
        publish(desk)
        issued(season, desk.clerk, desk.manager)
        change = draft(desk, NewArea(account, Decimal(area)))
        assert change.lines.get().difference_fen == difference_fen
        assert Adjustment.objects.count() == 0
        approve_area_change(change, by=desk.manager, at=NOW)
        adjustment = Adjustment.objects.get()
        assert (adjustment.amount_fen, adjustment.created_by, adjustment.approved_by) == (
            difference_fen,
            desk.clerk.user,
            desk.manager.user,
        )
        assert "39/151 日" in adjustment.lines.get().working
        assert open_amounts(account) == left
        assert all(result.holds for result in check_ledger())

    def test_two_changes_after_the_run_come_to_what_the_run_would_have_billed(
        self, desk: Desk, account: Account, season: HeatingSeason
    ) -> None:
        publish(desk)
        issued(season, desk.clerk, desk.manager)
        for area, day in (("91.20", FROM), ("80.00", date(2026, 1, 20))):
            change = draft(desk, NewArea(account, Decimal(area)), effective_from=day)
            approve_area_change(change, by=desk.manager, at=NOW)
        # 89.50 for 39 days, 91.20 for 41, 80.00 for 71.
        assert sum(fen for _, fen in open_amounts(account)) == 41_609 + 44_573 + 67_709

    def test_by_the_start_of_the_season_a_bill_stays(
        self, desk: Desk, account: Account, season: HeatingSeason
    ) -> None:
        publish(desk, AreaChangeWay.SEASON_START)
        issued(season, desk.clerk, desk.manager)
        approve_area_change(
            draft(desk, NewArea(account, Decimal("91.20"))), by=desk.manager, at=NOW
        )
        assert (Adjustment.objects.count(), areas_of(account)) == (0, AFTER)

    def test_the_drafter_does_not_approve(self, desk: Desk, account: Account) -> None:
        change = draft(desk, NewArea(account, Decimal("91.20")))
        with pytest.raises(NotAllowed):
            approve_area_change(change, by=desk.clerk, at=NOW)
        assert areas_of(account) == BEFORE

    def test_an_area_that_has_changed_since_stops_the_whole_batch(
        self, desk: Desk, account: Account
    ) -> None:
        other = an_account(a_company(), area="60.00")
        change = draft(desk, NewArea(account, Decimal("91.20")), NewArea(other, Decimal("61.00")))
        AreaLine.objects.filter(premise=other.premise).update(ends=date(2025, 12, 1))
        with pytest.raises(Refused) as refusal:
            approve_area_change(change, by=desk.manager, at=NOW)
        change.refresh_from_db()
        assert (refusal.value.code, change.state) == ("area_changed_since", "drafted")
        assert areas_of(account) == BEFORE


class TestDraftAreaChange:
    def test_one_impossible_flat_stops_the_whole_batch(self, desk: Desk, account: Account) -> None:
        other = an_account(a_company(), area="60.00")
        with pytest.raises(Refused) as refusal:
            draft(desk, NewArea(account, Decimal("91.20")), NewArea(other, Decimal("60.00")))
        assert refusal.value.code == "area_unchanged"
        assert other.number in refusal.value.sentence
        assert (AreaChange.objects.count(), AreaChangeLine.objects.count()) == (0, 0)

    @pytest.mark.parametrize(
        ("area", "ordinal", "day", "code"),
        [
            ("91.20", 1, date(2020, 11, 1), "area_windows_overlap"),
            ("91.20", 2, FROM, "no_open_area"),
            ("89.50", 1, FROM, "area_unchanged"),
            ("0.00", 1, FROM, "area_not_positive"),
        ],
    )
    def test_refusals_leave_nothing(
        self, desk: Desk, account: Account, area: str, ordinal: int, day: date, code: str
    ) -> None:
        with pytest.raises((Refused, Invalid)) as refusal:
            draft(desk, NewArea(account, Decimal(area), ordinal), effective_from=day)
        assert refusal.value.code == code
        assert AreaChange.objects.count() == 0

    def test_the_same_area_twice_and_a_second_draft_are_refused(
        self, desk: Desk, account: Account
    ) -> None:
        area = NewArea(account, Decimal("91.20"))
        with pytest.raises(Invalid):
            draft(desk, area, area)
        change = draft(desk, area)
        with pytest.raises(Refused) as refusal:
            draft(desk, area)
        assert refusal.value.code == "area_change_pending"
        assert list(AreaChange.objects.all()) == [change]

    def test_a_bill_that_becomes_higher_needs_a_due_day(
        self, desk: Desk, account: Account, season: HeatingSeason
    ) -> None:
        publish(desk)
        issued(season, desk.clerk, desk.manager)
        with pytest.raises(Invalid) as refusal:
            draft(desk, NewArea(account, Decimal("91.20")), due_on=None)
        assert refusal.value.code == "due_day_missing"
        assert AreaChange.objects.count() == 0
        draft(desk, NewArea(account, Decimal("80.00")), due_on=None)

    def test_returned_and_cancelled(self, desk: Desk, account: Account) -> None:
        change = draft(desk, NewArea(account, Decimal("91.20")))
        return_area_change(change, Opinion("没有实测记录"), by=desk.manager, at=NOW)
        cancelled = cancel_area_change(change, by=desk.clerk, at=NOW)
        assert (cancelled.state, areas_of(account)) == ("cancelled", BEFORE)
        assert JournalEntry.objects.filter(action="cancel_area_change").count() == 1


class TestAreaOverlap:
    def test_areas_that_overlap_are_parked_and_not_charged_twice(
        self, desk: Desk, account: Account, season: HeatingSeason
    ) -> None:
        publish(desk)
        AreaLine.objects.create(
            premise=account.premise,
            category=account.premise.area_lines.get().category,
            building_area=Decimal("91.20"),
            starts=FROM,
        )
        run = previewed(season, desk.clerk)
        assert (run.bill_count, ParkedAccount.objects.get().reason) == (0, "area_overlap")


class TestPublishAreaChangePolicy:
    def test_a_policy_is_published_and_recorded(self, desk: Desk) -> None:
        policy = publish(desk)
        assert (policy.way, policy.published_by) == ("by_days", desk.manager.user)
        assert JournalEntry.objects.filter(action="publish_area_change_policy").count() == 1

    def test_refusals_leave_nothing(
        self, desk: Desk, account: Account, season: HeatingSeason
    ) -> None:
        publish(desk)
        issued(season, desk.clerk, desk.manager)
        company = a_company()
        for day, source, code in (
            (date(2020, 1, 1), "办法", "area_change_policy_taken"),
            (date(2025, 10, 1), "办法", "policy_of_billed_season"),
            (date(2026, 10, 1), " ", "source_missing"),
        ):
            with pytest.raises((Refused, Invalid)) as refusal:
                publish_area_change_policy(
                    company,
                    effective_from=day,
                    way=AreaChangeWay.SEASON_START,
                    source=source,
                    by=desk.manager,
                    at=NOW,
                )
            assert refusal.value.code == code
        with pytest.raises(NotAllowed):
            publish_area_change_policy(
                company,
                effective_from=date(2026, 10, 1),
                way=AreaChangeWay.BY_DAYS,
                source="办法",
                by=desk.clerk,
                at=NOW,
            )
        assert AreaChangePolicy.objects.count() == 1
