"""The dispatcher's board in Chromium: two clicks, and ticks that survive a refresh."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from complaints.models import Visit
from complaints.tickets.intake import Place
from customers.models import Building, Community
from tests.builders import PASSWORD
from tests.complaints.dispatch.waiting_tickets import a_waiting_ticket, on_duty
from tests.service_desk import Desk, a_repair


@pytest.fixture
def board(quiet_page: Page, live_server: Any, desk: Desk) -> Page:
    """Three tickets of one building and one elsewhere; the first crew is on duty."""
    community = Community.objects.create(company=desk.company, name="迎泽花园")
    building = Building.objects.create(community=community, name="9号楼")
    for _ in range(3):
        a_waiting_ticket(desk, a_repair(place=Place(building=building)))
    a_waiting_ticket(desk)
    on_duty(desk, desk.crew)
    assert desk.dispatcher.user is not None
    page = quiet_page
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("input[name=username]", desk.dispatcher.user.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.goto(f"{live_server.url}/admin/dispatch/")
    return page


class TestAssignTicket:
    def test_a_building_is_sent_in_two_clicks(self, board: Page, desk: Desk) -> None:
        board.get_by_role("checkbox", name="迎泽花园9号楼", exact=True).check()
        expect(board.locator("#ticked")).to_have_text("已勾选 3 张")
        # However far down the tickets are read, the crews stay in sight.
        board.set_viewport_size({"width": 1280, "height": 320})
        board.locator("input[name=ticket]").last.scroll_into_view_if_needed()
        expect(board.locator("input[name=ticket]").first).not_to_be_in_viewport()
        expect(board.locator(".crew-button.suited")).to_be_in_viewport()
        board.locator(".crew-button.suited").click()
        expect(board.get_by_text("已派 3 张工单给一班。")).to_be_visible()
        assert Visit.objects.filter(crew=desk.crew).count() == 3

    def test_a_change_is_announced_and_ticks_survive_the_refresh(
        self, board: Page, desk: Desk
    ) -> None:
        board.locator("input[name=ticket]").first.check()
        a_waiting_ticket(desk)
        expect(board.locator("#board-changed")).to_be_visible()
        board.get_by_role("link", name="刷新").click()
        expect(board.locator("input[name=ticket]")).to_have_count(5)
        expect(board.locator("input[name=ticket]").first).to_be_checked()
        expect(board.locator("#board-changed")).to_be_hidden()
