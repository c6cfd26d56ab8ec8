"""A burst main in a real browser: registered, told, attached, restored, closed with a flat cold."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from complaints.models import Incident, Ticket
from complaints.tickets.intake import open_ticket
from complaints.tickets.resolution import resolve_ticket
from customers.models import Account
from tests.builders import PASSWORD, an_account
from tests.clock import present
from tests.service_desk import DAY, HOUR, SYSTEM, Desk, a_repair


@pytest.fixture
def flats(desk: Desk) -> list[Account]:
    """Three flats of one community; two of them have reported that they are cold."""
    accounts = [an_account(desk.company) for _ in range(3)]
    for account in accounts[:2]:
        now = present()
        open_ticket(desk.company, a_repair(account=account), by=desk.agent, at=now)
    return accounts


def sign_in(page: Page, live_server: Any, username: str, address: str) -> None:
    page.goto(f"{live_server.url}/admin/login/?next={address}")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")


class TestIncident:
    def test_from_the_burst_to_its_end_with_a_flat_still_cold(
        self, desk: Desk, flats: list[Account], quiet_page: Page, live_server: Any
    ) -> None:
        page = quiet_page
        assert desk.dispatcher.user is not None
        sign_in(page, live_server, desk.dispatcher.user.username, "/admin/complaints/incident/add/")
        page.fill("#id_cause", "二次网主管爆裂")
        page.fill("#id_starts_at", f"{timezone.localtime(present()) - HOUR:%Y-%m-%dT%H:%M}")
        page.fill("#id_text", "汾河")
        page.keyboard.press("Enter")
        page.get_by_label("汾河小区 小区").check()
        expect(page.get_by_role("button", name="登记", exact=True)).to_have_count(0)
        page.get_by_role("button", name="核对影响").click()
        expect(page.get_by_role("status")).to_contain_text("受影响户数")
        expect(page.locator(".figure").nth(0)).to_contain_text("小区")
        expect(page.locator(".figure").nth(1)).to_contain_text("3")
        expect(page.locator(".figure").nth(2)).to_contain_text("2")
        assert not Incident.objects.exists()
        page.get_by_role("button", name="登记", exact=True).click()
        expect(page.locator(".record-title")).to_contain_text("二次网主管爆裂")
        expect(page.locator(".record-title")).to_contain_text("已登记")

        page.get_by_role("button", name="开始抢修").click()
        expect(page.locator(".record-title")).to_contain_text("抢修中")
        page.get_by_role("link", name="通知受影响用户").click()
        page.fill("#id_text", "主管爆裂，正在抢修，\n预计今晚恢复。")
        page.get_by_role("button", name="预览").click()
        expect(page.locator(".notice-preview")).to_contain_text("预计今晚恢复")
        page.get_by_role("button", name="发布").click()
        expect(page.get_by_text("已通知 3 户。")).to_be_visible()

        page.get_by_role("button", name="全部并入（2）").click()
        expect(page.get_by_text("已并入 2 张工单。")).to_be_visible()
        expect(page.locator("tr.still-cold")).to_have_count(2)

        page.locator("summary", has_text="恢复供热").click()
        page.get_by_role("button", name="确定恢复供热").click()
        expect(page.get_by_text("还有 2 张工单未办结，可能仍未来暖")).to_be_visible()
        incident = Incident.objects.get()
        warm, cold = incident.tickets.order_by("pk")
        resolve_ticket(warm, "已来暖", by=desk.dispatcher, at=present())
        page.reload()
        expect(page.locator("tr.still-cold")).to_have_count(1)

        page.locator("summary", has_text="关闭").click()
        page.get_by_role("button", name="确定关闭").click()
        expect(page.get_by_text("故障已关闭，仍有 1 张工单未办结")).to_be_visible()
        expect(page.locator("tr.still-cold")).to_contain_text(cold.number)
        cold.refresh_from_db()
        assert (cold.state, Ticket.objects.get(pk=warm.pk).state) == ("open", "resolved")

    def test_a_call_is_written_down_and_a_bad_answer_sends_somebody_again(
        self, desk: Desk, flats: list[Account], quiet_page: Page, live_server: Any
    ) -> None:
        page = quiet_page
        ticket = Ticket.objects.earliest("pk")
        Ticket.objects.filter(pk=ticket.pk).update(kind="complaint", severity="", subject="quality")
        ticket.refresh_from_db()
        resolve_ticket(ticket, "已调平", by=SYSTEM, at=present())
        call_back = ticket.call_backs.get()
        assert desk.other_agent.user is not None
        sign_in(
            page,
            live_server,
            desk.other_agent.user.username,
            "/admin/complaints/callback/",
        )
        expect(page.locator("#result_list")).to_contain_text("还剩")
        page.get_by_role("link", name=ticket.number).click()
        expect(page.get_by_text("用户评价", exact=True)).to_be_hidden()
        page.get_by_label("接通并评价").check()
        page.get_by_label("不满意").check()
        page.fill("#id_remark", "还是不热")
        page.get_by_role("button", name="登记回访").click()
        expect(page.get_by_text("回访已登记。")).to_be_visible()
        call_back.refresh_from_db()
        ticket.refresh_from_db()
        assert (call_back.satisfaction, ticket.redo_count) == ("dissatisfied", 1)
        assert call_back.due_at < present() + 10 * DAY
