"""Whose money a line is: each rung of the ladder, and what is only suggested."""

from dataclasses import replace
from datetime import date

import pytest

from billing.statement_words import LineKind, MatchedBy, MatchReason
from billing.statements.kinds import kind_of, reverses
from billing.statements.ladder import (
    Facts,
    Match,
    OpenAccount,
    match_line,
    searched_name,
)
from billing.statements.lines import Line

LINE = Line(
    row=6,
    day=date(2025, 11, 3),
    clock=None,
    received_fen=205848,
    paid_fen=0,
    balance_fen=305848,
    payer_name="王秀英",
    payer_account="6982153702725957",
    remark="暖气费",
    serial="1",
)
OWES = OpenAccount("1110892", 1, (205848, 10000))
TWIN = OpenAccount("1112931", 2, (205848,))


class TestKindOf:
    @pytest.mark.parametrize(
        ("received_fen", "paid_fen", "remark", "kind"),
        [
            (100, 0, "热费", LineKind.RECEIVED),
            (100, 0, "", LineKind.RECEIVED),
            (0, 100, "煤款", LineKind.PAYMENT_OUT),
            (0, 100, "手续费", LineKind.FEE),
            (0, 100, "对公账户管理费", LineKind.FEE),
            (-100, 0, "", LineKind.REVERSAL),
            (0, -100, "手续费", LineKind.REVERSAL),
            (0, 100, "冲正", LineKind.REVERSAL),
            (100, 0, "冲账", LineKind.REVERSAL),
            (100, 0, "退汇", LineKind.RETURN),
            (0, 0, "", LineKind.EMPTY),
        ],
    )
    def test_follows_from_sign_side_and_remark(
        self, received_fen: int, paid_fen: int, remark: str, kind: LineKind
    ) -> None:
        line = replace(LINE, received_fen=received_fen, paid_fen=paid_fen, remark=remark)
        assert kind_of(line) is kind

    def test_interest_has_no_payer(self) -> None:
        interest = replace(LINE, payer_name="", payer_account="", remark="结息")
        assert kind_of(interest) is LineKind.INTEREST
        assert kind_of(replace(interest, payer_account="62")) is LineKind.RECEIVED


class TestReverses:
    def test_the_opposite_amount_of_the_same_party(self) -> None:
        by_sign = replace(LINE, row=7, received_fen=-205848, remark="冲正")
        by_side = replace(LINE, row=7, received_fen=0, paid_fen=205848, remark="冲正")
        assert reverses(by_sign, LINE)
        assert reverses(by_side, LINE)
        assert not reverses(replace(by_sign, received_fen=-205847), LINE)
        assert not reverses(replace(by_sign, payer_account="62"), LINE)
        assert not reverses(replace(by_sign, payer_account="", payer_name="李雷"), LINE)
        assert reverses(replace(by_sign, payer_account="", payer_name=""), LINE)


