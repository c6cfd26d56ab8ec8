"""A call in a real browser: the number pops up, the keyboard opens the ticket."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from complaints.models import Ticket
from complaints.promises.words import promise_text
from complaints.tickets.intake import open_ticket
from customers.models import Account
from office.calendar import business_date
from office.zone import SHANGHAI
from tests.builders import PASSWORD, a_contract, a_customer, an_account, an_issued_bill
from tests.clock import present
from tests.service_desk import Desk, a_repair

PHONE = "13935171234"


@pytest.fixture
def account(desk: Desk) -> Account:
    account = an_account(desk.company, number="1100012345")
    contract = a_contract(account, a_customer(desk.company, name="王秀英", phone=PHONE))
    an_issued_bill(contract)
    return account


@pytest.fixture
def at_the_desk(account: Account, quiet_page: Page, live_server: Any) -> Page:
    """An agent of the company, signed in, with the caller's number on the screen."""
    page = quiet_page
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("input[name=username]", "客服甲11")
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.goto(f"{live_server.url}/admin/service/open_ticket/?phone=%2B86{PHONE}")
    return page


class TestOpenTicket:
    def test_a_call_is_taken_by_keyboard_alone(self, at_the_desk: Page, account: Account) -> None:
        page, press = at_the_desk, at_the_desk.keyboard.press
        expect(page.locator("#caller")).to_contain_text("1100012345")
        expect(page.locator("#arrears")).to_have_text("2,058.48")
        expect(page.locator("input[name=kind][value=repair]")).to_be_focused()
        press("Tab")
        press("Space")
        expect(page.locator("input[name=subject][value=no_heat]")).to_be_checked()
        press("Tab")
        expect(page.locator("input[name=severity][value=minor]")).to_be_focused()
        press("Tab")
        page.keyboard.insert_text("卧室不热，家里有老人")
        press("Control+Enter")
        expect(page.locator("#ticket-number")).to_have_text(re.compile(r"^GD11\d{12}$"))
        ticket = Ticket.objects.get()
        assert (ticket.account, ticket.kind, ticket.severity) == (account, "repair", "minor")
        assert (ticket.caller_phone, ticket.summary) == (PHONE, "卧室不热，家里有老人")
        assert ticket.due_at is not None
        expect(page.locator("#promise")).to_have_text(promise_text("repair", ticket.due_at))
        expect(page.locator("#next")).to_be_focused()

    def test_only_what_belongs_to_the_kind_is_shown(self, at_the_desk: Page) -> None:
        page = at_the_desk
        page.check("input[name=kind][value=complaint]")
        expect(page.locator("input[name=subject][value=attitude]")).to_be_visible()
        expect(page.locator("input[name=subject][value=leak]")).to_be_hidden()
        expect(page.locator("input[name=severity][value=minor]")).to_be_hidden()
        expect(page.locator("#id_outside_reference")).to_be_hidden()
        page.select_option("#id_channel", "government")
        expect(page.locator("#id_outside_reference")).to_be_visible()

    def test_a_double_click_opens_one_ticket(self, at_the_desk: Page) -> None:
        page = at_the_desk
        page.check("input[name=subject][value=leak]")
        page.fill("#id_summary", "厨房漏水")
        page.dblclick("#open-ticket")
        expect(page.locator("#ticket-number")).to_be_visible()
        assert Ticket.objects.count() == 1

    def test_the_neighbours_ticket_is_joined_only_for_the_same_fault(
        self, at_the_desk: Page, desk: Desk
    ) -> None:
        page = at_the_desk
        main = open_ticket(
            desk.company,
            a_repair(account=an_account(desk.company)),
            by=desk.agent,
            at=present(),
        )
        page.reload()
        page.check("input[name=subject][value=leak]")
        expect(page.get_by_text(f"并入 {main.number}")).to_be_hidden()
        page.check("input[name=subject][value=no_heat]")
        page.get_by_text(f"并入 {main.number}").click()
        page.fill("#id_summary", "也不热")
        page.click("#open-ticket")
        expect(page.locator("#tell")).to_contain_text(main.number)
        assert Ticket.objects.get(duplicate_of=main).state == "joined"

    def test_a_late_entry_is_promised_from_the_evening_it_was_reported(
        self, at_the_desk: Page
    ) -> None:
        page = at_the_desk
        today = business_date(present())
        evening = datetime.combine(today - timedelta(days=1), time(23, 50), SHANGHAI)
        page.check("input[name=subject][value=no_heat]")
        page.fill("#id_summary", "夜间纸质登记")
        page.get_by_text("补录、附件").click()
        page.fill("#id_reported_at", f"{evening:%Y-%m-%dT%H:%M}")
        page.click("#open-ticket")
        expect(page.locator("#promise")).to_have_text(f"承诺 {today:%m-%d} 12:00 前修复")
        assert Ticket.objects.get().reported_at == evening


class TestPauseTicket:
    def test_a_refused_pause_stands_open_with_its_words(
        self,
        at_the_desk: Page,
        desk: Desk,
        account: Account,
        complaints: list[str],
        live_server: Any,
    ) -> None:
        page = at_the_desk
        ticket = open_ticket(desk.company, a_repair(account=account), by=desk.agent, at=present())
        page.goto(urljoin(page.url, f"/admin/complaints/ticket/{ticket.pk}/change/"))
        page.locator("summary", has_text="暂停计时").click()
        pause = page.locator("details[open]")
        pause.locator("#id_note").fill("敲门无人应")
        pause.locator("button[type=submit]").click()
        expect(page.get_by_role("alert")).to_contain_text("暂停计时须有凭证")
        expect(page.locator("details[open] #id_note")).to_have_value("敲门无人应")
        # The browser remarks upon the 422 of the refusal, and upon nothing else.
        assert [complaint for complaint in complaints if "422" not in complaint] == []
        complaints.clear()
