"""Binding an authenticator in Chromium, where a single complaint of the browser is a failure."""

from typing import Any

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from heating.roles import CASHIER
from tests.builders import PASSWORD, a_company, a_member_of_staff

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_colleague_binds_a_phone_and_comes_back_with_it(
    quiet_page: Page, live_server: LiveServer, settings: Any
) -> None:
    settings.STAFF_TWO_FACTORS = True
    page = quiet_page
    a_member_of_staff("cashier", CASHIER, a_company())
    page.goto(f"{live_server.url}/admin/")
    page.fill("#id_username", "cashier")
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    page.wait_for_selector(".enrol-qr svg")
    box = page.locator(".enrol-qr").bounding_box()
    assert box is not None
    assert 200 <= box["width"] <= 300
    device = TOTPDevice.objects.get()
    page.fill("#id_code", f"{totp(device.bin_key):06d}")
    page.click("#enrol-form [type=submit]")
    page.wait_for_selector("text=身份验证器已绑定")
    page.context.clear_cookies()
    TOTPDevice.objects.update(last_t=-1)
    page.goto(f"{live_server.url}/admin/")
    page.fill("#id_username", "cashier")
    page.fill("#id_password", PASSWORD)
    page.fill("#id_code", f"{totp(device.bin_key):06d}")
    page.click("#login-form [type=submit]")
    page.wait_for_url("**/admin/")
    assert page.locator("#login-form").count() == 0
