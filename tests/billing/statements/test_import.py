"""Statements imported: each line once, identical lines twice, and nothing when in doubt."""

import pytest
from django.db import IntegrityError, transaction

from billing.models import (
    Alarm,
    BankStatement,
    Bill,
    CompanyBankAccount,
    StatementHeadings,
    StatementLine,
)
from billing.statements.booking import book_statement_line
from billing.statements.headings import headings_of
from billing.statements.operations import (
    import_statement,
    preview_statement,
    queue_statement,
    remember_headings,
)
from customers.models import SupplyContract
from office.models import JournalEntry
from office.refusals import Invalid
from tests.billing.statements.statements import AT, HOUSE, imported, statement_file

PAID_IN = ["20251103", "", "2,058.48", "3,058.48", "王秀英", "62000001", "暖气费", "S1"]
SAME = ["20251103", "", "5.00", "1,005.00", "甲", "62000002", "热费", ""]
SAME_AGAIN = ["20251103", "", "5.00", "1,010.00", "甲", "62000002", "热费", ""]


class TestImportStatement:
    def test_stores_the_lines_and_their_proposals(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        statement = imported(
            bank_account,
            PAID_IN,
            ["20251104", "12.00", "", "3,046.48", "", "", "手续费", "S2"],
        )
        assert (statement.opening_fen, statement.closing_fen) == (100000, 304648)
        assert (statement.line_count, statement.new_count) == (2, 2)
        received, fee = StatementLine.objects.order_by("row")
        assert (received.kind, received.received_fen, received.serial) == ("received", 205848, "S1")
        assert (received.matched_account, received.matched_by) == (bill.account, "name_amount")
        assert (received.reason, received.confidence) == ("name_and_amount", 80)
        assert (received.payer_account, received.payer_tail) == ("62000001", "0001")
        assert "62000001" not in received.payer_sealed
        assert (fee.kind, fee.paid_fen, fee.matched_account) == ("fee", 1200, None)
        entry = JournalEntry.objects.get(action="import_statement")
        assert (entry.facts["lines"], entry.facts["new_lines"]) == (2, 2)

    def test_an_overlapping_statement_adds_only_what_is_new(
        self, bank_account: CompanyBankAccount
    ) -> None:
        imported(bank_account, PAID_IN, [*SAME_AGAIN[:3], "3,063.48", *SAME_AGAIN[4:]])
        later = imported(
            bank_account,
            PAID_IN,
            [*SAME_AGAIN[:3], "3,063.48", *SAME_AGAIN[4:]],
            ["20251105", "", "7.00", "3,070.48", "乙", "", "", ""],
        )
        assert (later.line_count, later.new_count) == (3, 1)
        assert StatementLine.objects.count() == 3

    def test_a_second_worker_answers_with_what_the_first_has_stored(
        self, bank_account: CompanyBankAccount
    ) -> None:
        file = statement_file(PAID_IN)
        job = queue_statement(bank_account, file, dry_run=False, by=HOUSE, at=AT)
        statements = [
            import_statement(
                bank_account, statement_file(PAID_IN), dry_run=False, by=HOUSE, at=AT, job=job
            )
            for _worker in range(2)
        ]
        assert statements == [BankStatement.objects.get()] * 2
        assert StatementLine.objects.count() == 1
        assert JournalEntry.objects.filter(action="import_statement").count() == 1

    def test_two_identical_lines_stay_two(self, bank_account: CompanyBankAccount) -> None:
        statement = imported(bank_account, SAME, SAME_AGAIN)
        first, second = StatementLine.objects.order_by("row")
        assert (first.identical_to, second.identical_to) == (None, first)
        assert statement.report["identical"] == 1
        imported(bank_account, SAME, SAME_AGAIN)
        assert StatementLine.objects.count() == 2

    def test_identical_lines_with_one_serial_and_no_balance_stay_two(
        self, bank_account: CompanyBankAccount
    ) -> None:
        line = ["20251103", "", "5.00", "", "甲", "62000002", "热费", "0"]
        ends = ["期末余额", "", "", "1,010.00"]
        for _again in range(2):
            imported(bank_account, line, line, ends)
        assert list(StatementLine.objects.order_by("row").values_list("occurrence", flat=True)) == [
            0,
            1,
        ]

    @pytest.mark.parametrize(
        "reversal",
        [
            ["20251104", "", "-2,058.48", "1,000.00", "王秀英", "62000001", "冲正", "S1"],
            ["20251104", "", "(2,058.48)", "1,000.00", "王秀英", "62000001", "", "S2"],
            ["20251104", "2,058.48", "", "1,000.00", "王秀英", "62000001", "冲正", "S2"],
        ],
    )
    def test_a_reversal_names_its_line_and_both_stay_visible(
        self, bank_account: CompanyBankAccount, reversal: list[object]
    ) -> None:
        imported(bank_account, PAID_IN, reversal)
        original, taken_back = StatementLine.objects.order_by("row")
        assert (taken_back.kind, taken_back.reverses) == ("reversal", original)
        assert taken_back.matched_account is None
        assert original.kind == "received"

    def test_a_reversal_of_a_booked_line_of_an_earlier_statement_raises_an_alarm(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        imported(bank_account, PAID_IN)
        original = StatementLine.objects.get()
        booking = book_statement_line(original, bill.contract, by=HOUSE, at=AT)
        reversal = ["20251201", "", "-2,058.48", "1,000.00", "王秀英", "62000001", "冲正", "S9"]
        for _again in range(2):
            imported(bank_account, reversal, opening="3,058.48")
        assert StatementLine.objects.get(serial="S9").reverses == original
        alarm = Alarm.objects.get()
        assert alarm.kind == "bank_reversal"
        assert alarm.facts["receipt"] == booking.payment.receipt.number
        assert bill.account.number in alarm.sentence

    def test_a_returned_transfer_reverses_what_we_paid(
        self, bank_account: CompanyBankAccount
    ) -> None:
        imported(
            bank_account,
            ["20251103", "300.00", "", "700.00", "赵六", "62000009", "退费", "S1"],
            ["20251104", "", "300.00", "1,000.00", "赵六", "62000009", "退汇", "S2"],
            ["20251105", "", "40.00", "1,040.00", "钱七", "62000010", "退回多领", "S3"],
        )
        paid, returned, received = StatementLine.objects.order_by("row")
        assert (returned.kind, returned.reverses) == ("reversal", paid)
        assert (received.kind, received.reverses) == ("received", None)

    def test_a_statement_whose_balances_do_not_agree_is_refused_as_a_whole(
        self, bank_account: CompanyBankAccount
    ) -> None:
        wrong = ["20251104", "", "5.00", "3,063.49", "甲", "", "", "S2"]
        with pytest.raises(Invalid) as refusal:
            imported(bank_account, PAID_IN, wrong)
        assert (refusal.value.code, refusal.value.facts) == ("balance_gap", {"row": 4})
        assert not BankStatement.objects.exists()
        assert not StatementLine.objects.exists()
        assert not StatementHeadings.objects.exists()
        assert not JournalEntry.objects.filter(action="import_statement").exists()

    def test_a_row_that_cannot_be_read_is_named_and_nothing_is_loaded(
        self, bank_account: CompanyBankAccount
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            imported(bank_account, PAID_IN, ["20251104", "", "五元", "3,063.48", "甲", "", "", ""])
        assert refusal.value.code == "rows_unreadable"
        assert (refusal.value.facts["count"], refusal.value.facts["row"]) == (1, 4)
        assert not BankStatement.objects.exists()

    def test_a_preview_writes_nothing(self, bank_account: CompanyBankAccount) -> None:
        outcome = preview_statement(bank_account, statement_file(PAID_IN), by=HOUSE, at=AT)
        assert (outcome.counts.lines, outcome.counts.new_lines, outcome.sound) == (1, 1, True)
        assert not BankStatement.objects.exists()
        assert not JournalEntry.objects.filter(action="import_statement").exists()

    def test_a_dry_run_keeps_its_report_and_no_line(self, bank_account: CompanyBankAccount) -> None:
        statement = imported(bank_account, PAID_IN, dry_run=True)
        assert statement.dry_run
        assert [line["row"] for line in statement.report["rows"]] == [3]
        assert not StatementLine.objects.exists()

    def test_another_accounts_number_and_a_gap_before_are_named(
        self, bank_account: CompanyBankAccount
    ) -> None:
        imported(bank_account, PAID_IN)
        later = ["20251201", "", "1.00", "3,160.48", "甲", "", "", "S2"]
        statement = imported(bank_account, later, opening="3,159.48")
        assert statement.report["gap_before_fen"] == 10100

    def test_lines_never_change(self, bank_account: CompanyBankAccount) -> None:
        imported(bank_account, PAID_IN)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            StatementLine.objects.update(received_fen=1)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            BankStatement.objects.update(closing_fen=1)


class TestRememberHeadings:
    def test_the_headings_of_an_import_are_remembered(
        self, bank_account: CompanyBankAccount
    ) -> None:
        imported(bank_account, PAID_IN)
        assert headings_of(bank_account)["received"] == ["收入"]
        remember_headings(bank_account, {"received": "进账数", "note": ""}, by=HOUSE, at=AT)
        assert headings_of(bank_account)["received"] == ["进账数", "收入"]
        assert headings_of(bank_account)["paid"] == ["支出"]
        remember_headings(bank_account, {"paid": "收入"}, by=HOUSE, at=AT)
        assert headings_of(bank_account)["received"] == ["进账数"]
        assert headings_of(bank_account)["paid"] == ["收入", "支出"]
        assert JournalEntry.objects.filter(action="remember_headings").count() == 2

    def test_one_heading_for_two_columns_is_refused(self, bank_account: CompanyBankAccount) -> None:
        with pytest.raises(Invalid) as refusal:
            remember_headings(bank_account, {"received": "金额", "paid": "金额"}, by=HOUSE, at=AT)
        assert refusal.value.code == "heading_twice"
        assert not StatementHeadings.objects.exists()


def test_the_payer_of_a_confirmed_line_is_known_from_then_on(
    bank_account: CompanyBankAccount, contract: SupplyContract, bill: Bill
) -> None:
    """The name on the second line is nobody's; the account number is known."""
    imported(bank_account, ["20251103", "", "58.48", "1,058.48", "李某", "62000001", "房租", "S1"])
    line = StatementLine.objects.get()
    assert line.matched_account is None
    book_statement_line(line, contract, by=HOUSE, at=AT)
    imported(
        bank_account,
        ["20251104", "", "2,000.00", "3,058.48", "李某", "62000001", "房租", "S2"],
        ["20251104", "", "1.00", "3,059.48", "李某", "62000001", "房租", "S3"],
        opening="1,058.48",
    )
    exact, other = StatementLine.objects.filter(serial__in=["S2", "S3"]).order_by("row")
    assert (exact.matched_account, exact.matched_by, exact.confidence) == (
        contract.account,
        "payer",
        90,
    )
    assert (other.matched_account, other.reason) == (None, "payer_only")
    assert other.suggested == [contract.account.number]
