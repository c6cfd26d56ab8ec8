"""A change of owner in a real browser: looked for, refused once, done; the debt stands apart."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from customers.models import SupplyContract
from heating.roles import AGENT
from tests.builders import (
    PASSWORD,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)


@pytest.fixture
def contract(transactional_db: None) -> SupplyContract:
    company = a_company()
    account = an_account(company, number="1100012345")
    contract = a_contract(account, a_customer(company, name="王秀英", phone="13935171234"))
    an_issued_bill(contract)
    a_customer(company, name="李建国", phone="13800000002")
    return contract


@pytest.fixture
def at_the_desk(contract: SupplyContract, quiet_page: Page, live_server: Any) -> Page:
    """An agent of the company, signed in, before the account's page."""
    a_member_of_staff("liuyang", AGENT, contract.company)
    page = quiet_page
    account = f"/admin/customers/account/{contract.account_id}/change/"
    page.goto(f"{live_server.url}/admin/login/?next={account}")
    page.fill("input[name=username]", "liuyang")
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    expect(page.locator(".record-title")).to_contain_text("王秀英")
    return page


class TestTransferOwnership:
    def test_found_by_telephone_refused_once_and_done(
        self, at_the_desk: Page, contract: SupplyContract, complaints: list[str]
    ) -> None:
        page = at_the_desk
        page.get_by_role("link", name="过户").click()
        expect(page.get_by_text("欠费 2,058.48 元仍由原用户 王秀英 承担")).to_be_visible()
        expect(page.locator("#id_name")).to_be_hidden()
        page.fill("#id_contract_number", "GR-2025-9")
        page.fill("#id_number", "13800000009")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("没有找到这个号码")
        page.fill("#id_number", "13800000002")
        page.keyboard.press("Enter")
        expect(page.get_by_role("radio", name=re.compile("李建国"))).to_be_checked()
        expect(page.locator("#id_contract_number")).to_have_value("GR-2025-9")

        page.fill("#id_on", "2020-10-01")
        page.get_by_label("已向双方说明").check()
        page.click("#transfer")
        expect(page.get_by_role("alert")).to_contain_text("过户日期须晚于原合同生效日期")
        expect(page.get_by_role("radio", name=re.compile("李建国"))).to_be_checked()
        # The browser remarks upon the 422 of the refusal, and upon nothing else.
        assert [complaint for complaint in complaints if "422" not in complaint] == []
        complaints.clear()

        page.fill("#id_on", "2025-11-15")
        page.click("#transfer")
        expect(page.get_by_text("已过户给 李建国")).to_be_visible()
        expect(page.locator(".record-title")).to_contain_text("李建国")
        expect(page.locator(".former-owner")).to_contain_text("原用户欠费")
        expect(page.locator(".former-owner")).to_contain_text("2,058.48")
        new = SupplyContract.objects.get(ends=None)
        assert (new.account_id, new.customer.name) == (contract.account_id, "李建国")

    def test_a_new_customer_is_typed_in_place_of_one_on_file(self, at_the_desk: Page) -> None:
        page = at_the_desk
        page.get_by_role("link", name="过户").click()
        page.get_by_text("登记新用户").click()
        expect(page.locator("#id_number")).to_be_hidden()
        page.fill("#id_name", "赵敏")
        page.fill("#id_contract_number", "GR-2025-10")
        page.get_by_label("已向双方说明").check()
        page.locator("#id_contract_number").press("Enter")
        expect(page.get_by_text("已过户给 赵敏，新合同 GR-2025-10。")).to_be_visible()
