"""Suppliers in a real browser: rating sheets and charts, the admission board, a comparison."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from suppliers.dimensions import Aspect
from suppliers.models import RatingRun
from tests.builders import PASSWORD
from tests.suppliers.admission_records import People, an_admission, people
from tests.suppliers.rating_records import a_panel, a_perfect_year, a_scored_run, rating_of
from tests.suppliers.sourcing_records import (
    a_sheet,
    a_sourcing,
    offered,
    opened,
    qualified_suppliers,
)
from tests.suppliers.supplier_records import a_supplier


@pytest.fixture
def staff(transactional_db: None) -> People:
    return people()


def sign_in(page: Page, live_server: Any, username: str) -> None:
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")


def test_a_member_fills_in_sheets_and_opens_a_score(
    staff: People, quiet_page: Page, live_server: Any
) -> None:
    first, second = a_perfect_year(1), a_perfect_year(2)
    run = a_scored_run(staff)
    a_panel(run, staff)
    page = quiet_page
    assert staff.technician.user is not None
    staff.technician.user.set_password(PASSWORD)
    staff.technician.user.save()
    sign_in(page, live_server, staff.technician.user.username)
    page.goto(f"{live_server.url}/admin/suppliers/ratingrun/{run.pk}/change/")
    expect(page.get_by_text("共 2 家，还差 2 家")).to_be_visible()
    expect(page.locator("svg.rating-chart rect.column-good[height='150.0']")).to_have_count(1)
    page.get_by_role("link", name=first.name).first.click()
    expect(page.locator("svg .reach-point")).to_have_count(5)
    page.get_by_role("link", name="填写评审表").click()
    for aspect in Aspect:
        page.fill(f"input[name={aspect.value}_points]", "85.5")
    page.fill("textarea[name=opinion]", "资料齐全，同意")
    page.get_by_role("button", name="提交，看下一家").click()
    # The next supplier that waits for this member.
    expect(page.get_by_role("heading", name=f"评审表：{second.name}")).to_be_visible()
    page.goto(
        f"{live_server.url}/admin/suppliers/supplierrating/{rating_of(run, first).pk}/change/"
    )
    expect(page.get_by_text("资料齐全，同意")).to_be_visible()
    page.locator("table.lines").get_by_role("link", name="质量").click()
    expect(page.get_by_role("heading", name=first.name)).to_be_visible()
    assert RatingRun.objects.get(pk=run.pk).sheets.count() == 1


def test_the_board_the_comparison_and_its_award(
    staff: People, quiet_page: Page, live_server: Any
) -> None:
    sourcing = a_sourcing(staff)
    suppliers = qualified_suppliers(staff)
    an_admission(staff, a_supplier(9))
    offered(staff, sourcing, [a_sheet(sourcing, n, 2 * n) for n in (300, 200, 500)], suppliers)
    opened(staff, sourcing)
    page = quiet_page
    assert staff.buyer.user is not None
    staff.buyer.user.set_password(PASSWORD)
    staff.buyer.user.save()
    sign_in(page, live_server, staff.buyer.user.username)
    # The board says with whom an application waits.
    page.goto(live_server.url + reverse("admin:supplier_admission_board"))
    expect(page.get_by_role("link", name="第9管件有限公司")).to_be_visible()
    expect(page.get_by_text("准入商务审查：采购主管")).to_be_visible()
    # The comparison explains each figure and leads to the award.
    page.goto(live_server.url + reverse("admin:suppliers_sourcing_change", args=[sourcing.pk]))
    comparison = page.locator("#comparison")
    expect(comparison.get_by_text("20.00 + 10.00 + 0.00 = 30.00")).to_be_visible()
    expect(comparison.locator("thead th").nth(2)).to_have_text(suppliers[1].name)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出比价表").click()
    assert download.value.suggested_filename == f"比价表-{sourcing.number}.xlsx"
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
