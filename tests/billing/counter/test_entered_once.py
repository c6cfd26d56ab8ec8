"""A slip or bank serial is entered once, a form is good for what it was made for, and dates fit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest

from billing.counter.money_facts import CardSlip, CounterForm
from billing.counter.operations import enter_transfer, take_card, take_cash
from billing.counter.shifts import open_shift
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.models import Bill, CompanyBankAccount, Payment, PaymentIntent, Receipt, Transfer
from customers.models import SupplyContract
from heating.roles import CASHIER
from office.actors import Actor
from office.models import Company
from office.refusals import Invalid, Refused
from tests.builders import (
    NOW,
    a_bank_account,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
SLIP = CardSlip("898110148990001", "1000000A", "000012", "000345", "6217")
DAY = date(2025, 11, 7)


def a_cashier(company: Company, name: str = "收费一号") -> Actor:
    by = Actor.staff(a_member_of_staff(f"{name}{company.code}", CASHIER, company))
    open_shift(company, till=name, float_fen=0, by=by, at=NOW)
    return by


def a_bill(code: str = "11") -> Bill:
    """1,620.00 yuan."""
    company = a_company(code)
    return an_issued_bill(a_contract(an_account(company, area="90.00"), a_customer(company)))


def form(bill: Bill, key: str = "f1", amount: int = 162000) -> CounterForm:
    return CounterForm(key, [bill], amount, 162000)


def transfer(
    bill: Bill,
    serial: str,
    by: Actor,
    *,
    account: CompanyBankAccount | None = None,
    key: str = "f1",
    day: date = DAY,
    at: datetime = NOW,
) -> Payment:
    return enter_transfer(
        bill.contract,
        form(bill, key),
        bank_account=account or a_bank_account(bill.company),
        bank_reference=serial,
        value_date=day,
        by=by,
        at=at,
    )


def counts() -> tuple[int, ...]:
    return tuple(m.objects.count() for m in (Payment, PaymentIntent, Receipt, Transfer))


class TestBankSerial:
    def test_is_each_companys_own(self) -> None:
        here, there = a_bill(), a_bill("21")
        first = transfer(here, "B001", a_cashier(here.company))
        second = transfer(there, "B001", a_cashier(there.company), key="f2")
        accounts = [a_bank_account(bill.company) for bill in (here, there)]
        assert [first.bank_account, second.bank_account] == accounts
        assert [first.transaction_id, second.transaction_id] == [f"{a.pk}:B001" for a in accounts]
        assert first.receipt.paper["payment_reference"] == "B001"

    def test_is_each_bank_accounts_own(self) -> None:
        bill, other = a_bill(), a_bill()
        cashier = a_cashier(bill.company)
        second_account = a_bank_account(bill.company, "140200777")
        transfer(bill, "B001", cashier)
        payment = transfer(other, "B001", cashier, account=second_account, key="f2")
        assert (payment.bank_account, payment.transaction_id) == (
            second_account,
            f"{second_account.pk}:B001",
        )
        third = a_bill()
        before = counts()
        with pytest.raises(Refused, match="该银行流水已登记过"):
            transfer(third, "B001", cashier, account=second_account, key="f3")
        assert counts() == before

    def test_on_an_account_that_is_not_the_companys_or_not_in_use_is_refused(self) -> None:
        bill = a_bill()
        cashier = a_cashier(bill.company)
        strange = a_bank_account(a_company("21"))
        closed = a_bank_account(bill.company, "140200777", closed_on=DAY)
        later = a_bank_account(bill.company, "140200778", opened_on=date(2025, 11, 8))
        for account in (strange, closed, later):
            with pytest.raises(Invalid, match="在入账日期不是本公司在用的收款账户") as refusal:
                transfer(bill, "B001", cashier, account=account)
            assert refusal.value.code == "bank_account_not_in_use"
        assert not PaymentIntent.objects.exists()
        payment = transfer(bill, "B001", cashier, account=closed, day=date(2025, 11, 6))
        assert payment.bank_account == closed

    @pytest.mark.parametrize("spelling", ["b001", " B0 01 ", "Ｂ００１", "B001\u200b"])
    def test_is_one_in_every_spelling(self, spelling: str) -> None:
        bill, other = a_bill(), a_bill()
        cashier = a_cashier(bill.company)
        number = transfer(bill, "B001", cashier).receipt.number
        before = counts()
        with pytest.raises(Refused, match=f"已登记过（收据 {number}）"):
            transfer(other, spelling, cashier, key="f2")
        assert counts() == before

    @pytest.mark.parametrize("serial", ["", "\u3000", "\u200b", "9" * 61])
    def test_that_is_none_is_refused(self, serial: str) -> None:
        bill = a_bill()
        with pytest.raises(Invalid, match="请填写银行流水号"):
            transfer(bill, serial, a_cashier(bill.company))
        assert not PaymentIntent.objects.exists()

    @pytest.mark.parametrize("transaction_id", ["b 777", "11:B777"])
    def test_as_it_was_kept_before_is_known_too(self, transaction_id: str) -> None:
        bill, other = a_bill(), a_bill()
        cashier = a_cashier(bill.company)
        payment = transfer(bill, "B001", cashier)
        payment.pk = None
        payment.transaction_id = transaction_id
        payment.reference = "b 777"
        payment.bank_account = None
        payment.save(force_insert=True)
        Receipt.objects.create(
            company=payment.company,
            payment=payment,
            number="11209900000001",
            issued_at=NOW,
            amount_fen=payment.amount_fen,
            verification_code="ABCDEFGHJKMN",
            paper={},
        )
        before = counts()
        with pytest.raises(Refused, match="已登记过（收据 11209900000001）"):
            transfer(other, "b 777", cashier, key="f2")
        assert counts() == before


class TestValueDate:
    def test_neither_ahead_nor_before_the_books(self) -> None:
        bill = a_bill()
        cashier = a_cashier(bill.company)
        Company.objects.filter(pk=bill.company_id).update(books_begin_on=date(2025, 10, 1))
        for day, sentence in (
            (date(2025, 11, 11), "入账日期不能晚于今天"),
            (date(2025, 9, 30), "早于本公司的建账日 2025-10-01"),
        ):
            with pytest.raises(Invalid, match=sentence):
                transfer(bill, "B001", cashier, day=day)
        assert not PaymentIntent.objects.exists()
        assert transfer(bill, "B001", cashier, day=date(2025, 10, 1)).business_date == date(
            2025, 10, 1
        )

    def test_without_a_day_of_its_own_the_year_of_the_first_season_counts(self) -> None:
        bill = a_bill()
        with pytest.raises(Invalid, match="早于本公司的建账日 2025-01-01"):
            transfer(bill, "B001", a_cashier(bill.company), day=date(2024, 12, 31))
        assert not Payment.objects.exists()

    def test_of_last_year_gives_a_receipt_of_this_year_that_names_it(self) -> None:
        bill = a_bill()
        january = datetime(2026, 1, 4, 2, tzinfo=UTC)
        payment = transfer(
            bill, "B001", a_cashier(bill.company), day=date(2025, 12, 30), at=january
        )
        paper = payment.receipt.paper
        assert payment.business_date == date(2025, 12, 30)
        days = Transfer.objects.filter(source_type="payment", source_id=payment.pk).values_list(
            "business_date", flat=True
        )
        assert set(days) == {date(2025, 12, 30)}
        assert (payment.receipt.number, paper["number"]) == ("11202600000001",) * 2
        assert (paper["issued_on"], paper["note"]) == ("2026-01-04", "款项入账日期 2025-12-30")

    def test_of_today_needs_no_note(self) -> None:
        bill = a_bill()
        payment = transfer(bill, "B001", a_cashier(bill.company), day=date(2025, 11, 10))
        paper = payment.receipt.paper
        assert (payment.receipt.number, paper["note"]) == ("11202500000001", "")


class TestKnownKey:
    @pytest.mark.parametrize(
        "change",
        [
            lambda sent, other: replace(sent, amount_fen=100000),
            lambda sent, other: replace(sent, bills=[]),
            lambda sent, other: replace(sent, seen_open_fen=0),
        ],
    )
    def test_with_another_content_is_refused(
        self, change: Callable[[CounterForm, Bill], CounterForm]
    ) -> None:
        bill = a_bill()
        cashier = a_cashier(bill.company)
        take_cash(bill.contract, form(bill), by=cashier, at=NOW)
        before = counts()
        with pytest.raises(Refused) as refusal:
            take_cash(bill.contract, change(form(bill), bill), by=cashier, at=NOW)
        assert (refusal.value.code, counts()) == ("form_reused", before)

    def test_for_another_account_or_method_is_refused(self) -> None:
        bill, other = a_bill(), a_bill()
        cashier = a_cashier(bill.company)
        take_cash(bill.contract, form(bill), by=cashier, at=NOW)
        before = counts()
        for entry in (
            partial(take_cash, other.contract, form(other), by=cashier, at=NOW),
            partial(take_card, bill.contract, form(bill), SLIP, by=cashier, at=NOW),
            partial(transfer, bill, "B001", cashier),
        ):
            with pytest.raises(Refused) as refusal:
                entry()
            assert (refusal.value.code, counts()) == ("form_reused", before)

    def test_with_the_same_content_is_the_same_payment(self) -> None:
        bill = a_bill()
        cashier = a_cashier(bill.company)
        payments = [
            take_card(bill.contract, form(bill), SLIP, by=cashier, at=NOW) for _ in range(2)
        ]
        assert payments[0].pk == payments[1].pk
        assert Payment.objects.count() == 1


class TestSlip:
    def test_names_its_receipt_to_its_own_company_only(self) -> None:
        bill, other, strange = a_bill(), a_bill(), a_bill("21")
        cashiers = {code: a_cashier(a_company(code)) for code in ("11", "21")}
        number = take_card(
            bill.contract, form(bill), SLIP, by=cashiers["11"], at=NOW
        ).receipt.number
        before = counts()
        sentences = {}
        for code, again in (("11", other), ("21", strange)):
            with pytest.raises(Refused) as refusal:
                take_card(again.contract, form(again, "f2"), SLIP, by=cashiers[code], at=NOW)
            assert refusal.value.code == "slip_used"
            sentences[code] = refusal.value.sentence
        assert sentences == {
            "11": f"这张签购单已登记过（收据 {number}）。",
            "21": "这张签购单已在其他公司登记过，请核对签购单。",
        }
        assert counts() == before


class TestMoreThanOwed:
    def test_is_asked_once(self) -> None:
        bill = a_bill()
        cashier = a_cashier(bill.company)
        more = form(bill, amount=9999999900)
        with pytest.raises(Refused, match=r"比欠费多 99,998,379\.00 元") as refusal:
            take_cash(bill.contract, more, by=cashier, at=NOW)
        assert (refusal.value.code, PaymentIntent.objects.count()) == ("more_than_owed", 0)
        meant = replace(form(bill, amount=170000), beyond_debt=True)
        take_cash(bill.contract, meant, by=cashier, at=NOW)
        assert contract_balance(bill.contract).advance_fen == 8000


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    @pytest.mark.parametrize("method", ["card", "transfer"])
    def test_two_clerks_with_one_slip_or_serial_for_two_accounts(self, method: str) -> None:
        for n in range(6):
            bills = [a_bill(), a_bill()]
            cashiers = [a_cashier(bill.company, f"窗口{n}{k}") for k, bill in enumerate(bills)]
            slip = replace(SLIP, trace=f"{n:06d}")

            def enter(k: int, slip: CardSlip, pairs: list[tuple[Bill, Actor]], n: int) -> Payment:
                bill, by = pairs[k]
                key = f"k{n}{k}"
                if method == "card":
                    return take_card(bill.contract, form(bill, key), slip, by=by, at=NOW)
                return transfer(bill, f"b{n}", by, key=key)

            pairs = list(zip(bills, cashiers, strict=True))
            outcomes = at_once([partial(enter, k, slip, pairs, n) for k in range(2)])
            refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
            booked = [outcome for outcome in outcomes if isinstance(outcome, Payment)]
            assert [type(outcome).__name__ for outcome in refused] == ["Refused"]
            assert booked[0].receipt.number in refused[0].sentence
            assert (Payment.objects.count(), PaymentIntent.objects.count()) == (n + 1, n + 1)
        assert [check.check.name for check in check_ledger() if not check.holds] == []

    def test_one_key_for_two_accounts(self) -> None:
        bills = [a_bill(), a_bill()]
        contracts: list[SupplyContract] = [bill.contract for bill in bills]
        cashiers = [a_cashier(bill.company, f"窗口{k}") for k, bill in enumerate(bills)]
        outcomes = at_once(
            [
                partial(take_cash, contracts[k], form(bills[k]), by=cashiers[k], at=NOW)
                for k in range(2)
            ]
        )
        codes = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
        assert codes == ["form_reused"]
        assert (Payment.objects.count(), PaymentIntent.objects.count()) == (1, 1)
