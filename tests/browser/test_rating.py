"""The annual rating in a real browser: a sheet filled in, charts drawn, a score opened."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from suppliers.dimensions import Aspect
from suppliers.models import RatingRun
from tests.builders import PASSWORD
from tests.suppliers.admission_records import People, people
from tests.suppliers.rating_records import a_panel, a_perfect_year, a_scored_run, rating_of


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
