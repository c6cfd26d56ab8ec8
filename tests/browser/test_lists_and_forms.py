"""A list narrowed by its menus and a refused form of a record, in Chromium."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from billing.alarms.operations import raise_alarm
from billing.models import Alarm
from heating.roles import MANAGER
from tests.builders import NOW, a_company, a_member_of_staff


@pytest.fixture
def alarm(transactional_db: None, client: Client, quiet_page: Page, live_server: Any) -> Alarm:
    company = a_company()
    client.force_login(a_member_of_staff("manager", MANAGER, company))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    quiet_page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
    )
    return raise_alarm("refund", key="1", sentence="退款", at=NOW, company=company)


def test_a_menu_narrows_the_list_and_a_refused_form_takes_the_cursor(
    alarm: Alarm, quiet_page: Page, complaints: list[str], live_server: Any
) -> None:
    page = quiet_page
    page.goto(f"{live_server.url}/admin/billing/alarm/")
    resolved = page.locator(".list-filter select").filter(has_text="待处理")
    resolved.select_option(label="待处理")
    expect(page).to_have_url(re.compile(r"\?resolved=no$"))
    expect(page.locator(".list-figures")).to_contain_text("共 1 条")
    page.goto(f"{live_server.url}/admin/billing/alarm/{alarm.pk}/change/")
    page.locator("details.ask summary").click()
    field = page.locator("textarea[name=decision]")
    # The browser itself would cut the text.
    field.evaluate("field => field.removeAttribute('maxlength')")
    too_long = "已退" * 151
    field.fill(too_long)
    page.locator("details.ask button[type=submit]").click()
    expect(page.locator("textarea[aria-invalid=true]")).to_be_focused()
    expect(field).to_have_value(too_long)
    # Chromium says that the answer was 422, which is what is tested here.
    complaints[:] = [complaint for complaint in complaints if "422" not in complaint]
    alarm.refresh_from_db()
    assert alarm.resolved_at is None