class TestMatchLine:
    @pytest.mark.parametrize(
        "remark", ["1110892暖气费", "１１１０８９２", "供热费 111 0892", "代缴1110892 2025年度"]
    )
    def test_an_account_number_in_the_remark_decides(self, remark: str) -> None:
        facts = Facts(accounts=frozenset({"1110892"}), names={"王秀英": [TWIN]})
        match = match_line(replace(LINE, remark=remark), facts)
        assert match == Match(MatchReason.ACCOUNT_IN_REMARK, "1110892", MatchedBy.ACCOUNT)
        assert match.confidence == 100

    def test_a_contract_number_names_its_account(self) -> None:
        facts = Facts(contracts={"GR-2016-00001": "1110892"})
        match = match_line(replace(LINE, remark="合同GR-2016-00001"), facts)
        assert match == Match(MatchReason.CONTRACT_IN_REMARK, "1110892", MatchedBy.CONTRACT)

    def test_account_and_its_own_contract_are_one(self) -> None:
        facts = Facts(accounts=frozenset({"1110892"}), contracts={"GR-2016-00001": "1110892"})
        match = match_line(replace(LINE, remark="1110892 GR-2016-00001"), facts)
        assert match == Match(MatchReason.ACCOUNT_IN_REMARK, "1110892", MatchedBy.ACCOUNT)

    def test_two_accounts_in_the_remark_are_for_a_person(self) -> None:
        facts = Facts(accounts=frozenset({"1110892", "1112931"}))
        match = match_line(replace(LINE, remark="1110892、1112931"), facts)
        assert match == Match(MatchReason.SEVERAL_IN_REMARK, suggested=("1110892", "1112931"))

    def test_a_payer_known_from_before_with_the_open_amount(self) -> None:
        facts = Facts(
            payers={"6982153702725957": ["1110892", "1112932"]},
            open_accounts={"1110892": OWES, "1112932": OpenAccount("1112932", 3, (1,))},
        )
        assert match_line(LINE, facts) == Match(
            MatchReason.PAYER_AND_AMOUNT, "1110892", MatchedBy.PAYER
        )

    def test_a_known_payer_with_another_amount_is_a_suggestion(self) -> None:
        facts = Facts(payers={"6982153702725957": ["1110892"]}, open_accounts={"1110892": OWES})
        match = match_line(replace(LINE, received_fen=1), facts)
        assert match == Match(MatchReason.PAYER_ONLY, suggested=("1110892",))

    @pytest.mark.parametrize("received_fen", [205848, 10000, 215848])
    def test_name_and_the_amount_of_a_bill_or_of_all(self, received_fen: int) -> None:
        facts = Facts(names={"王秀英": [OWES]})
        match = match_line(replace(LINE, received_fen=received_fen), facts)
        assert match == Match(MatchReason.NAME_AND_AMOUNT, "1110892", MatchedBy.NAME_AMOUNT)
        assert match.confidence == 80

    def test_a_name_with_another_amount_is_a_suggestion(self) -> None:
        match = match_line(replace(LINE, received_fen=205847), Facts(names={"王秀英": [OWES]}))
        assert match == Match(MatchReason.NAME_ONLY, suggested=("1110892",))

    def test_a_name_of_two_customers_is_a_suggestion(self) -> None:
        owes_nothing = replace(TWIN, open_fen=())
        facts = Facts(names={"王秀英": [OWES, owes_nothing]})
        assert match_line(LINE, facts) == Match(MatchReason.NAME_SHARED, suggested=("1110892",))

    def test_two_accounts_of_one_customer_that_owe_the_same_are_a_suggestion(self) -> None:
        facts = Facts(names={"王秀英": [OWES, replace(TWIN, customer_id=1)]})
        assert match_line(LINE, facts) == Match(
            MatchReason.NAME_ONLY, suggested=("1110892", "1112931")
        )

    def test_brackets_and_spaces_do_not_make_another_name(self) -> None:
        assert searched_name("恒达（太原） 物业") == searched_name("恒达(太原)物业")
        facts = Facts(names={searched_name("恒达(太原)物业"): [OWES]})
        match = match_line(replace(LINE, payer_name="恒达（太原）物业"), facts)
        assert match.account == "1110892"

    def test_nothing_known(self) -> None:
        assert match_line(LINE, Facts()) == Match(MatchReason.NOTHING)
        assert match_line(replace(LINE, payer_name=""), Facts()) == Match(MatchReason.NOTHING)

    @pytest.mark.parametrize(
        "change",
        [
            {"received_fen": 0, "paid_fen": 205848},
            {"received_fen": -205848},
            {"received_fen": 0, "paid_fen": 5, "remark": "手续费 1110892"},
        ],
    )
    def test_what_is_no_customers_money_matches_nobody(self, change: dict[str, object]) -> None:
        facts = Facts(accounts=frozenset({"1110892"}), names={"王秀英": [OWES]})
        line = replace(LINE, **change)  # type: ignore[arg-type]
        assert match_line(line, facts) == Match(MatchReason.NO_CUSTOMERS_MONEY)
