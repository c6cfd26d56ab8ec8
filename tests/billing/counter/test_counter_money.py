"""Money at the counter: booked once, oldest debt first, or refused with nothing changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from billing.counter.money_facts import CardSlip, CounterForm
from billing.counter.operations import enter_transfer, take_card, take_cash
from billing.counter.shifts import close_shift, open_shift
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.models import Bill, Method, Payment, PaymentIntent, Receipt, Shift, Transfer
from billing.payments.intents import create_intent
from billing.wechat.attempts import close_attempt, start_wechat_payment
from customers.models import SupplyContract
from heating.roles import CASHIER, CLERK
from office.actors import Actor
from office.models import Company
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import (
    NOW,
    a_bank_account,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    an_account,
    an_issued_bill,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

SLIP = CardSlip("898110148990001", "10000001", "000012", "000345", "6217")


@pytest.fixture
def company() -> Company:
    return a_company()


@pytest.fixture
def cashier(company: Company) -> Actor:
    return Actor.staff(a_member_of_staff("收费一号", CASHIER, company))


@pytest.fixture
def shift(company: Company, cashier: Actor) -> Shift:
    return open_shift(company, till="1号窗口", float_fen=50000, by=cashier, at=NOW)


@pytest.fixture
def contract(company: Company) -> SupplyContract:
    return a_contract(an_account(company, area="90.00"), a_customer(company, "马兰磊"))


@pytest.fixture
def bill(contract: SupplyContract) -> Bill:
    return an_issued_bill(contract)


def form(
    *bills: Bill,
    amount: int = 162000,
    seen: int = 162000,
    key: str = "f1",
    beyond_debt: bool = False,
) -> CounterForm:
    return CounterForm(
        form_key=key,
        bills=bills,
        amount_fen=amount,
        seen_open_fen=seen,
        beyond_debt=beyond_debt,
    )


def broken_checks() -> list[str]:
    return [result.check.name for result in check_ledger() if not result.holds]


class TestTakeCash:
    def test_settles_the_bill_and_gives_a_receipt(
        self, company: Company, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        payment = take_cash(contract, form(bill), by=cashier, at=NOW)
        assert (payment.amount_fen, payment.method, payment.shift) == (162000, "cash", shift)
        assert payment.business_date == date(2025, 11, 10)
        assert list(
            Transfer.objects.filter(source_type="payment", source_id=payment.pk)
            .order_by("pk")
            .values_list("kind", "debit", "credit", "amount_fen")
        ) == [("payment", 100100, 220300, 162000), ("allocation", 220300, 112200, 162000)]
        receipt = Receipt.objects.get(payment=payment)
        assert receipt.number == "11202500000001"
        assert receipt.paper["total_in_words"] == "壹仟陆佰贰拾元整"
        assert receipt.paper["lines"] == [
            {
                "season": "2025-2026",
                "item": "居民住宅",
                "working": "90.00 m² × 3.60 元/m²·月 × 5 月",
                "amount": "1,620.00",
            }
        ]
        assert contract_balance(contract).owed_fen == 0
        assert broken_checks() == []

    def test_oldest_season_first_and_the_rest_is_an_advance(
        self, company: Company, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        old = an_issued_bill(contract, a_season(company, "2024-2025"))
        payment = take_cash(
            contract, form(amount=400000, seen=324000, beyond_debt=True), by=cashier, at=NOW
        )
        allocated = Transfer.objects.filter(source_id=payment.pk, kind="allocation").order_by("pk")
        assert list(allocated.values_list("bill_id", "amount_fen")) == [
            (old.pk, 162000),
            (bill.pk, 162000),
        ]
        balance = contract_balance(contract)
        assert (balance.receivable_fen, balance.advance_fen) == (0, 76000)
        assert payment.receipt.paper["lines"][-1] == {
            "season": "",
            "item": "预存供热费",
            "working": "抵缴以后账单",
            "amount": "760.00",
        }

    def test_part_payment_leaves_the_rest_owed(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        take_cash(contract, form(bill, amount=100000), by=cashier, at=NOW)
        assert contract_balance(contract).owed_fen == 62000

    def test_the_same_form_twice_books_once(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        first = take_cash(contract, form(bill), by=cashier, at=NOW)
        again = take_cash(contract, form(bill), by=cashier, at=NOW + timedelta(seconds=1))
        assert (again.pk, Payment.objects.count(), Receipt.objects.count()) == (first.pk, 1, 1)

    def test_refused_when_the_debt_changed_since_it_was_shown(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        take_cash(contract, form(bill), by=cashier, at=NOW)
        with pytest.raises(Refused, match="欠费刚刚有变动"):
            take_cash(contract, form(bill, key="f2"), by=cashier, at=NOW)
        assert (Payment.objects.count(), PaymentIntent.objects.count()) == (1, 1)

    def test_refused_without_a_shift(
        self, contract: SupplyContract, bill: Bill, cashier: Actor
    ) -> None:
        with pytest.raises(Refused, match="请先开班"):
            take_cash(contract, form(bill), by=cashier, at=NOW)
        assert not Payment.objects.exists()

    def test_refused_while_a_wechat_order_is_open(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        intent = create_intent(contract, [bill], by=cashier, at=NOW)
        start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=cashier, at=NOW)
        with pytest.raises(Refused, match="未结束的微信支付"):
            take_cash(contract, form(bill), by=cashier, at=NOW)
        assert not Payment.objects.exists()

    def test_refused_on_a_form_that_went_to_wechat(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        intent = create_intent(contract, [bill], idempotency_key="counter:f1", by=cashier, at=NOW)
        close_attempt(
            start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=cashier, at=NOW),
            by=cashier,
            at=NOW,
        )
        with pytest.raises(Refused, match="请重新打开"):
            take_cash(contract, form(bill), by=cashier, at=NOW)
        assert not Payment.objects.exists()

    @pytest.mark.parametrize("amount", [0, -1])
    def test_refused_for_no_money(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift, amount: int
    ) -> None:
        with pytest.raises(Invalid, match="必须大于零"):
            take_cash(contract, form(bill, amount=amount), by=cashier, at=NOW)
        assert not PaymentIntent.objects.exists()

    def test_refused_to_skip_an_older_debt(
        self, company: Company, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        an_issued_bill(contract, a_season(company, "2024-2025"))
        with pytest.raises(Refused, match="请先缴清较早的欠费（2024-2025 采暖季）"):
            take_cash(contract, form(bill, seen=324000), by=cashier, at=NOW)
        assert not Payment.objects.exists()

    def test_refused_to_a_clerk_and_to_another_companys_cashier(
        self, company: Company, contract: SupplyContract, bill: Bill
    ) -> None:
        for user in (
            a_member_of_staff("计费", CLERK, company),
            a_member_of_staff("外公司", CASHIER, a_company("21")),
        ):
            with pytest.raises(NotAllowed):
                take_cash(contract, form(bill), by=Actor.staff(user), at=NOW)
        assert not Payment.objects.exists()


class TestTakeCard:
    def test_keeps_only_the_tail_of_the_card(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        payment = take_card(contract, form(bill), SLIP, by=cashier, at=NOW)
        assert payment.transaction_id == "898110148990001-10000001-000012-000345"
        assert payment.reference == "尾号 6217"
        assert payment.receipt.paper["payment_method"] == "银行卡"

    def test_the_same_slip_on_another_form_is_refused(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        take_card(contract, form(bill), SLIP, by=cashier, at=NOW)
        with pytest.raises(Refused, match="已登记过（收据 11202500000001）"):
            take_card(contract, form(key="f2", seen=0), SLIP, by=cashier, at=NOW)
        assert Payment.objects.count() == 1

    def test_a_wrong_digit_is_named(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        with pytest.raises(Invalid, match="凭证号应为 6 位"):
            take_card(contract, form(bill), replace(SLIP, trace="345"), by=cashier, at=NOW)
        assert not Payment.objects.exists()


class TestEnterTransfer:
    def test_books_on_the_day_the_bank_did(
        self, company: Company, contract: SupplyContract, bill: Bill
    ) -> None:
        clerk = Actor.staff(a_member_of_staff("计费", CLERK, company))
        payment = enter_transfer(
            contract,
            form(bill),
            bank_account=a_bank_account(company),
            bank_reference="B20251107000123",
            value_date=date(2025, 11, 7),
            by=clerk,
            at=NOW,
        )
        assert (payment.business_date, payment.shift) == (date(2025, 11, 7), None)
        assert Transfer.objects.get(source_id=payment.pk, kind="payment").debit == 100200
        with pytest.raises(Refused, match="该银行流水已登记过"):
            enter_transfer(
                contract,
                form(key="f2", seen=0),
                bank_account=a_bank_account(company),
                bank_reference="B20251107000123",
                value_date=date(2025, 11, 7),
                by=clerk,
                at=NOW,
            )
        assert Payment.objects.count() == 1


class TestCloseShift:
    def test_counts_float_and_cash(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        take_cash(contract, form(bill), by=cashier, at=NOW)
        closed = close_shift(shift, counted_fen=212000, by=cashier, at=NOW)
        assert (closed.state, closed.expected_fen, closed.counted_fen) == (
            "closed",
            212000,
            212000,
        )
        with pytest.raises(Refused, match="请先开班"):
            take_cash(contract, form(key="f2", seen=0), by=cashier, at=NOW)

    def test_a_difference_needs_a_reason(self, cashier: Actor, shift: Shift) -> None:
        with pytest.raises(Invalid, match="填写差额原因"):
            close_shift(shift, counted_fen=49900, by=cashier, at=NOW)
        shift.refresh_from_db()
        assert (shift.state, shift.counted_fen) == ("open", None)
        closed = close_shift(shift, counted_fen=49900, reason="找零少一元", by=cashier, at=NOW)
        assert closed.difference_reason == "找零少一元"
        posted = Transfer.objects.get(kind="difference")
        assert posted.source == shift
        assert (posted.debit, posted.credit, posted.amount_fen) == (190100, 100100, 100)
        assert broken_checks() == []

    def test_nobody_closes_anothers_shift(self, company: Company, shift: Shift) -> None:
        other = Actor.staff(a_member_of_staff("收费二号", CASHIER, company))
        with pytest.raises(NotAllowed, match="本班收费员"):
            close_shift(shift, counted_fen=50000, by=other, at=NOW)

    def test_one_open_shift_each(self, company: Company, cashier: Actor, shift: Shift) -> None:
        with pytest.raises(Refused, match="未交班"):
            open_shift(company, till="2号窗口", float_fen=0, by=cashier, at=NOW)
        assert Shift.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_two_cashiers_take_money_for_one_bill(
        self, company: Company, contract: SupplyContract, bill: Bill
    ) -> None:
        works = []
        for n in range(8):
            cashier = Actor.staff(a_member_of_staff(f"窗口{n}", CASHIER, company))
            open_shift(company, till=str(n), float_fen=0, by=cashier, at=NOW)
            works.append(partial(take_cash, contract, form(bill, key=f"k{n}"), by=cashier, at=NOW))
        outcomes = at_once(works)
        booked = [outcome for outcome in outcomes if isinstance(outcome, Payment)]
        refused = {o.code for o in outcomes if isinstance(o, Refused)}
        assert (len(booked), refused) == (1, {"balance_changed"})
        assert contract_balance(contract).owed_fen == 0
        assert broken_checks() == []

    def test_a_double_click_books_once(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        click = partial(take_cash, contract, form(bill), by=cashier, at=NOW)
        outcomes = at_once([click] * 5)
        assert len({o.pk for o in outcomes if isinstance(o, Payment)}) == 1
        assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)

    def test_fifty_receipts_have_fifty_numbers_without_a_gap(
        self, company: Company, cashier: Actor, shift: Shift
    ) -> None:
        works = []
        for n in range(50):
            contract = a_contract(an_account(company, area="90.00"), a_customer(company))
            paying = form(an_issued_bill(contract), key=f"k{n}")
            works.append(partial(take_cash, contract, paying, by=cashier, at=NOW))
        at_once(works)
        numbers = sorted(Receipt.objects.values_list("number", flat=True))
        assert numbers == [f"112025{n:08d}" for n in range(1, 51)]
        assert broken_checks() == []

    def test_closing_the_shift_lets_no_payment_slip_in(
        self, contract: SupplyContract, bill: Bill, cashier: Actor, shift: Shift
    ) -> None:
        together: list[Callable[[], object]] = [
            partial(take_cash, contract, form(bill), by=cashier, at=NOW),
            partial(close_shift, shift, counted_fen=50000, by=cashier, at=NOW),
        ]
        outcomes = at_once(together)
        shift.refresh_from_db()
        payment_count = Payment.objects.filter(shift=shift).count()
        if shift.state == "closed":
            assert (payment_count, shift.expected_fen) == (0, 50000)
        else:
            assert payment_count == 1
        assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
