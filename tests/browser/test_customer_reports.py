"""A customer with a cold flat: reports it with a photo, follows it, and says how it was."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from complaints.incidents.operations import (
    Reach,
    begin_incident,
    notify_affected,
    register_incident,
)
from complaints.models import CallBack, SolutionVerdict, Ticket
from complaints.tickets.resolution import resolve_ticket
from customers.messages.sending import send_messages
from heating.celery import app
from office.models import Document
from tests.browser.customer_phone import PHONE, look
from tests.builders import a_contract, a_customer, an_account
from tests.clock import present
from tests.service_desk import MINUTE, SYSTEM, Desk, a_desk, publish_rules, repaired
from tests.sms_outbox import Outbox

# The smallest picture a browser will take for one.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000154a24f5d0000000049454e44ae426082"
)


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
    }


@pytest.fixture
def messages(settings: Any) -> Iterator[list[tuple[str, str, dict[str, str]]]]:
    settings.SMS_SENDER = "tests.sms_outbox.Outbox"
    Outbox.sent.clear()
    app.conf.task_always_eager = True
    yield Outbox.sent
    app.conf.task_always_eager = False


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    publish_rules()
    desk = a_desk()
    a_contract(an_account(desk.company), a_customer(desk.company, phone=PHONE))
    return desk


def outage(desk: Desk) -> None:
    now = present()
    incident = register_incident(
        desk.company,
        "二次网泄漏",
        Reach(buildings=[an_account(desk.company).premise.building]),
        starts_at=now - timedelta(hours=1),
        expected_end_at=now + timedelta(hours=3),
        by=SYSTEM,
        at=now,
    )
    begin_incident(incident, by=SYSTEM, at=now)
    notify_affected(incident, "3号楼管道抢修，暂停供热，敬请谅解。", by=SYSTEM, at=now)


class TestCustomerReports:
    def test_from_the_report_to_the_opinion(
        self,
        live_server: LiveServer,
        desk: Desk,
        quiet_page: Page,
        browser: Browser,
        messages: list[tuple[str, str, dict[str, str]]],
        settings: Any,
        tmp_path: Any,
    ) -> None:
        settings.PUBLIC_URL = live_server.url
        page = quiet_page
        page.goto(f"{live_server.url}/my/tickets")
        sign_in_and_come_back(page, messages)
        expect(page.get_by_text("还没有工单")).to_be_visible()
        outage(desk)
        page.reload()
        expect(page.get_by_text("预计恢复")).to_be_visible()
        look(page, "reports-1-none")

        page.get_by_role("link", name="我要报修 / 投诉 / 咨询").click()
        page.get_by_label("什么问题").select_option("repair:no_heat")
        page.get_by_label("具体情况").fill("客厅暖气片不热，已有两天")
        photo = tmp_path / "暖气片.png"
        photo.write_bytes(PNG)
        page.get_by_label("照片").set_input_files(photo)
        look(page, "reports-2-form")
        page.get_by_role("button", name="提交").click()

        ticket = Ticket.objects.get()
        expect(page.get_by_text(ticket.number)).to_be_visible()
        expect(page.get_by_text("照片 1 张")).to_be_visible()
        expect(page.locator(".promise")).to_contain_text("承诺")
        assert Document.objects.get().content_type == "image/png"
        look(page, "reports-3-opened")

        page.get_by_label("补充说明").fill("下午三点以后在家")
        page.get_by_role("button", name="补充").click()
        expect(page.get_by_text("下午三点以后在家")).to_be_visible()

        began = present()
        repaired(ticket, desk, began)
        resolve_ticket(ticket, "已修复", by=desk.agent, at=began + 6 * MINUTE)
        page.reload()
        expect(page.get_by_text("师傅已到场")).to_be_visible()
        expect(page.get_by_text("问题解决了吗？")).to_be_visible()
        look(page, "reports-4-resolved")
        page.get_by_role("button", name="已解决", exact=True).click()
        expect(page.get_by_text("您确认已解决")).to_be_visible()
        assert SolutionVerdict.objects.get().solved
        page.get_by_role("link", name="报修", exact=True).click()
        expect(page.get_by_text("已办结")).to_be_visible()
        look(page, "reports-5-list")

        messages.clear()
        send_messages(now=lambda: began + 7 * MINUTE)
        (link,) = [values["link"] for _, _, values in messages if "link" in values]
        # Another telephone, without scripts and without signing in.
        other = browser.new_context(
            java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="zh-CN"
        )
        phone = other.new_page()
        phone.goto(link)
        look(phone, "reports-6-rate")
        phone.get_by_text("基本满意").click()
        phone.get_by_label("想说的话").fill("来得有点晚")
        phone.get_by_role("button", name="提交评价").click()
        expect(phone.get_by_text("谢谢您的评价")).to_be_visible()
        look(phone, "reports-7-thanks")
        heard = CallBack.objects.get()
        assert (heard.satisfaction, heard.remark) == ("fair", "来得有点晚")
        phone.goto(link)
        expect(phone.get_by_text("链接已失效")).to_be_visible()
        look(phone, "reports-8-used")
        other.close()


def sign_in_and_come_back(page: Page, messages: list[tuple[str, str, dict[str, str]]]) -> None:
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("五分钟内有效")).to_be_visible()
    page.get_by_label("验证码", exact=True).fill(messages[-1][2]["code"])
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="报修与服务")).to_be_visible()
