"""A supply contract in a real browser: drawn up at the desk, signed with a scan, read in public."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from customers.models import ContractPaper, SupplyContract
from heating.roles import AGENT
from office.calendar import business_date
from tests.builders import (
    PASSWORD,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
)
from tests.clock import present
from tests.customers.contract_records import SCAN, a_template


@pytest.fixture
def contract(transactional_db: None) -> SupplyContract:
    company = a_company()
    a_template(effective_from=business_date(present()), at=present())
    return a_contract(an_account(company, number="1100012345"), a_customer(company))


class TestSupplyContract:
    def test_drawn_up_signed_and_confirmed(
        self, contract: SupplyContract, quiet_page: Page, live_server: Any, tmp_path: Path
    ) -> None:
        a_member_of_staff("liuyang", AGENT, contract.company)
        page = quiet_page
        where = f"/admin/customers/supplycontract/{contract.pk}/change/"
        page.goto(f"{live_server.url}/admin/login/?next={where}")
        page.fill("input[name=username]", "liuyang")
        page.fill("input[name=password]", PASSWORD)
        page.click("#login-form button[type=submit]")
        page.locator("summary", has_text="拟订合同").click()
        page.fill("#id_starts", "2026-03-01")
        page.get_by_role("button", name="确定拟订合同").click()
        expect(page.get_by_text("合同已拟订，请打印后签署。")).to_be_visible()
        paper = ContractPaper.objects.get()
        page.get_by_role("link", name=paper.number).click()
        expect(page.locator(".record-title")).to_contain_text("待签署")
        scan = tmp_path / "signed.pdf"
        scan.write_bytes(SCAN)
        page.locator("summary", has_text="登记签署").click()
        page.fill("#id_signer", "王秀英")
        page.fill("#id_signed_on", f"{paper.drawn_on}")
        page.set_input_files("#id_scan", scan)
        page.get_by_role("button", name="确定登记签署").click()
        expect(page.locator(".record-title")).to_contain_text("已签署")
        expect(page.locator("#documents")).to_contain_text(paper.number)
        page.goto(f"{live_server.url}/verify/contract/{paper.verification_code}")
        expect(page.get_by_role("heading", name="这份合同是我们拟订的")).to_be_visible()
        expect(page.get_by_text("王*英")).to_be_visible()
