"""A cashier's day in a real browser: shift, search, cash, receipt, and an impatient click."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from billing.models import Attempt, Payment
from customers.models import SupplyContract
from heating.roles import CASHIER
from tests.builders import (
    PASSWORD,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.wechat_world import WechatWorld


@pytest.fixture
def contract(transactional_db: None) -> SupplyContract:
    company = a_company()
    account = an_account(company, number="1100012345")
    contract = a_contract(account, a_customer(company, name="王秀英", phone="13935171234"))
    an_issued_bill(contract)
    return contract


@pytest.fixture
def at_the_counter(contract: SupplyContract, quiet_page: Page, live_server: Any) -> Page:
    """A cashier of the company, signed in, with an open shift."""
    a_member_of_staff("wangfang", CASHIER, contract.company)
    page = quiet_page
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("input[name=username]", "wangfang")
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.goto(f"{live_server.url}/admin/counter/")
    page.get_by_role("link", name="开班").click()
    page.fill("input[name=till]", "1 号窗口")
    page.fill("input[name=float]", "500")
    page.get_by_role("button", name="开班").click()
    expect(page.get_by_text("已开班，可以收款。")).to_be_visible()
    return page


def find(page: Page, text: str) -> None:
    page.fill("input[name=q]", text)
    page.keyboard.press("Enter")


class TestTakeCash:
    def test_search_take_receipt_in_two_clicks(
        self, at_the_counter: Page, contract: SupplyContract
    ) -> None:
        page = at_the_counter
        find(page, "1100012345")
        expect(page.locator("#id_amount")).to_have_value("2,058.48")
        page.fill("#id_tendered", "2100")
        expect(page.locator("[data-change]")).to_have_text("41.52")
        page.click("#take")
        expect(page.locator("#receipt-number")).to_have_text(re.compile(r"^11\d{12}$"))
        expect(page.locator("#print")).to_be_focused()
        payment = Payment.objects.get()
        assert payment.amount_fen == 205848
        assert payment.contract == contract

    def test_a_double_click_books_once(self, at_the_counter: Page) -> None:
        page = at_the_counter
        find(page, "1234")
        page.fill("#id_tendered", "2100")
        page.dblclick("#take")
        expect(page.locator("#receipt-number")).to_be_visible()
        assert Payment.objects.count() == 1

    def test_too_little_cash_is_said_in_place(
        self, at_the_counter: Page, complaints: list[str]
    ) -> None:
        page = at_the_counter
        find(page, "王秀英")
        page.fill("#id_tendered", "2000")
        page.click("#take")
        expect(page.get_by_role("alert")).to_have_text("实收现金少于收款金额，请重新点收。")
        assert Payment.objects.count() == 0
        # The browser remarks upon the 422 of the refusal, and upon nothing else.
        assert [complaint for complaint in complaints if "422" not in complaint] == []
        complaints.clear()


class TestCloseShift:
    def test_a_blind_count_then_the_difference(
        self, at_the_counter: Page, contract: SupplyContract, complaints: list[str]
    ) -> None:
        page = at_the_counter
        find(page, "1100012345")
        page.fill("#id_tendered", "2100")
        page.click("#take")
        expect(page.locator("#receipt-number")).to_be_visible()
        page.get_by_role("link", name="下一户").click()
        page.get_by_role("link", name="交班").click()
        page.fill("input[name=n10000]", "25")
        page.get_by_role("button", name="交班").click()
        expect(page.get_by_text("-58.48")).to_be_visible()
        # The browser remarks upon the 422 of the refusal, and upon nothing else.
        assert [complaint for complaint in complaints if "422" not in complaint] == []
        complaints.clear()
        page.fill("#id_reason", "零钱短少，已报主管")
        page.get_by_role("button", name="交班").click()
        expect(page.get_by_text("已交班")).to_be_visible()


class TestShowWechatCode:
    def test_scanned_paid_and_on_to_the_receipt(
        self, wechat_world: WechatWorld, at_the_counter: Page, contract: SupplyContract
    ) -> None:
        page = at_the_counter
        find(page, "1100012345")
        page.get_by_text("微信扫码", exact=True).click()
        page.click("#take")
        expect(page.locator(".qr-box svg")).to_be_visible()
        wechat_world.pay(Attempt.objects.get().number)
        expect(page.locator("#receipt-number")).to_be_visible()
        assert Payment.objects.get().amount_fen == 205848

    def test_walked_away_closed_and_paid_in_cash(
        self, wechat_world: WechatWorld, at_the_counter: Page
    ) -> None:
        page = at_the_counter
        find(page, "1100012345")
        page.get_by_text("微信扫码", exact=True).click()
        page.click("#take")
        expect(page.locator(".qr-box svg")).to_be_visible()
        page.get_by_role("button", name="关闭在线支付并收现金").click()
        expect(page.get_by_text("在线支付已关闭，可以改收现金。")).to_be_visible()
        page.fill("#id_tendered", "2058.48")
        page.click("#take")
        expect(page.locator("#receipt-number")).to_be_visible()
        assert Payment.objects.get().method == "cash"
