"""Opening + lines = closing, proved line by line or by sums, in either order."""

import random
from collections.abc import Sequence

from billing.statements.proof import Gap
from tests.billing.statements.files import HEADING, opened, proof_of

OPENING: list[object] = ["期初余额：100.00"]


def paid_in(day: str, amount: str, balance: str) -> list[object]:
    return [day, "", amount, balance, "甲", "", "热费"]


def paid_out(day: str, amount: str, balance: str) -> list[object]:
    return [day, amount, "", balance, "", "", "煤款"]


def statement(*rows: Sequence[object], opening: Sequence[object] = OPENING) -> list[list[object]]:
    return [list(opening), HEADING, *map(list, rows)]


class TestProof:
    def test_agrees_from_line_to_line(self) -> None:
        rows = statement(
            paid_in("20251103", "50.00", "150.00"),
            paid_out("20251103", "20.00", "130.00"),
            paid_in("20251104", "-50.00", "80.00"),
            ["期末余额", "80.00"],
        )
        proof = proof_of(opened(rows))
        assert (proof.opening_fen, proof.closing_fen) == (10000, 8000)
        assert (proof.proved, proof.newest_first, proof.gap) == (True, False, None)

    def test_the_newest_line_may_come_first(self) -> None:
        rows = statement(
            paid_in("20251104", "-50.00", "80.00"),
            paid_out("20251103", "20.00", "130.00"),
            paid_in("20251103", "50.00", "150.00"),
        )
        proof = proof_of(opened(rows))
        assert (proof.opening_fen, proof.closing_fen) == (10000, 8000)
        assert (proof.proved, proof.newest_first) == (True, True)

    def test_a_missing_line_is_named_by_the_row_after_it(self) -> None:
        rows = statement(
            paid_in("20251103", "50.00", "150.00"), paid_in("20251104", "5.00", "165.00")
        )
        proof = proof_of(opened(rows))
        assert proof.faults == ("balance_gap",)
        assert proof.gap == Gap(4, 15500, 16500)

    def test_another_opening_or_closing_is_named(self) -> None:
        rows = statement(paid_in("20251103", "50.00", "150.01"), ["期末余额", "150.00"])
        proof = proof_of(opened(rows))
        assert proof.faults == ("opening_differs", "closing_differs")

    def test_without_a_printed_opening_it_follows_from_the_first_line(self) -> None:
        rows = statement(paid_in("20251103", "50.00", "150.00"), opening=["明细"])
        proof = proof_of(opened(rows))
        assert (proof.opening_fen, proof.closing_fen, proof.proved) == (10000, 15000, True)

    def test_without_balances_on_the_lines_both_ends_prove_the_sum(self) -> None:
        heading: list[object] = ["日期", "收入", "支出", "摘要"]
        lines: list[list[object]] = [["20251103", "50.00", "", ""], ["20251104", "", "20.00", ""]]
        ends: list[object] = ["期初余额", "100.00", "期末余额", "130.00"]
        rows = [ends, heading, *lines]
        assert proof_of(opened(rows)).proved
        rows[0][3] = "130.01"
        assert proof_of(opened(rows)).faults == ("closing_differs",)
        rows[0] = ["期初余额", "100.00"]
        assert proof_of(opened(rows)).faults == ("no_balances",)

    def test_a_wrong_row_of_totals_is_named(self) -> None:
        rows = statement(
            paid_in("20251103", "50.00", "150.00"),
            ["本页合计", "", "50.00"],
            paid_in("20251104", "5.00", "155.00"),
            ["本页合计", "", "5.00"],
            ["合计", "", "55.00"],
        )
        assert proof_of(opened(rows)).wrong_totals == ()
        rows[-1][2] = "55.01"
        assert proof_of(opened(rows)).wrong_totals == (7,)

    def test_a_statement_without_lines_keeps_its_balance(self) -> None:
        proof = proof_of(opened(statement(["期末余额", "100.00"])))
        assert (proof.opening_fen, proof.closing_fen, proof.proved) == (10000, 10000, True)

    def test_any_line_taken_out_of_the_middle_is_found(self) -> None:
        draw = random.Random(20251103)
        balance, lines = 10000, []
        for _ in range(60):
            fen = draw.randrange(1, 99999)
            balance += fen
            lines.append(paid_in("20251103", f"{fen / 100:.2f}", f"{balance / 100:.2f}"))
        assert proof_of(opened(statement(*lines))).proved
        for place in range(1, 59):
            without = lines[:place] + lines[place + 1 :]
            proof = proof_of(opened(statement(*without)))
            assert (proof.faults, proof.gap is not None) == (("balance_gap",), True)
            # The header is row 2, so the line after the missing one now has this row.
            assert proof.gap is not None
            assert proof.gap.row == place + 3
