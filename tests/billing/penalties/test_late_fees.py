"""Late fees: 1,611.00 yuan due on 31 December 2025, two per mille a day."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from billing.chart import LedgerAccount
from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.ledger.late_fees import late_fees, owed
from billing.ledger.open_bills import open_bills
from billing.models import (
    Bill,
    LateFeeBase,
    LateFeeRule,
    LateFeeSuspension,
    LateFeeWaiver,
    Payment,
    SpendingOrder,
    Transfer,
)
from billing.penalties.operations import publish_late_fee_rule, suspend_late_fee
from billing.penalties.waivers import (
    approve_late_fee_waiver,
    cancel_late_fee_waiver,
    draft_late_fee_waiver,
    return_late_fee_waiver,
)
from heating.roles import CASHIER, CLERK, MANAGER
from office.actors import Actor
from office.approvals.steps import Opinion
from office.calendar import business_date
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)

pytestmark = pytest.mark.django_db
BILLED = 161_100


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@pytest.fixture
def bill(db: None) -> Bill:
    """89.50 m² for the season 2025-2026."""
    company = a_company()
    return an_issued_bill(a_contract(an_account(company, area="89.50"), a_customer(company)))


@pytest.fixture
def manager(bill: Bill) -> Actor:
    return Actor.staff(a_member_of_staff("主管", MANAGER, bill.company))


@pytest.fixture
def cashier(bill: Bill) -> Actor:
    """A cashier with an open shift."""
    cashier = Actor.staff(a_member_of_staff("收费", CASHIER, bill.company))
    open_shift(bill.company, till="1", float_fen=0, by=cashier, at=NOW)
    return cashier


def publish(manager: Actor, bill: Bill, **changed: Any) -> LateFeeRule:
    terms: dict[str, Any] = {
        "effective_from": date(2020, 1, 1),
        "per_day": Decimal("0.002"),
        "base": LateFeeBase.OUTSTANDING,
        "order": SpendingOrder.PRINCIPAL_FIRST,
        "source": "供用热合同第八条",
    }
    return publish_late_fee_rule(bill.company, **(terms | changed), by=manager, at=NOW)


def pay(bill: Bill, cashier: Actor, amount_fen: int, day: date) -> Payment:
    waiting = owed(bill.contract, day)
    form = CounterForm(
        f"{day}",
        [item.bill for item in waiting if not item.is_late_fee],
        amount_fen,
        sum(item.open_fen for item in waiting),
        beyond_debt=True,
    )
    return take_cash(bill.contract, form, by=cashier, at=noon(day))


def payable(bill: Bill, day: date) -> int:
    return sum(fee.payable_fen for fee in late_fees(bill.contract, day).fees)


class TestPublishLateFeeRule:
    def test_a_rule_is_published_and_recorded(self, bill: Bill, manager: Actor) -> None:
        rule = publish(manager, bill)
        assert (rule.per_day, rule.published_by) == (Decimal("0.002"), manager.user)
        assert JournalEntry.objects.filter(action="publish_late_fee_rule").count() == 1

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"per_day": Decimal("1.1")}, "late_fee_rate_wrong"),
            ({"source": " "}, "source_missing"),
            ({"effective_from": date(2025, 11, 9)}, "rule_backdated"),
            ({"effective_from": date(2026, 1, 1)}, "late_fee_rule_taken"),
        ],
    )
    def test_refusals_leave_nothing(
        self, bill: Bill, manager: Actor, changed: dict[str, Any], code: str
    ) -> None:
        publish(manager, bill)
        publish(manager, bill, effective_from=date(2026, 1, 1))
        with pytest.raises((Refused, Invalid)) as refusal:
            publish(manager, bill, **({"effective_from": date(2026, 2, 1)} | changed))
        assert refusal.value.code == code
        assert LateFeeRule.objects.count() == 2

    def test_a_clerk_may_not(self, bill: Bill) -> None:
        clerk = Actor.staff(a_member_of_staff("计费", CLERK, bill.company))
        with pytest.raises(NotAllowed):
            publish(clerk, bill)
        assert LateFeeRule.objects.count() == 0


class TestAccrual:
    def test_without_a_rule_there_is_no_fee(self, bill: Bill) -> None:
        assert payable(bill, date(2026, 6, 1)) == 0

    @pytest.mark.parametrize(
        ("day", "fee_fen"),
        [
            (date(2025, 12, 31), 0),
            (date(2026, 1, 1), 0),
            (date(2026, 1, 2), 322),
            (date(2026, 2, 9), 12_566),
            (date(2028, 1, 1), BILLED),
        ],
    )
    def test_each_day_after_the_due_day_counts_up_to_the_principal(
        self, bill: Bill, manager: Actor, day: date, fee_fen: int
    ) -> None:
        publish(manager, bill)
        assert payable(bill, day) == fee_fen

    def test_the_day_of_payment_bears_what_it_left_open(
        self, bill: Bill, manager: Actor, cashier: Actor
    ) -> None:
        publish(manager, bill)
        pay(bill, cashier, 100_000, date(2026, 1, 20))
        assert payable(bill, date(2026, 1, 20)) == 6_122
        assert payable(bill, date(2026, 3, 11)) == 12_232

    def test_a_suspension_frees_its_days(self, bill: Bill, manager: Actor) -> None:
        publish(manager, bill)
        suspend_late_fee(
            bill.contract,
            starts=date(2026, 1, 15),
            ends=date(2026, 2, 28),
            reason="分期",
            source="分期协议 3",
            by=manager,
            at=noon(date(2026, 1, 15)),
        )
        assert payable(bill, date(2026, 1, 15)) == 4_511
        assert payable(bill, date(2026, 3, 1)) == 4_511
        assert payable(bill, date(2026, 3, 2)) == 4_833


class TestSpending:
    def test_principal_first_leaves_the_fee_until_last(
        self, bill: Bill, manager: Actor, cashier: Actor
    ) -> None:
        publish(manager, bill)
        pay(bill, cashier, 100_000, date(2026, 1, 20))
        payment = pay(bill, cashier, 70_000, date(2026, 3, 12))
        assert payable(bill, date(2026, 4, 30)) == 3_454
        balance = contract_balance(bill.contract)
        assert (balance.receivable_fen, balance.advance_fen) == (0, 0)
        rows = Transfer.objects.filter(source_type="payment", source_id=payment.pk).order_by("pk")
        assert list(rows.values_list("kind", "credit", "amount_fen", "bill")) == [
            ("payment", LedgerAccount.ADVANCE, 70_000, None),
            ("allocation", LedgerAccount.RECEIVABLE, 61_100, bill.pk),
            ("late_fee", LedgerAccount.LATE_FEE_INCOME, 8_900, bill.pk),
        ]
        lines = [(line["item"], line["amount"]) for line in payment.receipt.paper["lines"]]
        assert lines == [("采暖费", "611.00"), ("违约金", "89.00")]
        assert [result.check.name for result in check_ledger() if not result.holds] == []

    def test_late_fee_first(self, bill: Bill, manager: Actor, cashier: Actor) -> None:
        publish(manager, bill, order=SpendingOrder.LATE_FEE_FIRST)
        pay(bill, cashier, 100_000, date(2026, 1, 20))
        assert [item.open_fen for item in open_bills(bill.contract)] == [67_222]
        pay(bill, cashier, 70_000, date(2026, 3, 12))
        assert [item.open_fen for item in open_bills(bill.contract)] == [4_078]
        assert payable(bill, date(2026, 4, 30)) == 400
        income = Transfer.objects.filter(credit=LedgerAccount.LATE_FEE_INCOME)
        assert sum(income.values_list("amount_fen", flat=True)) == 12_978
        assert [result.check.name for result in check_ledger() if not result.holds] == []


class TestCounter:
    def test_the_fee_is_part_of_what_is_owed(
        self, bill: Bill, manager: Actor, cashier: Actor
    ) -> None:
        publish(manager, bill)
        day = date(2026, 1, 20)
        items = [(item.is_late_fee, item.open_fen) for item in owed(bill.contract, day)]
        assert items == [(False, BILLED), (True, 6_122)]
        form = CounterForm("1", [bill], BILLED + 6_122, BILLED + 6_122)
        take_cash(bill.contract, form, by=cashier, at=noon(day))
        assert owed(bill.contract, date(2026, 6, 1)) == []

    def test_a_form_of_yesterday_is_refused(
        self, bill: Bill, manager: Actor, cashier: Actor
    ) -> None:
        publish(manager, bill)
        form = CounterForm("1", [bill], BILLED, BILLED + 5_800)
        with pytest.raises(Refused) as refusal:
            take_cash(bill.contract, form, by=cashier, at=noon(date(2026, 1, 20)))
        assert refusal.value.code == "balance_changed"
        assert Payment.objects.count() == 0


class TestSuspendLateFee:
    @pytest.mark.parametrize(
        ("starts", "ends", "reason", "code"),
        [
            (date(2025, 11, 9), date(2026, 1, 1), "x", "suspension_backdated"),
            (date(2026, 1, 2), date(2026, 1, 1), "x", "suspension_days_wrong"),
            (date(2026, 1, 2), date(2026, 1, 3), " ", "reason_missing"),
        ],
    )
    def test_refusals_leave_nothing(
        self, bill: Bill, manager: Actor, starts: date, ends: date, reason: str, code: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            suspend_late_fee(
                bill.contract,
                starts=starts,
                ends=ends,
                reason=reason,
                source="协议",
                by=manager,
                at=NOW,
            )
        assert refusal.value.code == code
        assert LateFeeSuspension.objects.count() == 0

    def test_people_of_another_company_may_not(self, bill: Bill) -> None:
        stranger = Actor.staff(a_member_of_staff("外人", MANAGER, a_company("21")))
        with pytest.raises(NotAllowed):
            suspend_late_fee(
                bill.contract,
                starts=business_date(NOW),
                ends=date(2026, 1, 3),
                reason="x",
                source="y",
                by=stranger,
                at=NOW,
            )
        assert LateFeeSuspension.objects.count() == 0


class TestLateFeeWaiver:
    @pytest.fixture
    def clerk(self, bill: Bill) -> Actor:
        return Actor.staff(a_member_of_staff("计费", CLERK, bill.company))

    def draft(self, bill: Bill, clerk: Actor, amount_fen: int, day: date) -> LateFeeWaiver:
        return draft_late_fee_waiver(
            bill.contract,
            bill.season,
            amount_fen,
            reason="家庭困难",
            source="申请 7",
            by=clerk,
            at=noon(day),
        )

    def test_an_approved_waiver_is_taken_off(
        self, bill: Bill, manager: Actor, clerk: Actor
    ) -> None:
        publish(manager, bill)
        waiver = self.draft(bill, clerk, 5_000, date(2026, 2, 9))
        assert payable(bill, date(2026, 2, 9)) == 12_566
        approve_late_fee_waiver(waiver, by=manager, at=noon(date(2026, 2, 9)))
        assert payable(bill, date(2026, 2, 9)) == 7_566
        assert payable(bill, date(2026, 2, 10)) == 7_888
        assert Transfer.objects.filter(kind="late_fee").count() == 0

    def test_one_waiver_of_a_season_waits_at_a_time(
        self, bill: Bill, manager: Actor, clerk: Actor
    ) -> None:
        publish(manager, bill)
        waiver = self.draft(bill, clerk, 5_000, date(2026, 2, 9))
        with pytest.raises(Refused, match="已有减免申请正在等待审核"):
            self.draft(bill, clerk, 5_000, date(2026, 2, 9))
        assert LateFeeWaiver.objects.get() == waiver
        cancel_late_fee_waiver(waiver, by=clerk, at=noon(date(2026, 2, 9)))
        self.draft(bill, clerk, 4_000, date(2026, 2, 9))
        assert LateFeeWaiver.objects.count() == 2

    def test_what_was_paid_meanwhile_is_not_waived(
        self, bill: Bill, manager: Actor, clerk: Actor, cashier: Actor
    ) -> None:
        publish(manager, bill)
        waiver = self.draft(bill, clerk, 12_566, date(2026, 2, 9))
        pay(bill, cashier, BILLED + 12_000, date(2026, 2, 9))
        waiver = approve_late_fee_waiver(waiver, by=manager, at=noon(date(2026, 2, 9)))
        assert waiver.waived_fen == 566
        assert payable(bill, date(2026, 6, 1)) == 0

    def test_nothing_left_to_waive_is_refused(
        self, bill: Bill, manager: Actor, clerk: Actor, cashier: Actor
    ) -> None:
        publish(manager, bill)
        waiver = self.draft(bill, clerk, 100, date(2026, 2, 9))
        pay(bill, cashier, BILLED + 12_566, date(2026, 2, 9))
        with pytest.raises(Refused) as refusal:
            approve_late_fee_waiver(waiver, by=manager, at=noon(date(2026, 2, 9)))
        assert refusal.value.code == "nothing_to_waive"
        waiver.refresh_from_db()
        assert (waiver.state, waiver.waived_fen) == ("drafted", None)

    @pytest.mark.parametrize("amount_fen", [0, -1, 12_567])
    def test_more_than_is_payable_is_refused(
        self, bill: Bill, manager: Actor, clerk: Actor, amount_fen: int
    ) -> None:
        publish(manager, bill)
        with pytest.raises(Refused) as refusal:
            self.draft(bill, clerk, amount_fen, date(2026, 2, 9))
        assert refusal.value.code == "waiver_above_fee"
        assert LateFeeWaiver.objects.count() == 0

    def test_the_drafter_may_not_approve(self, bill: Bill, manager: Actor, clerk: Actor) -> None:
        publish(manager, bill)
        waiver = self.draft(bill, clerk, 100, date(2026, 2, 9))
        with pytest.raises(NotAllowed):
            approve_late_fee_waiver(waiver, by=clerk, at=noon(date(2026, 2, 9)))
        waiver.refresh_from_db()
        assert waiver.state == "drafted"

    def test_a_returned_waiver_is_cancelled(self, bill: Bill, manager: Actor, clerk: Actor) -> None:
        publish(manager, bill)
        waiver = self.draft(bill, clerk, 100, date(2026, 2, 9))
        return_late_fee_waiver(waiver, Opinion("缺申请"), by=manager, at=noon(date(2026, 2, 9)))
        waiver = cancel_late_fee_waiver(waiver, by=clerk, at=noon(date(2026, 2, 9)))
        assert (waiver.state, payable(bill, date(2026, 2, 9))) == ("cancelled", 12_566)
