"""Adjustments from the draft to the books: 2,058.48 yuan were billed for the season 2025-2026."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from billing.adjustments.corrections import AdjustmentFacts, Correction
from billing.adjustments.operations import (
    approve_adjustment,
    cancel_adjustment,
    draft_adjustment,
    issue_adjustment,
    return_adjustment,
)
from billing.chart import LedgerAccount
from billing.ledger.checks import check_ledger
from billing.models import Adjustment, AdjustmentLine, Bill, BillLine, Transfer
from customers.models import SupplyContract
from heating.roles import CLERK, MANAGER
from office.actors import Actor
from office.approvals.steps import Opinion
from office.models import Approval, JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.adjustments.desk import Desk, books, left_on
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    a_tariff,
    an_account,
    an_issued_bill,
)

BILLED = 205_848


def everything() -> list[int]:
    rows = (Adjustment, AdjustmentLine, Bill, Transfer, Approval, JournalEntry)
    return [model.objects.count() for model in rows]


def postings(bill: Bill) -> list[tuple[str, int, int, int, int | None]]:
    rows = Transfer.objects.filter(source_type="bill", source_id=bill.pk).order_by("pk")
    return list(rows.values_list("kind", "debit", "credit", "amount_fen", "bill"))


def broken_checks() -> list[str]:
    return [result.check.name for result in check_ledger() if not result.holds]


class TestDraftAdjustment:
    def test_a_draft_posts_nothing_and_waits_for_another_person(
        self, desk: Desk, bill: Bill
    ) -> None:
        before = Transfer.objects.count(), Bill.objects.count()
        draft = desk.draft(bill, Correction(amount_fen=-21_480))
        assert (draft.kind, draft.amount_fen, draft.tax_fen) == ("credit", -21_480, 0)
        assert (draft.state, draft.contract, draft.season) == (
            "drafted",
            bill.contract,
            bill.season,
        )
        line = draft.lines.get()
        assert (line.corrects, line.item) == (bill.lines.get(), "居民住宅")
        approval = Approval.objects.get()
        assert (approval.kind, approval.amount_fen, approval.state) == (
            "adjustment",
            21_480,
            "pending",
        )
        assert (Transfer.objects.count(), Bill.objects.count()) == before

    @pytest.mark.parametrize(
        ("correction", "changes", "code"),
        [
            (Correction(amount_fen=-BILLED - 1), {}, "credit_above_bill"),
            (Correction(should_fen=BILLED), {}, "nothing_to_correct"),
            (Correction(should_fen=-1), {}, "should_below_zero"),
            (Correction(), {}, "correction_unclear"),
            (Correction(should_fen=1, amount_fen=1), {}, "correction_unclear"),
            (Correction(line_id=0, amount_fen=-1), {}, "line_of_another_bill"),
            (Correction(amount_fen=1), {"due_on": None}, "due_day_missing"),
            (Correction(amount_fen=1), {"due_on": date(2025, 11, 9)}, "due_day_passed"),
            (Correction(amount_fen=1), {"reason": " "}, "reason_missing"),
        ],
    )
    def test_what_makes_no_sense_is_refused_and_nothing_is_written(
        self, desk: Desk, bill: Bill, correction: Correction, changes: dict[str, Any], code: str
    ) -> None:
        before = everything()
        with pytest.raises((Refused, Invalid)) as refusal:
            desk.draft(bill, correction, **changes)
        assert refusal.value.code == code
        assert everything() == before

    def test_the_same_draft_sent_twice_is_refused(self, desk: Desk, bill: Bill) -> None:
        desk.draft(bill, Correction(amount_fen=-1))
        before = everything()
        with pytest.raises(Refused) as refusal:
            desk.draft(bill, Correction(amount_fen=-1))
        assert refusal.value.code == "drafted_already"
        assert everything() == before

    def test_an_adjustment_is_not_adjusted(self, desk: Desk, bill: Bill) -> None:
        credit = desk.issue(bill, Correction(amount_fen=-100))
        before = everything()
        with pytest.raises(Refused) as refusal:
            desk.draft(credit, Correction(amount_fen=100))
        assert refusal.value.code == "adjusts_an_adjustment"
        assert everything() == before

    def test_people_of_another_company_may_not(self, desk: Desk, bill: Bill) -> None:
        stranger = Actor.staff(a_member_of_staff("外人", CLERK, a_company("21")))
        facts = AdjustmentFacts(bill, [Correction(amount_fen=-1)], "x", "y")
        before = everything()
        with pytest.raises(NotAllowed):
            draft_adjustment(facts, by=stranger, at=NOW)
        assert everything() == before

    def test_a_draft_is_frozen(self, desk: Desk, bill: Bill) -> None:
        draft = desk.draft(bill, Correction(amount_fen=-21_480))
        for change in (
            "UPDATE billing_adjustment SET amount_fen = -1",
            "DELETE FROM billing_adjustment",
            "UPDATE billing_adjustmentline SET amount_fen = -1",
        ):
            refused = pytest.raises(IntegrityError)
            with refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)
        draft.refresh_from_db()
        assert draft.amount_fen == -21_480


class TestApproveAdjustment:
    def test_the_drafter_may_not_approve(self, desk: Desk, bill: Bill) -> None:
        company = bill.company
        user = a_member_of_staff("两职", CLERK, company)
        user.groups.add(*a_member_of_staff("另一主管", MANAGER, company).groups.all())
        both = Actor.staff(user)
        facts = AdjustmentFacts(bill, [Correction(amount_fen=-1)], "x", "y")
        draft = draft_adjustment(facts, by=both, at=NOW)
        with pytest.raises(NotAllowed):
            approve_adjustment(draft, by=both, at=NOW)
        draft.refresh_from_db()
        assert (draft.state, draft.approved_by) == ("drafted", None)

    def test_a_second_approval_of_the_same_step_is_refused(self, desk: Desk, bill: Bill) -> None:
        draft = desk.draft(bill, Correction(amount_fen=-1))
        second = Actor.staff(a_member_of_staff("副主管", MANAGER, bill.company))
        seen = Opinion(seen=Approval.objects.get().step)
        approve_adjustment(draft, seen, by=desk.manager, at=NOW)
        with pytest.raises(Refused) as refusal:
            approve_adjustment(draft, seen, by=second, at=NOW)
        assert refusal.value.code == "wrong_state"
        draft.refresh_from_db()
        assert (draft.state, draft.approved_by) == ("approved", desk.manager.user)
        assert JournalEntry.objects.filter(action="approve_adjustment").count() == 1

    def test_a_returned_draft_is_cancelled_and_not_issued(self, desk: Desk, bill: Bill) -> None:
        draft = desk.draft(bill, Correction(amount_fen=-1))
        return_adjustment(draft, Opinion("测温单缺签字"), by=desk.manager, at=NOW)
        before = Bill.objects.count(), Transfer.objects.count()
        with pytest.raises(Refused):
            issue_adjustment(draft, by=desk.manager, at=NOW)
        assert (Bill.objects.count(), Transfer.objects.count()) == before
        assert cancel_adjustment(draft, by=desk.clerk, at=NOW).state == "cancelled"


class TestIssueAdjustment:
    def test_a_credit_lowers_what_is_open(self, desk: Desk, bill: Bill) -> None:
        credit = desk.issue(bill, Correction(amount_fen=-21_480))
        assert (credit.number, credit.kind) == ("11252600000001", "credit")
        assert (credit.amount_fen, credit.customer_name) == (-21_480, "王秀英")
        assert postings(credit) == [
            (
                *("bill", LedgerAccount.REVENUE_EXEMPT, LedgerAccount.RECEIVABLE),
                *(21_480, credit.pk),
            ),
            ("credit", LedgerAccount.RECEIVABLE, LedgerAccount.ADVANCE, 21_480, credit.pk),
            ("allocation", LedgerAccount.ADVANCE, LedgerAccount.RECEIVABLE, 21_480, bill.pk),
        ]
        assert left_on(bill.contract) == [("season", BILLED - 21_480)]
        assert books(bill.contract) == (BILLED - 21_480, 0)
        assert broken_checks() == []

    def test_a_credit_of_a_paid_bill_is_paid_ahead(self, desk: Desk, bill: Bill) -> None:
        desk.pay(bill.contract, BILLED, "1")
        desk.issue(bill, Correction(amount_fen=-21_480))
        assert books(bill.contract) == (0, 21_480)
        assert broken_checks() == []

    def test_what_is_left_of_a_credit_settles_older_debts(
        self, desk: Desk, contract: SupplyContract
    ) -> None:
        older = an_issued_bill(contract, a_season(contract.company, "2024-2025"))
        bill = an_issued_bill(contract)
        # The older debt is paid first, so that 1,000.00 are open on the season of the credit.
        desk.pay(contract, 2 * BILLED - 100_000, "1")
        assert left_on(contract) == [("season", 100_000)]
        desk.issue(older, Correction(amount_fen=-30_000))
        assert books(contract) == (70_000, 0)
        desk.issue(bill, Correction(amount_fen=-80_000))
        assert books(contract) == (0, 10_000)
        assert broken_checks() == []

    def test_a_credit_settles_its_season_in_order_of_issue_before_older_ones(
        self, desk: Desk, contract: SupplyContract
    ) -> None:
        an_issued_bill(contract, a_season(contract.company, "2024-2025"))
        bill = an_issued_bill(contract)
        desk.issue(bill, Correction(amount_fen=5_000))
        desk.issue(bill, Correction(amount_fen=-207_000))
        assert left_on(contract) == [("season", BILLED), ("supplement", 3_848)]
        desk.issue(bill, Correction(amount_fen=-3_848))
        assert left_on(contract) == [("season", BILLED)]
        assert broken_checks() == []

    def test_a_supplement_is_settled_from_the_advance(self, desk: Desk, bill: Bill) -> None:
        desk.pay(bill.contract, BILLED + 4_000, "1")
        supplement = desk.issue(bill, Correction(amount_fen=10_669))
        assert (supplement.kind, supplement.due_on) == ("supplement", date(2026, 2, 28))
        assert left_on(bill.contract) == [("supplement", 6_669)]
        assert books(bill.contract) == (6_669, 0)
        desk.pay(bill.contract, 6_669, "2")
        assert books(bill.contract) == (0, 0)
        assert broken_checks() == []

    def test_many_adjustments_of_one_bill_have_a_number_each(self, desk: Desk, bill: Bill) -> None:
        issued = [desk.issue(bill, Correction(amount_fen=fen)) for fen in (100, 200, -50, -60)]
        assert [row.number[-2:] for row in issued] == ["01", "02", "03", "04"]
        assert [row.kind for row in issued] == ["supplement", "supplement", "credit", "credit"]
        assert books(bill.contract) == (BILLED + 190, 0)
        assert broken_checks() == []

    def test_vat_goes_back_with_the_charge(self, desk: Desk) -> None:
        company = a_company()
        tariff = a_tariff(company, "非居民", amount="7.50", vat_rate="0.09")
        account = an_account(company, area="100.00", category=tariff.category)
        bill = an_issued_bill(a_contract(account, a_customer(company)))
        assert (bill.amount_fen, bill.tax_fen) == (375_000, 30_963)
        credit = desk.issue(bill, Correction(amount_fen=-10_900))
        assert postings(credit)[:2] == [
            ("bill", LedgerAccount.REVENUE_TAXED, LedgerAccount.RECEIVABLE, 10_000, credit.pk),
            ("bill", LedgerAccount.OUTPUT_VAT, LedgerAccount.RECEIVABLE, 900, credit.pk),
        ]
        rest = desk.issue(bill, Correction(should_fen=0))
        assert (rest.amount_fen, rest.tax_fen) == (-364_100, -30_063)
        assert books(bill.contract) == (0, 0)
        assert broken_checks() == []

    def test_opening_arrears_go_back_to_the_opening_balance(
        self, desk: Desk, contract: SupplyContract
    ) -> None:
        bill = an_issued_bill(contract)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE billing_bill SET kind = 'opening' WHERE id = %s", [bill.pk])
            cursor.execute("DELETE FROM billing_billline WHERE bill_id = %s", [bill.pk])
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        bill.refresh_from_db()
        credit = desk.issue(bill, Correction(should_fen=100_000))
        assert postings(credit)[0] == (
            *("bill", LedgerAccount.OPENING, LedgerAccount.RECEIVABLE),
            *(105_848, credit.pk),
        )
        assert credit.adjustment is not None
        line = credit.adjustment.lines.get()
        assert (line.item, line.working) == (
            "期初欠费",
            "应为 1,000.00 元，原计 2,058.48 元",
        )
        assert books(contract) == (100_000, 0)
        assert broken_checks() == []

    def test_a_difference_that_came_true_otherwise_is_refused(self, desk: Desk, bill: Bill) -> None:
        first = desk.draft(bill, Correction(should_fen=200_000))
        second = desk.draft(bill, Correction(should_fen=200_000), reason="面积有误")
        approve_adjustment(second, by=desk.manager, at=NOW)
        desk.carry_out(first)
        before = everything()
        with pytest.raises(Refused) as refusal:
            issue_adjustment(second, by=desk.manager, at=NOW)
        assert refusal.value.code == "corrected_since"
        assert everything() == before
        second.refresh_from_db()
        assert (second.state, books(bill.contract)) == ("approved", (200_000, 0))

    def test_two_credits_that_together_exceed_the_bill(self, desk: Desk, bill: Bill) -> None:
        first = desk.draft(bill, Correction(amount_fen=-200_000))
        second = desk.draft(bill, Correction(amount_fen=-10_000))
        desk.carry_out(first)
        approve_adjustment(second, by=desk.manager, at=NOW)
        before = everything()
        with pytest.raises(Refused) as refusal:
            issue_adjustment(second, by=desk.manager, at=NOW)
        assert refusal.value.code == "credit_above_bill"
        assert everything() == before
        assert books(bill.contract) == (5_848, 0)

    def test_a_supplement_whose_due_day_passed(self, desk: Desk, bill: Bill) -> None:
        draft = desk.draft(bill, Correction(amount_fen=100))
        approve_adjustment(draft, by=desk.manager, at=NOW)
        before = everything()
        with pytest.raises(Refused) as refusal:
            issue_adjustment(draft, by=desk.manager, at=NOW + timedelta(days=120))
        assert refusal.value.code == "due_day_passed"
        assert everything() == before

    def test_an_adjustment_is_issued_once(self, desk: Desk, bill: Bill) -> None:
        draft = desk.draft(bill, Correction(amount_fen=-100))
        desk.carry_out(draft)
        before = everything()
        with pytest.raises(Refused) as refusal:
            issue_adjustment(draft, by=desk.manager, at=NOW)
        assert refusal.value.code == "wrong_state"
        assert everything() == before

    def test_the_database_keeps_season_bills_single(self, desk: Desk, bill: Bill) -> None:
        refused = pytest.raises(IntegrityError, match="already exists")
        with refused, transaction.atomic():
            an_issued_bill(bill.contract)
        assert BillLine.objects.count() == 1

    def test_what_fails_at_the_end_leaves_nothing(
        self, desk: Desk, bill: Bill, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft = desk.draft(bill, Correction(amount_fen=-100))
        approve_adjustment(draft, by=desk.manager, at=NOW)
        before = everything()

        def die(*_: object, **__: object) -> None:
            raise SystemExit("killed")

        monkeypatch.setattr("billing.adjustments.posting.spend_advance", die)
        with pytest.raises(SystemExit):
            issue_adjustment(draft, by=desk.manager, at=NOW)
        assert everything() == before
        draft.refresh_from_db()
        assert draft.state == "approved"
        monkeypatch.undo()
        assert issue_adjustment(draft, by=desk.manager, at=NOW).number == "11252600000001"
