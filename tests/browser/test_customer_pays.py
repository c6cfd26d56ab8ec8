"""A customer with a telephone: signs in, understands the bill, pays, and holds the receipt."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.models import Attempt, Bill, Receipt
from heating.celery import app
from tests.browser.customer_phone import PHONE, look
from tests.builders import a_company, a_contract, a_customer, a_season, an_account, an_issued_bill
from tests.sms_outbox import Outbox
from tests.wechat_world import WechatWorld


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
    }


@pytest.fixture
def bill(transactional_db: None) -> Bill:
    company = a_company()
    contract = a_contract(an_account(company), a_customer(company, phone=PHONE))
    an_issued_bill(contract, a_season(company, "2024-2025"))
    return an_issued_bill(contract, a_season(company, "2025-2026"))


@pytest.fixture
def messages(settings: Any) -> Iterator[list[tuple[str, str, dict[str, str]]]]:
    settings.SMS_SENDER = "tests.sms_outbox.Outbox"
    Outbox.sent.clear()
    app.conf.task_always_eager = True
    yield Outbox.sent
    app.conf.task_always_eager = False


def sign_in(page: Page, messages: list[tuple[str, str, dict[str, str]]]) -> None:
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("五分钟内有效")).to_be_visible()
    page.get_by_label("验证码", exact=True).fill(messages[-1][2]["code"])
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="我的用热")).to_be_visible()


class TestCustomerPays:
    def test_scans_the_code_and_gets_the_receipt(
        self,
        live_site: LiveServer,
        wechat_world: WechatWorld,
        bill: Bill,
        quiet_page: Page,
        messages: list[tuple[str, str, dict[str, str]]],
    ) -> None:
        page = quiet_page
        page.goto(f"{live_site.url}/my/sign-in")
        look(page, "customer-1-sign-in")
        sign_in(page, messages)
        expect(page.get_by_text("4,116.96")).to_be_visible()
        look(page, "customer-2-accounts")

        page.get_by_text(bill.address).click()
        expect(page.locator("#total")).to_have_text("4,116.96")
        page.get_by_text("怎么算的").first.click()
        expect(page.get_by_text("114.36 m² × 3.60 元/m²·月 × 5 月").first).to_be_visible()
        look(page, "customer-3-bills")
        page.locator(".bill").first.get_by_role("checkbox").uncheck()
        expect(page.locator("#total")).to_have_text("2,058.48")
        page.locator(".bill").first.get_by_role("checkbox").check()
        page.get_by_role("button", name="立即缴费").click()

        expect(page.get_by_role("img", name="支付二维码")).to_be_visible()
        assert page.locator("#code").evaluate("image => image.decode().then(() => true)")
        look(page, "customer-4-code")

        with page.expect_popup() as opened:
            page.get_by_role("link", name="演示：打开付款人的手机").click()
        phone = opened.value
        phone.get_by_role("link").filter(has_text="4,116.96").first.click()
        phone.get_by_role("button", name="支付").click()
        expect(phone.get_by_text("支付成功")).to_be_visible()
        phone.close()

        expect(page.get_by_role("heading", name="缴费成功")).to_be_visible()
        receipt = Receipt.objects.get()
        assert receipt.amount_fen == 411696
        look(page, "customer-5-paid")
        with page.context.expect_page():
            page.get_by_role("link", name="下载收据").click()
        pdf = page.request.get(f"{live_site.url}/api/v1/receipts/{receipt.number}/pdf")
        assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")

        page.get_by_role("link", name="收据", exact=True).click()
        expect(page.get_by_text(receipt.number)).to_be_visible()
        look(page, "customer-6-receipts")

        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Receipts")).to_be_visible()
        look(page, "customer-7-english")
        page.get_by_role("button", name="中文").click()
        page.get_by_role("button", name="退出").click()
        expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()

        page.goto(f"{live_site.url}/verify/{receipt.verification_code}")
        expect(page.get_by_text("这张收据是我们开具的")).to_be_visible()
        expect(page.get_by_text("王*英")).to_be_visible()
        look(page, "customer-8-verify")

    def test_pays_inside_wechat_and_is_known_next_time(
        self,
        live_site: LiveServer,
        wechat_world: WechatWorld,
        bill: Bill,
        page: Page,
        messages: list[tuple[str, str, dict[str, str]]],
    ) -> None:
        page.goto(f"{live_site.url}/my/sign-in")
        page.get_by_role("button", name="微信登录").click()
        expect(page.get_by_text("首次使用请验证手机号")).to_be_visible()
        look(page, "customer-9-bind")
        sign_in(page, messages)
        page.get_by_text(bill.address).click()
        page.get_by_role("button", name="立即缴费").click()
        page.get_by_role("button", name="微信支付").click()
        sheet = page.frame_locator("iframe[title='微信支付（模拟）']")
        expect(sheet.get_by_text("4,116.96")).to_be_visible()
        look(page, "customer-10-sheet")
        sheet.get_by_role("button", name="支付").click()
        sheet.get_by_role("link", name="完成").click()
        expect(page.get_by_role("heading", name="缴费成功")).to_be_visible()
        assert Attempt.objects.get().method == "wechat_jsapi"

        page.get_by_role("button", name="退出").click()
        page.get_by_role("button", name="微信登录").click()
        expect(page.get_by_role("heading", name="我的用热")).to_be_visible()
        expect(page.get_by_text("已缴清").first).to_be_visible()

    def test_without_signing_in_one_is_sent_to_sign_in_and_back(
        self,
        live_site: LiveServer,
        bill: Bill,
        page: Page,
        messages: list[tuple[str, str, dict[str, str]]],
    ) -> None:
        page.goto(f"{live_site.url}/my/receipts")
        expect(page.get_by_label("手机号")).to_be_visible()
        page.get_by_label("手机号").fill(PHONE)
        page.get_by_role("button", name="获取验证码").click()
        expect(page.get_by_text("五分钟内有效")).to_be_visible()
        page.get_by_label("验证码", exact=True).fill("000000")
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("验证码不正确或已过期")
        look(page, "customer-11-wrong-code")
        page.get_by_label("验证码", exact=True).fill(messages[-1][2]["code"])
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_text("还没有收据")).to_be_visible()
