"""The counter over HTTP: taken once, refused in place, printed as original and then as copies."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from billing.counter.shifts import open_shift
from billing.models import Bill, Payment, PriceDocument, Receipt, Shift, Tariff
from billing.states import ShiftState
from customers.models import SupplyContract
from heating.roles import CASHIER, CLERK
from office.actors import Actor
from office.models import JournalEntry, User
from tests.billing.counter.till_page import shown_form, take
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
from tests.office.pdf_reading import texts_of

pytestmark = pytest.mark.django_db


def text_of(content: bytes) -> str:
    return " ".join(text for page in texts_of(content) for text in page)


@pytest.fixture
def cashier() -> User:
    return a_member_of_staff("cashier", CASHIER, a_company())


@pytest.fixture
def contract() -> SupplyContract:
    company = a_company()
    contract = a_contract(an_account(company), a_customer(company))
    an_issued_bill(contract, a_season(company, "2024-2025"), at=NOW - timedelta(days=365))
    an_issued_bill(contract)
    return contract


@pytest.fixture
def till(client: Client, cashier: User) -> Client:
    """The cashier signed in, with an open shift."""
    client.force_login(cashier)
    open_shift(a_company(), till="1", float_fen=50000, by=Actor.staff(cashier), at=NOW)
    return client


class TestTakeCash:
    def test_everything_open_is_filled_in_and_taken(
        self, till: Client, contract: SupplyContract
    ) -> None:
        form = shown_form(till, contract)
        assert form["amount"] == "4,116.96"
        status, where = take(till, contract, {**form, "tendered": "4200"})
        payment = Payment.objects.get()
        assert (status, where) == (302, f"/admin/counter/payment/{payment.pk}/?tendered=420000")
        assert payment.amount_fen == 411696
        page = till.get(where).content.decode()
        assert "83.04" in page
        assert payment.receipt.number in page

    def test_the_same_form_twice_books_once(self, till: Client, contract: SupplyContract) -> None:
        form = shown_form(till, contract)
        assert take(till, contract, form) == take(till, contract, form)
        assert Payment.objects.count() == 1

    def test_more_than_is_owed_is_taken_when_it_is_meant(
        self, till: Client, contract: SupplyContract
    ) -> None:
        more = {**shown_form(till, contract), "amount": "4200"}
        address = reverse("admin:counter_take", args=[contract.pk])
        asking = till.post(address, more).content.decode()
        assert 'name="beyond_debt"' in asking
        assert "收款后即开具收据，不能撤销" in asking
        assert take(till, contract, {**more, "beyond_debt": "on"})[0] == 302
        assert Payment.objects.get().amount_fen == 420000

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"amount": "abc"}, "收款金额应为金额，如 1620.00。"),
            ({"amount": "1e9"}, "收款金额应为金额，如 1620.00。"),
            ({"amount": "-5"}, "缴费金额必须大于零。"),
            ({"amount": "0"}, "缴费金额必须大于零。"),
            ({"tendered": ""}, "请填写实收现金。"),
            (
                {"amount": "4200"},
                "收款金额比欠费多 83.04 元，多出的将转为预存；确属预存的，请勾选后再收款。",
            ),
            ({"tendered": "100"}, "实收现金少于收款金额，请重新点收。"),
            ({"method": ""}, "请选择收款方式。"),
            ({"form_key": "x"}, "页面已失效，请重新打开页面后再办理。"),
            (
                {"seen_open_fen": "1"},
                "该户欠费刚刚有变动（可能另一窗口已收款），请核对后重新收款；本次没有入账。",
            ),
            ({"method": "card"}, "商户号应为 15 位，请对照签购单重填。"),
            ({"method": "transfer", "value_date": "x"}, "请填写入账日期，如 2026-01-15。"),
        ],
    )
    def test_what_is_wrong_is_said_in_place(
        self, change: dict[str, str], sentence: str, till: Client, contract: SupplyContract
    ) -> None:
        status, message = take(till, contract, {**shown_form(till, contract), **change})
        assert (status, message) == (422, sentence)
        assert Payment.objects.count() == 0

    def test_without_a_shift_nothing_is_taken(
        self, client: Client, cashier: User, contract: SupplyContract
    ) -> None:
        client.force_login(cashier)
        answer = take(client, contract, shown_form(client, contract))
        assert answer == (422, "您还没有开班，请先开班再收款。")

    def test_a_clerk_takes_no_cash(self, client: Client, contract: SupplyContract) -> None:
        client.force_login(a_member_of_staff("clerk", CLERK, a_company()))
        form = {**shown_form(client, contract), "method": "cash"}
        assert take(client, contract, form) == (403, "您没有办理此业务的权限。")


class TestShift:
    def test_opened_and_closed_by_count(self, client: Client, cashier: User) -> None:
        client.force_login(cashier)
        form = {"company": a_company().pk, "till": "2 号窗口", "float": "500"}
        assert client.post(reverse("admin:open_shift"), form).status_code == 302
        assert Shift.objects.get().float_fen == 50000
        short = client.post(reverse("admin:close_shift"), {"n10000": "4"}).content.decode()
        assert "-100.00" in short
        assert Shift.objects.get().state == ShiftState.OPEN
        client.post(reverse("admin:close_shift"), {"n10000": "4", "n5000": "2"})
        closed = Shift.objects.get()
        assert (closed.state, closed.counted_fen) == (ShiftState.CLOSED, 50000)

    def test_the_first_count_is_blind(self, till: Client) -> None:
        page = till.get(reverse("admin:close_shift")).content.decode()
        assert "应有现金" not in page


class TestPrintReceipt:
    def test_the_first_is_the_original_then_numbered_copies(
        self, till: Client, contract: SupplyContract
    ) -> None:
        take(till, contract, shown_form(till, contract))
        receipt = Receipt.objects.get()
        address = reverse("admin:billing_receipt_print_receipt", args=[receipt.pk])
        assert till.get(address).status_code == 302
        prints = [till.post(address) for _ in range(3)]
        assert {answer["Content-Type"] for answer in prints} == {"application/pdf"}
        papers = [text_of(answer.content) for answer in prints]
        assert all(receipt.number in paper for paper in papers)
        assert ["副本" in paper for paper in papers] == [False, True, True]
        entries = JournalEntry.objects.filter(action="print_receipt").order_by("pk")
        assert [entry.facts["copy"] for entry in entries] == [0, 1, 2]

    def test_a_bill_is_printed_with_its_arrears(
        self, till: Client, contract: SupplyContract
    ) -> None:
        bill = Bill.objects.latest("pk")
        answer = till.post(reverse("admin:billing_bill_print_bill", args=[bill.pk]))
        paper = text_of(answer.content)
        assert bill.number in paper
        assert "4,116.96" in paper


class TestPublishPriceDocument:
    def test_a_published_one_never_changes_even_in_sql(self) -> None:
        tariff = a_tariff(a_company())
        changes: list[Callable[[], object]] = [
            lambda: PriceDocument.objects.update(title="x"),
            lambda: Tariff.objects.update(amount=1),
            lambda: Tariff.objects.all().delete(),
            lambda: Tariff.objects.create(
                document=tariff.document,
                category=tariff.category,
                unit=tariff.unit,
                amount=1,
            ),
        ]
        for change in changes:
            with pytest.raises(IntegrityError), transaction.atomic():
                change()
