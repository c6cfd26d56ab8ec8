"""A repairer's phone at 390 px: a whole visit, and the same with the line going away."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from complaints.dispatch.operations import assign_ticket
from complaints.models import TemperatureTest, Visit, VisitItem, VisitStep
from complaints.visits import crew_pages
from complaints.visits.steps import take_visit_step
from office.models import Document, JournalEntry
from tests.browser.repairer_phone import (
    PHONE,
    a_picture,
    all_sent,
    arrive,
    cut,
    mend,
    open_visit,
    press,
    sign,
)
from tests.builders import PASSWORD
from tests.clock import present
from tests.patience import wait_for
from tests.service_desk import Desk, a_ticket

# Seen in the page itself: by the time a test asks, the rest may be over.
NOTE_WHETHER_IT_RESTS = """() => {
  const next = document.querySelector("#depart button");
  window.rested = [];
  new MutationObserver(() => {
    if (next.offsetParent && !window.rested.length) window.rested.push(next.disabled);
  }).observe(document.body, { subtree: true, attributes: true });
}"""


class TestTakeVisitStep:
    def test_a_whole_visit(self, phone: Page, visit: Visit, tmp_path: Path) -> None:
        page = phone
        expect(page.locator(".visit-card")).to_contain_text("待接单")
        open_visit(page)
        expect(page.locator("a.call")).to_have_attribute("href", "tel:13900000001")
        expect(page.get_by_text("欠费")).to_have_count(0)
        for name in ("接单", "我已出发", "我已到场"):
            press(page, name)
        page.fill("#find textarea", "客厅分户阀锈死")
        press(page, "登记现场情况")
        page.set_input_files("#take-photo", a_picture(tmp_path / "阀门.png"))
        page.get_by_text("添加一项").click()
        page.locator("#consent").get_by_text("有偿服务").click()
        page.fill("#consent [name=description]", "更换户内阀门")
        page.fill("#consent [name=yuan]", "85.50")
        press(page, "用户已同意，加入")
        expect(page.locator("#consent-missing")).to_be_visible()
        sign(page, "consent-pad")
        press(page, "用户已同意，加入")
        expect(page.locator("#items li")).to_have_text("更换户内阀门 ×1 ¥85.50 · 王秀英删去")
        page.fill("#complete [name=work_done]", "更换阀门，回水已热")
        press(page, "完成上门")
        expect(page.locator("#complete-missing")).to_be_visible()
        sign(page, "complete-pad")
        press(page, "完成上门")
        expect(page.get_by_text("这次上门已完成。")).to_be_visible()
        all_sent(page)
        visit.refresh_from_db()
        assert (visit.state, visit.outcome, visit.finding) == (
            "completed",
            "fixed",
            "客厅分户阀锈死",
        )
        assert (visit.work_done, visit.confirmed_by) == ("更换阀门，回水已热", "王秀英")
        item = VisitItem.objects.get()
        assert (item.kind, item.amount_fen, item.consented_by) == ("service", 8550, "王秀英")
        assert item.consent is not None
        assert visit.confirmation is not None
        assert visit.confirmation.content_type == "image/png"
        assert visit.confirmation.size > 3000
        kinds = sorted(Document.objects.values_list("content_type", flat=True))
        assert kinds == ["image/jpeg", "image/png", "image/png"]

    def test_the_line_goes_away_and_comes_back(
        self, phone: Page, line: BrowserContext, visit: Visit, tmp_path: Path
    ) -> None:
        page = phone
        open_visit(page)
        press(page, "接单")
        press(page, "我已出发")
        expect(page.get_by_role("button", name="我已到场")).to_be_visible()
        all_sent(page)
        cut(line)
        press(page, "我已到场")
        expect(page.locator("#line-text")).to_contain_text("还有 1 项未发送")
        page.fill("#find textarea", "暖气片不热")
        page.reload()
        expect(page.locator("#find textarea")).to_have_value("暖气片不热")
        press(page, "登记现场情况")
        page.set_input_files("#take-photo", a_picture(tmp_path / "暖气片.png"))
        expect(page.locator("#line-text")).to_contain_text("还有 3 项未发送")
        page.fill("#complete [name=work_done]", "排气")
        sign(page, "complete-pad")
        page.reload()
        expect(page.locator("#complete [name=work_done]")).to_have_value("排气")
        press(page, "完成上门")
        expect(page.get_by_text("这次上门已完成。")).to_be_visible()
        expect(page.locator("#line-text")).to_contain_text("还有 5 项未发送")
        visit.refresh_from_db()
        assert (visit.state, VisitStep.objects.count()) == ("departed", 2)
        page.goto(page.url.partition("visits/")[0])
        expect(page.locator("[data-unsent]")).to_be_visible()
        mend(line)
        all_sent(page)
        visit.refresh_from_db()
        assert (visit.state, visit.finding, visit.work_done) == ("completed", "暖气片不热", "排气")
        verbs = VisitStep.objects.order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == [
            "accept_assignment",
            "depart",
            "arrive",
            "record_finding",
            "attach_document",
            "attach_document",
            "complete_visit",
        ]
        times = [
            visit.departed_at,
            visit.arrived_at,
            visit.found_at,
            visit.completed_at,
        ]
        assert times == sorted(time for time in times if time)
        arrived = VisitStep.objects.get(verb="arrive")
        assert arrived.happened_at == visit.arrived_at
        assert arrived.happened_at < arrived.entered_at

    def test_a_double_tap_is_one_step(self, phone: Page, visit: Visit) -> None:
        open_visit(phone)
        button = phone.locator("#accept button")
        # It rests for a moment when it appears.
        expect(button).to_be_visible()
        expect(button).to_be_enabled()
        box = button.bounding_box()
        assert box is not None
        where = (box["x"] + 50, box["y"] + 30)
        phone.evaluate(NOTE_WHETHER_IT_RESTS)
        phone.touchscreen.tap(*where)
        phone.touchscreen.tap(*where)
        expect(phone.get_by_role("button", name="我已出发")).to_be_visible()
        # The next step has come into its place, where a third tap would fall.
        assert phone.evaluate("window.rested") == [True]
        all_sent(phone)
        visit.refresh_from_db()
        assert (visit.state, VisitStep.objects.count()) == ("accepted", 1)

    def test_an_answer_that_got_lost_changes_nothing(
        self, phone: Page, line: BrowserContext, visit: Visit
    ) -> None:
        page = phone
        open_visit(page)
        lost: list[str] = []

        def swallow(route: Any) -> None:
            route.fetch()
            lost.append(route.request.url)
            route.abort()

        page.route("**/steps", swallow, times=1)
        with page.expect_event("requestfailed"):
            press(page, "接单")
        expect(page.locator("#line-text")).to_contain_text("还有 1 项未发送")
        visit.refresh_from_db()
        assert (visit.state, len(lost)) == ("accepted", 1)
        press(page, "立即发送")
        all_sent(page)
        assert VisitStep.objects.count() == 1
        expect(page.get_by_role("button", name="我已出发")).to_be_visible()

    def test_withdrawn_meanwhile_is_said_and_nothing_is_lost(
        self, phone: Page, line: BrowserContext, desk: Desk, visit: Visit
    ) -> None:
        page = phone
        arrive(page)
        cut(line)
        page.fill("#find textarea", "阀门锈死")
        press(page, "登记现场情况")
        visit.ticket.refresh_from_db()
        assign_ticket(
            visit.ticket,
            desk.other_crew,
            seen_version=visit.ticket.version,
            by=desk.dispatcher,
            at=present(),
        )
        mend(line)
        expect(page.locator("#notice")).to_contain_text("这次派工已被调度撤回。您写的内容")
        expect(page.get_by_text("不必再去")).to_be_visible()
        entry = JournalEntry.objects.get(action="keep_withdrawn_step")
        assert entry.facts["said"] == {"finding": "阀门锈死"}

    def test_a_refusal_is_said_and_the_form_is_kept(self, phone: Page, visit: Visit) -> None:
        page = phone
        arrive(page)
        page.fill("#find textarea", " ")
        press(page, "登记现场情况")
        expect(page.locator("#returned")).to_contain_text("请写明现场情况。")
        page.fill("#find textarea", "阀门锈死")
        press(page, "登记现场情况")
        expect(page.get_by_role("button", name="完成上门")).to_be_visible()
        all_sent(page)
        visit.refresh_from_db()
        assert visit.finding == "阀门锈死"

    def test_a_step_that_the_office_fails_at_is_put_aside_and_holds_up_no_other_visit(
        self,
        phone: Page,
        visit: Visit,
        desk: Desk,
        complaints: list[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        page = phone
        arrive(page)
        ticket = a_ticket(desk, "2026-01-12 08:00")
        other = assign_ticket(
            ticket, desk.crew, seen_version=ticket.version, by=desk.dispatcher, at=present()
        )

        def failing(visit: Visit, deed: Any, *given: Any, **who_and_when: Any) -> VisitStep:
            if deed.verb == "record_finding":
                raise ValueError("a fault of ours")
            return take_visit_step(visit, deed, *given, **who_and_when)

        monkeypatch.setattr(crew_pages, "take_visit_step", failing)
        page.fill("#find textarea", "阀门锈死")
        press(page, "登记现场情况")
        expect(page.locator("#returned")).to_contain_text("系统无法处理这一步，已放在一边")
        expect(page.locator("#find textarea")).to_have_value("阀门锈死")
        page.goto(page.url.partition("visits/")[0])
        page.locator(f".visit-card[data-visit='{other.pk}']").click()
        press(page, "接单")
        expect(page.get_by_role("button", name="我已出发")).to_be_visible()
        wait_for(lambda: Visit.objects.get(pk=other.pk).state == "accepted")
        visit.refresh_from_db()
        assert (visit.state, visit.finding) == ("arrived", "")
        complaints[:] = [complaint for complaint in complaints if "500" not in complaint]

    def test_what_is_no_photo_is_refused_and_the_rest_kept(
        self, phone: Page, visit: Visit, tmp_path: Path
    ) -> None:
        page = phone
        arrive(page)
        page.fill("#find textarea", "阀门锈死")
        for name, content in (
            ("program.jpg", b"MZ\x90\x00"),
            ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ):
            file = tmp_path / name
            file.write_bytes(content)
            page.set_input_files("#take-photo", file)
            expect(page.locator("#notice")).to_have_text(
                f"{name}：这不是 JPG 或 PNG 照片，请重新选择。"
            )
        large = tmp_path / "large.jpg"
        large.write_bytes(b"\xff\xd8\xff" + bytes(40 * 1024 * 1024))
        page.set_input_files("#take-photo", large)
        expect(page.locator("#notice")).to_have_text("large.jpg：照片超过 20 MB，请压缩后再选。")
        # One that the phone cannot judge: the office does.
        torn = tmp_path / "torn.png"
        torn.write_bytes(b"\x89PNG nothing")
        page.set_input_files("#take-photo", torn)
        expect(page.locator("#returned")).to_contain_text("文件内容不是PNG")
        expect(page.locator("#find textarea")).to_have_value("阀门锈死")
        press(page, "放弃这一项")
        all_sent(page)
        assert not Document.objects.exists()

    def test_signed_out_in_between_nothing_is_lost(
        self, phone: Page, line: BrowserContext, desk: Desk, visit: Visit
    ) -> None:
        page = phone
        open_visit(page)
        line.clear_cookies(name="sessionid")
        press(page, "接单")
        expect(page.locator("#line-text")).to_contain_text("登录已过期")
        page.locator("#line-sign-in").click()
        assert desk.repairer.user is not None
        page.fill("#id_username", desk.repairer.user.username)
        page.fill("#id_password", PASSWORD)
        page.click("#login-form [type=submit]")
        expect(page.get_by_role("button", name="我已出发")).to_be_visible()
        all_sent(page)
        visit.refresh_from_db()
        assert visit.state == "accepted"

    def test_nothing_runs_over_the_edge(self, phone: Page) -> None:
        open_visit(phone)
        for _ in range(2):
            width = phone.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE["width"]
            phone.get_by_text("已知情况").click()

    def test_a_temperature_test_signed_by_both_at_the_door(
        self, phone: Page, line: BrowserContext, visit: Visit
    ) -> None:
        """Written with the line away, refused once, then kept once."""
        page = phone
        arrive(page)
        page.locator("#measuring summary").click()
        for name, text in (
            ("instrument", "WS-7"),
            ("calibrated_until", "2020-01-01"),
            ("outside", "-8.5"),
            ("room1", "主卧"),
            ("celsius1", "17.5"),
            ("room2", "客厅"),
        ):
            page.fill(f"#measure [name={name}]", text)
        press(page, "登记测温")
        expect(page.locator("#measure-half")).to_be_visible()
        expect(page.locator("#measure-missing")).to_be_visible()
        page.fill("#measure [name=celsius2]", "18.5")
        sign(page, "tester-pad")
        sign(page, "customer-pad")
        cut(line)
        press(page, "登记测温")
        expect(page.locator("#line-text")).to_contain_text("还有 3 项未发送")
        page.reload()
        page.locator("#measuring summary").click()
        press(page, "登记测温")
        expect(page.locator("#line-text")).to_contain_text("还有 3 项未发送")
        mend(line)
        expect(page.locator("#returned")).to_contain_text("测温仪器已超过检定有效期")
        assert not TemperatureTest.objects.exists()
        page.fill("#measure [name=calibrated_until]", "2099-12-31")
        press(page, "登记测温")
        expect(page.locator("#measure-done")).to_be_visible()
        expect(page.locator("#returned")).to_be_hidden()
        expect(page.locator("#measure [name=room1]")).to_have_value("")
        all_sent(page)
        test = TemperatureTest.objects.get()
        assert (test.instrument, test.ticket, test.passed) == ("WS-7", visit.ticket, False)
        rooms = test.readings.order_by("pk").values_list("room", "celsius")
        assert [(room, str(celsius)) for room, celsius in rooms] == [
            ("主卧", "17.5"),
            ("客厅", "18.5"),
        ]
        assert test.tester_signature.size > 3000
        assert test.customer_signature != test.tester_signature
        done = VisitStep.objects.filter(verb="record_temperature_test")
        assert done.count() == 1
        page.reload()
        expect(page.locator("#measuring summary")).to_contain_text("已登记 1 次")
        expect(page.locator("#find textarea")).to_be_visible()
