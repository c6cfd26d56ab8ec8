"""The KPI dashboard in a real browser: drawn under the strict policy, read, narrowed, opened."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from complaints.kpis.operations import freeze_nights
from heating.roles import SERVICE_MANAGER
from tests.builders import PASSWORD, a_member_of_staff
from tests.complaints.kpis.kpi_world import World, a_world
from tests.service_desk import a_desk, publish_rules, t


@pytest.fixture
def world(transactional_db: None) -> World:
    publish_rules()
    world = a_world(a_desk())
    freeze_nights(at=t("2026-01-16 00:20"))
    return world


@pytest.fixture
def at_the_board(world: World, quiet_page: Page, live_server: Any) -> Page:
    """A manager of customer service, signed in, before Monday's figures."""
    a_member_of_staff("liuhua", SERVICE_MANAGER, world.desk.company)
    page = quiet_page
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("input[name=username]", "liuhua")
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.goto(f"{live_server.url}/admin/kpis/?day=2026-01-12&span=day")
    return page


class TestKpis:
    def test_charts_are_drawn_and_figures_lead_to_tickets(
        self, at_the_board: Page, world: World
    ) -> None:
        page = at_the_board
        drawn = page.evaluate(
            """() => ["kpi-trend", "kpi-flow"].map((id) => {
                const chart = Chart.getChart(document.getElementById(id));
                return chart.data.datasets.map((set) => set.data.filter((v) => v).length);
            })"""
        )
        # Only Monday is in the season so far, and nothing was last year.
        assert drawn == [[1, 0], [1, 1]]
        row = page.locator("#headline tr", has_text="按时办结率")
        expect(row.locator("td").nth(1)).to_contain_text("75.0%")
        row.locator("td").nth(1).get_by_role("link", name="75.0%").click()
        expect(page.get_by_text("共 4 条")).to_be_visible()
        expect(page.locator("#behind")).to_contain_text(world.forgotten.number)
        page.get_by_role("link", name="返回指标").click()
        expect(page.locator("#headline")).to_be_visible()

    def test_choosing_another_figure_and_grouping(self, at_the_board: Page) -> None:
        page = at_the_board
        page.select_option("#kpi-by", "crew")
        page.select_option("#kpi-focus", "first_time_fix")
        page.get_by_role("button", name="查看").click()
        expect(page.locator("#table")).to_contain_text("二班")
        expect(page.locator("canvas#kpi-trend")).to_have_attribute("aria-label", "首次修复率")
        page.locator("#table").get_by_role("link", name="一班").click()
        expect(page.locator("form.kpi-filters")).to_contain_text("班组：一班")

    def test_the_dark_theme_draws_anew_and_a_phone_scrolls_only_tables(
        self, at_the_board: Page
    ) -> None:
        page = at_the_board
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="dark")
        page.evaluate("document.documentElement.classList.add('dark')")
        expect(page.locator("canvas#kpi-flow")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
