"""Holds and instalment plans: who may make them, when they run and when a plan is broken."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.dunning.holds import HoldFacts, lift_dunning_hold, place_dunning_hold
from billing.dunning.plans import PartFacts, agree_instalment_plan, cancel_instalment_plan
from billing.dunning.standings import PlanStanding, net_debt_fen, plan_standings
from billing.dunning.tasks_waiting import broken_plans
from billing.ledger.late_fees import late_fees
from billing.models import (
    DunningHold,
    HoldKind,
    InstalmentPlan,
    LateFeeBase,
    LateFeeSuspension,
    SpendingOrder,
)
from billing.penalties.operations import publish_late_fee_rule
from customers.models import SupplyContract
from heating.roles import CASHIER, CLERK, MANAGER
from office.actors import Actor
from office.calendar import business_date
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    an_account,
    an_issued_bill,
)
from tests.clock import present
from tests.shared_rows import shared

pytestmark = pytest.mark.django_db
BILL = 205_848
TODAY = business_date(NOW)


def a_debtor() -> dict[str, Any]:
    """A contract owes a bill of 2,058.48 yuan; a clerk, a manager and a cashier at her till."""
    company = a_company()
    contract = a_contract(an_account(company, number="1100001"), a_customer(company))
    bill = an_issued_bill(contract)
    roles = {"clerk": CLERK, "manager": MANAGER, "cashier": CASHIER}
    staff = {name: a_member_of_staff(name, role, company) for name, role in roles.items()}
    actors = {name: Actor.staff(user) for name, user in staff.items()}
    open_shift(company, till="1", float_fen=0, by=actors["cashier"], at=NOW)
    return {"contract": contract, "bill": bill, "users": staff, **actors}


desk = shared(a_debtor)


def hold(desk: dict[str, Any], kind: HoldKind, by: str = "clerk", **facts: Any) -> DunningHold:
    values: dict[str, Any] = {"ends": TODAY + timedelta(9), "reason": "室温不达标"} | facts
    return place_dunning_hold(desk["contract"], HoldFacts(kind, **values), by=desk[by], at=NOW)


class TestPlaceDunningHold:
    def test_it_runs_from_today_to_its_last_day(self, desk: dict[str, Any]) -> None:
        placed = hold(desk, HoldKind.PROMISE, promised_fen=100_000)
        days = [TODAY - timedelta(1), TODAY, TODAY + timedelta(9), TODAY + timedelta(10)]
        assert [placed.runs_on(day) for day in days] == [False, True, True, False]
        entry = JournalEntry.objects.get(action="place_dunning_hold")
        assert entry.facts == {
            "contract": desk["contract"].number,
            "kind": "promise",
            "ends": f"{placed.ends}",
            "reason": "室温不达标",
        }

    @pytest.mark.parametrize(
        ("kind", "facts", "code"),
        [
            (HoldKind.DISPUTE, {"ends": TODAY - timedelta(1)}, "hold_day_passed"),
            (HoldKind.DISPUTE, {"reason": " "}, "reason_missing"),
            (HoldKind.DISPUTE, {"promised_fen": 100}, "promise_wrong"),
            (HoldKind.PROMISE, {"promised_fen": 0}, "promise_wrong"),
            (HoldKind.EXEMPT, {}, "source_missing"),
        ],
    )
    def test_refuses(
        self, desk: dict[str, Any], kind: HoldKind, facts: dict[str, Any], code: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            hold(desk, kind, "manager", **facts)
        assert refusal.value.code == code
        assert not DunningHold.objects.exists()

    def test_who_exempts_needs_the_permission_for_it(self, desk: dict[str, Any]) -> None:
        with pytest.raises(NotAllowed):
            hold(desk, HoldKind.EXEMPT, source="批示")
        assert hold(desk, HoldKind.EXEMPT, "manager", source="批示").source == "批示"

    def test_a_second_of_its_kind_waits_until_the_first_is_lifted(
        self, desk: dict[str, Any]
    ) -> None:
        first = hold(desk, HoldKind.DISPUTE)
        with pytest.raises(Refused) as refusal:
            hold(desk, HoldKind.DISPUTE)
        assert refusal.value.code == "hold_running"
        lifted = lift_dunning_hold(first, reason="已复测", by=desk["clerk"], at=NOW)
        assert (lifted.runs_on(TODAY), lifted.lifting_reason) == (False, "已复测")
        hold(desk, HoldKind.DISPUTE)
        with pytest.raises(Refused):
            lift_dunning_hold(first, reason="再次", by=desk["clerk"], at=NOW)
        assert DunningHold.objects.count() == 2

    def test_who_may_not_exempt_does_not_lift_an_exemption(self, desk: dict[str, Any]) -> None:
        exemption = hold(desk, HoldKind.EXEMPT, "manager", source="批示")
        with pytest.raises(NotAllowed):
            lift_dunning_hold(exemption, reason="来电", by=desk["clerk"], at=NOW)
        exemption.refresh_from_db()
        assert (exemption.lifted_at, exemption.lifting_reason) == (None, "")
        lift_dunning_hold(exemption, reason="批示期满", by=desk["manager"], at=NOW)
        exemption.refresh_from_db()
        assert exemption.lifted_by == desk["users"]["manager"]


def parts(*amounts: int) -> list[PartFacts]:
    """Parts of these amounts in fen, due 10, 20, 30 … days from today."""
    return [PartFacts(TODAY + timedelta(10 * number), fen) for number, fen in enumerate(amounts, 1)]


def agree(desk: dict[str, Any], agreed: list[PartFacts], by: str = "manager") -> InstalmentPlan:
    return agree_instalment_plan(
        desk["contract"], agreed, reason="困难", source="协议", by=desk[by], at=NOW
    )


def pay(desk: dict[str, Any], fen: int, of: int, at: datetime) -> None:
    """Pays an amount of what is open on the bill, both in fen."""
    form = CounterForm(f"{of:032x}", [desk["bill"]], fen, of)
    take_cash(desk["contract"], form, by=desk["cashier"], at=at)


class TestAgreeInstalmentPlan:
    def test_it_is_broken_when_a_part_is_overdue_and_kept_when_it_is_paid(
        self, client: Client, desk: dict[str, Any]
    ) -> None:
        def waiting(day: int) -> int:
            return broken_plans(desk["users"]["manager"], NOW + timedelta(day)).count()

        client.force_login(desk["users"]["manager"])
        broken_list = reverse("admin:billing_instalmentplan_changelist") + "?standing=broken"
        contract: SupplyContract = desk["contract"]
        assert net_debt_fen(contract) == BILL
        plan = agree(desk, parts(100_000, 105_848))

        def standing(day: int) -> PlanStanding:
            return plan_standings([plan.pk], on=TODAY + timedelta(day))[plan.pk]

        assert standing(10) == PlanStanding(paid_fen=0, due_fen=0, debt_fen=BILL)
        assert [standing(day).is_broken for day in (10, 11)] == [False, True]
        assert [waiting(day) for day in (10, 11)] == [0, 1]
        assert list(client.get(broken_list).context["cl"].result_list) == [plan]
        pay(desk, 100_000, BILL, NOW + timedelta(hours=1))
        assert standing(20) == PlanStanding(paid_fen=100_000, due_fen=100_000, debt_fen=BILL)
        assert [standing(day).is_broken for day in (20, 21)] == [False, True]
        pay(desk, 105_848, 105_848, NOW + timedelta(hours=2))
        assert (standing(21).is_broken, standing(21).is_fulfilled) == (False, True)
        assert waiting(21) == 0
        assert not client.get(broken_list).context["cl"].result_list

    @pytest.mark.parametrize(
        ("order", "open_fen"),
        [(SpendingOrder.LATE_FEE_FIRST, 105_848 + 9_160), (SpendingOrder.PRINCIPAL_FIRST, 105_848)],
    )
    def test_money_paid_in_time_counts_in_full_whatever_late_fee_it_pays(
        self, desk: dict[str, Any], order: SpendingOrder, open_fen: int
    ) -> None:
        contract: SupplyContract = desk["contract"]
        publish_late_fee_rule(
            contract.company,
            effective_from=date(2020, 1, 1),
            per_day=Decimal("0.0005"),
            base=LateFeeBase.OUTSTANDING,
            order=order,
            source="供用热合同第八条",
            by=desk["manager"],
            at=NOW,
        )
        at = datetime(2026, 3, 31, 2, tzinfo=UTC)
        day = business_date(at)

        def fee_fen() -> int:
            return sum(fee.payable_fen for fee in late_fees(contract, day).fees)

        # 89 days, from 1 January to yesterday.
        assert fee_fen() == 9_160
        agreed = [PartFacts(day, 100_000), PartFacts(day + timedelta(30), 105_848)]
        plan = agree_instalment_plan(
            contract, agreed, reason="困难", source="协议", by=desk["manager"], at=at
        )
        pay(desk, 100_000, BILL + 9_160, at + timedelta(hours=1))
        assert net_debt_fen(contract) == open_fen
        next_day = plan_standings([plan.pk], on=day + timedelta(1))[plan.pk]
        assert next_day == PlanStanding(paid_fen=100_000, due_fen=100_000, debt_fen=BILL)
        pay(desk, 105_848, 105_848 + 9_160, at + timedelta(hours=2))
        last = plan_standings([plan.pk], on=day + timedelta(31))[plan.pk]
        assert last == PlanStanding(paid_fen=BILL, due_fen=BILL, debt_fen=BILL)
        # What stays to pay is the fee of before the plan, as principal or as fee.
        assert net_debt_fen(contract) + fee_fen() == 9_160

    def test_a_bill_that_appears_later_is_not_part_of_the_plan_whenever_it_was_dated(
        self, desk: dict[str, Any]
    ) -> None:
        plan = agree(desk, parts(100_000, 105_848))
        # A billing run wrote this bill before the agreement and lets it appear after it.
        season = a_season(desk["contract"].company, "2024-2025")
        an_issued_bill(desk["contract"], season, at=NOW - timedelta(minutes=1))
        standing = plan_standings([plan.pk], on=TODAY)[plan.pk]
        assert standing == PlanStanding(paid_fen=0, due_fen=0, debt_fen=BILL)

    def test_a_plan_without_its_bills_has_those_of_its_day(self, desk: dict[str, Any]) -> None:
        # The version before wrote no bills while it still ran.
        plan = agree(desk, parts(100_000, 105_848))
        InstalmentPlan.objects.update(bill_ids=[])
        an_issued_bill(
            desk["contract"],
            a_season(desk["contract"].company, "2024-2025"),
            at=NOW + timedelta(minutes=1),
        )
        standing = plan_standings([plan.pk], on=TODAY)[plan.pk]
        assert standing == PlanStanding(paid_fen=0, due_fen=0, debt_fen=BILL)

    def test_its_days_bear_no_late_fee(self, desk: dict[str, Any]) -> None:
        agree(desk, parts(100_000, 105_848))
        suspension = LateFeeSuspension.objects.get(contract=desk["contract"])
        assert (suspension.starts, suspension.ends) == (TODAY, TODAY + timedelta(20))
        assert (suspension.reason, suspension.source) == ("分期缴费计划：困难", "协议")

    @pytest.mark.parametrize(
        ("agreed", "code"),
        [
            (parts(BILL), "parts_count_wrong"),
            (parts(100_000, 105_847), "parts_do_not_add_up"),
            (parts(BILL, 0), "part_amount_wrong"),
            (parts(100_000, 105_848)[::-1], "parts_days_wrong"),
            ([PartFacts(date(2025, 1, 1), 100_000), *parts(105_848)], "parts_days_wrong"),
        ],
    )
    def test_refuses(self, desk: dict[str, Any], agreed: list[PartFacts], code: str) -> None:
        with pytest.raises(Invalid) as refusal:
            agree(desk, agreed)
        assert refusal.value.code == code
        assert not InstalmentPlan.objects.exists()
        assert not LateFeeSuspension.objects.exists()

    def test_a_clerk_may_not_and_a_second_plan_waits_for_the_end_of_the_first(
        self, desk: dict[str, Any]
    ) -> None:
        with pytest.raises(NotAllowed):
            agree(desk, parts(100_000, 105_848), "clerk")
        plan = agree(desk, parts(100_000, 105_848))
        with pytest.raises(Refused) as refusal:
            agree(desk, parts(100_000, 105_848))
        assert refusal.value.code == "plan_running"
        cancel_instalment_plan(plan, reason="用户不同意", by=desk["manager"], at=NOW)
        agree(desk, parts(5_848, 200_000))
        assert InstalmentPlan.objects.filter(cancelled_at=None).count() == 1


class TestAccountPage:
    def test_the_card_leads_to_the_forms_and_shows_what_runs(
        self, client: Client, desk: dict[str, Any]
    ) -> None:
        account = desk["contract"].account
        client.force_login(desk["users"]["manager"])
        address = reverse("admin:billing_instalmentplan_add")
        query = {"company": account.company_id, "account": account.number}
        form = client.get(address, query).content.decode()
        assert 'value="1100001"' in form
        today = business_date(present())
        lines = [f"{today + timedelta(10)} 58.48", "", f"{today + timedelta(20)} 2,000"]
        sent = query | {"parts": "\n".join(lines), "reason": "困难", "source": "协议"}
        assert client.post(address, sent).status_code == 302
        refused = client.post(address, sent | {"parts": "2027 58.48"})
        assert refused.status_code == 422
        assert "第 1 行应为日期和金额" in refused.content.decode()
        # Cleaning makes this text twice as long as its column.
        holding = reverse("admin:billing_dunninghold_add")
        sent_hold = query | {"kind": "dispute", "ends": f"{today}", "reason": "…" * 100}
        too_long = client.post(holding, sent_hold)
        assert too_long.status_code == 422
        assert "填写的内容过长" in too_long.content.decode()
        assert not DunningHold.objects.exists()
        hold(desk, HoldKind.DISPUTE, ends=today)
        page = client.get(reverse("admin:customers_account_change", args=[account.pk]))
        text = page.content.decode()
        for words in ("争议", "生效中", "分期缴费计划", "2,000.00", "室温不达标"):
            assert words in text
        listed = client.get(reverse("admin:billing_instalmentplan_changelist"))
        assert "履行中　0.00" in listed.content.decode()
