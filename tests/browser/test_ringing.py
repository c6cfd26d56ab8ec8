"""A telephone rings while the agent's page stands open: it appears there, and a click takes it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.builders import PASSWORD, a_contract, a_customer, an_account
from tests.complaints.calls.ringing import CALLER, a_machine, ring
from tests.customer_api import ApiClient
from tests.service_desk import Desk, a_desk, publish_rules


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    publish_rules()
    desk = a_desk()
    account = an_account(desk.company, number="1100012345")
    a_contract(account, a_customer(desk.company, name="王秀英", phone=CALLER))
    return desk


class TestRinging:
    def test_a_call_appears_without_reload_and_is_taken_by_a_click(
        self, desk: Desk, quiet_page: Page, live_server: Any
    ) -> None:
        page, centre = quiet_page, ApiClient(a_machine()[1])
        page.goto(f"{live_server.url}/admin/login/")
        page.fill("input[name=username]", "客服甲11")
        page.fill("input[name=password]", PASSWORD)
        page.click("#login-form button[type=submit]")
        expect(page.locator("#waiting")).to_be_visible()
        expect(page.locator("#ringing")).to_be_hidden()
        assert ring(centre).status_code == 201
        expect(page.locator("#ringing")).to_contain_text("1100012345 王秀英")
        page.locator("#ringing").get_by_role("link", name=CALLER).click()
        expect(page.locator("#caller")).to_contain_text("1100012345")
        expect(page.locator("input[name=caller_phone]")).to_have_value(CALLER)
        # The one who is being spoken to is not announced; the next one is, and no word is lost.
        page.fill("#intake-form textarea", "卧室不热")
        assert ring(centre, number="13899999999", call_id="cc-2").status_code == 201
        expect(page.locator("#ringing li")).to_have_count(1)
        expect(page.locator("#ringing")).to_contain_text("没有登记的号码")
        with page.context.expect_page() as opened:
            page.locator("#ringing").get_by_role("link", name="13899999999").click()
        expect(opened.value.locator("input[name=caller_phone]")).to_have_value("13899999999")
        expect(page.locator("#intake-form textarea")).to_have_value("卧室不热")
        opened.value.close()
        # Signed out elsewhere, the page says so instead of standing silent.
        page.context.clear_cookies()
        expect(page.get_by_text("登录已过期，来电不再显示")).to_be_visible()
