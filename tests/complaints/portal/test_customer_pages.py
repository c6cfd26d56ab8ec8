"""The customer's own pages: without a script, once however often they are sent."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.call_backs.operations import issue_call_back_link
from complaints.models import CallBack, SolutionVerdict, Ticket, TicketNote
from complaints.tickets.resolution import resolve_ticket
from customers.models import SupplyContract
from customers.sign_in.authentication import COOKIE
from office.models import Company, Document
from tests.builders import a_contract, a_customer, an_account
from tests.clock import present
from tests.complaints.portal.own_tickets import JPEG, OTHER_PHONE, resolved
from tests.customer_api import PHONE, token_for
from tests.service_desk import Desk, a_repair, a_ticket, repaired, t

pytestmark = pytest.mark.django_db


def signed_in(phone: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = token_for(phone)
    return client


@pytest.fixture
def browser(contract: SupplyContract) -> Client:
    return signed_in(PHONE)


def page_text(answer: Any) -> str:
    return str(answer.content.decode())


def key_on(page: Any) -> str:
    match = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    assert match is not None
    return match.group(1)


def filled(contract: SupplyContract, page: Any, **changes: Any) -> dict[str, Any]:
    return {
        "account": contract.account_id,
        "matter": "repair:no_heat",
        "summary": "客厅不热",
        "key": key_on(page),
    } | changes


class TestReport:
    def test_with_a_photo_and_once_though_sent_twice(
        self, browser: Client, contract: SupplyContract
    ) -> None:
        page = browser.get("/my/tickets/new")
        assert page.headers["Cache-Control"] == "private, no-store"
        for _ in range(2):
            photo = SimpleUploadedFile("暖气.jpg", JPEG)
            answer = browser.post("/my/tickets/new", filled(contract, page, photos=photo))
            ticket = Ticket.objects.get()
            assert (answer.status_code, answer.headers["Location"]) == (
                302,
                f"/my/tickets/{ticket.number}",
            )
        assert Document.objects.count() == 1
        shown = browser.get(f"/my/tickets/{ticket.number}").content.decode()
        assert "承诺" in shown
        assert "照片 1 张" in shown
        assert "客厅不热" in browser.get("/my/tickets").content.decode()

    @pytest.mark.parametrize(
        ("photo", "sentence"),
        [
            (SimpleUploadedFile("x.svg", b"<svg/>"), "只接受 JPG、PNG 照片"),
            (SimpleUploadedFile("x.jpg", b"MZ"), "文件内容不是JPG"),
        ],
    )
    def test_a_bad_photo_opens_nothing_and_keeps_what_was_typed(
        self,
        browser: Client,
        contract: SupplyContract,
        photo: SimpleUploadedFile,
        sentence: str,
    ) -> None:
        page = browser.get("/my/tickets/new")
        good = SimpleUploadedFile("good.jpg", JPEG)
        answer = browser.post("/my/tickets/new", filled(contract, page, photos=[good, photo]))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "客厅不热" in answer.content.decode()
        assert not Ticket.objects.exists()
        assert not Document.objects.exists()

    def test_of_ones_own_accounts_only(
        self, browser: Client, contract: SupplyContract, desk: Desk
    ) -> None:
        other = a_contract(an_account(desk.company), a_customer(desk.company, phone=OTHER_PHONE))
        page = browser.get("/my/tickets/new")
        assert other.account.premise.address not in page.content.decode()
        answer = browser.post("/my/tickets/new", filled(contract, page, account=other.account_id))
        assert answer.status_code == 422
        assert not Ticket.objects.exists()

    def test_without_signing_in_one_is_led_there_and_back(self, client: Client) -> None:
        answer = client.get("/my/tickets/new")
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            "/my/sign-in?next=%2Fmy%2Ftickets%2Fnew",
        )

    def test_not_from_another_site(self, contract: SupplyContract) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies[COOKIE] = token_for(PHONE)
        page = strict.get("/my/tickets/new")
        assert strict.post("/my/tickets/new", filled(contract, page)).status_code == 403
        assert not Ticket.objects.exists()


class TestTicketPage:
    def test_unknown_and_not_mine_look_alike(
        self, browser: Client, contract: SupplyContract, desk: Desk
    ) -> None:
        a_contract(an_account(desk.company), a_customer(desk.company, phone=OTHER_PHONE))
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        stranger = signed_in(OTHER_PHONE)
        for path in ("", "/add", "/verdict", "/opinion"):
            form = {"text": "x", "key": "12345678", "solved": "no", "satisfaction": "fair"}
            number = f"/my/tickets/{ticket.number}{path}"
            unknown = f"/my/tickets/GD11202699999999{path}"
            if path:
                theirs, none = stranger.post(number, form), stranger.post(unknown, form)
            else:
                theirs, none = stranger.get(number), stranger.get(unknown)
            assert theirs.status_code == none.status_code == 404
            assert "没有找到这张工单" in theirs.content.decode()
            assert ticket.summary not in theirs.content.decode()
        assert not TicketNote.objects.exists()

    def test_whom_to_call_is_said_where_there_is_somebody(
        self, browser: Client, contract: SupplyContract, desk: Desk
    ) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        pages = (f"/my/tickets/{ticket.number}", "/my/tickets/new")
        for hotline, times in (("0351-1009611", 1), ("", 0)):
            Company.objects.update(hotline=hotline)
            for path in pages:
                shown = browser.get(path).content.decode()
                assert shown.count(f'href="tel:{hotline}') == times
                assert re.findall(r"服务热线\s*<a[^>]*>([^<]*)</a>", shown) == [hotline] * times

    def test_words_and_photos_together_or_not_at_all(
        self,
        browser: Client,
        contract: SupplyContract,
        desk: Desk,
        tmp_path: Path,
        settings: Any,
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        page = browser.get(f"/my/tickets/{ticket.number}")
        path = f"/my/tickets/{ticket.number}/add"
        form = {"text": "晚上在家", "key": key_on(page)}
        photos = [SimpleUploadedFile("x.jpg", JPEG), SimpleUploadedFile("x.exe", b"MZ")]
        bad = browser.post(path, {**form, "photos": photos})
        assert bad.status_code == 422
        area = re.search(r"<textarea[^>]*name=\"text\"[^>]*>\s*(.*?)</textarea>", page_text(bad))
        assert area is not None
        assert (area[1], "autofocus" in area[0]) == ("晚上在家", True)
        assert not TicketNote.objects.exists()
        assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
        for _ in range(2):
            photo = SimpleUploadedFile("x.jpg", JPEG)
            assert browser.post(path, {**form, "photos": photo}).status_code == 302
        assert TicketNote.objects.count() == Document.objects.count() == 1
        nothing = browser.post(path, {"text": " ", "key": key_on(page)})
        assert "请填写补充说明，或选择照片" in nothing.content.decode()

    def test_opinion_and_verdict(
        self, browser: Client, contract: SupplyContract, desk: Desk
    ) -> None:
        ticket = resolved(contract, desk)
        path = f"/my/tickets/{ticket.number}"
        shown = browser.get(path).content.decode()
        assert "问题解决了吗" in shown
        assert "基本满意" in shown
        unclear = browser.post(f"{path}/verdict", {"remark": "厨房还冷"})
        assert 'name="remark" maxlength="300" value="厨房还冷"' in page_text(unclear)
        silent = page_text(browser.post(f"{path}/opinion", {"remark": "师傅很好"}))
        assert "师傅很好</textarea>" in silent
        assert re.search(r'name="satisfaction" value="satisfied"[^>]*autofocus', silent)
        assert (SolutionVerdict.objects.count(), CallBack.objects.get().satisfaction) == (0, "")
        assert browser.post(f"{path}/verdict", {"solved": "yes"}).status_code == 302
        assert browser.post(f"{path}/opinion", {"satisfaction": "satisfied"}).status_code == 302
        assert SolutionVerdict.objects.get().solved
        assert CallBack.objects.get().satisfaction == "satisfied"
        shown = browser.get(path).content.decode()
        assert "问题解决了吗" not in shown
        assert "您确认已解决" in shown
        again = browser.post(f"{path}/opinion", {"satisfaction": "fair"})
        assert again.status_code == 422
        assert "没有待您评价的回访" in again.content.decode()

    def test_in_english(self, browser: Client, contract: SupplyContract) -> None:
        browser.post("/i18n/setlang/", {"language": "en", "next": "/my/tickets"})
        assert browser.get("/my/tickets").status_code == 200


class TestAnswerCallBack:
    """The page behind the link, for whoever holds it."""

    def link(self, desk: Desk) -> str:
        began = present()
        contract = a_contract(an_account(desk.company), a_customer(desk.company))
        ticket = resolved(contract, desk)
        return issue_call_back_link(ticket.call_backs.get(), by=desk.manager, at=began)

    def test_three_answers_once(self, client: Client, desk: Desk) -> None:
        path = f"/rate/{self.link(desk)}"
        page = client.get(path)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        choices = re.findall(r'name="satisfaction" value="(\w+)"', page.content.decode())
        assert choices == ["satisfied", "fair", "dissatisfied"]
        empty = client.post(path, {"remark": "好"})
        assert empty.status_code == 422
        answer = client.post(path, {"satisfaction": "satisfied", "remark": "师傅很好"})
        assert answer.headers["Location"] == "/rate/thanks"
        assert "谢谢您的评价" in client.get("/rate/thanks").content.decode()
        heard = CallBack.objects.get()
        assert (heard.satisfaction, heard.remark) == ("satisfied", "师傅很好")
        again = client.post(path, {"satisfaction": "dissatisfied"})
        assert again.status_code == 404
        assert CallBack.objects.get().satisfaction == "satisfied"

    def test_a_bad_answer_is_done_again(self, client: Client, desk: Desk) -> None:
        answer = client.post(f"/rate/{self.link(desk)}", {"satisfaction": "dissatisfied"})
        assert answer.headers["Location"] == "/rate/again"
        assert "重新处理" in client.get("/rate/again").content.decode()
        assert Ticket.objects.get().state == "open"

    def test_used_expired_and_made_up_say_the_same_and_tell_nothing(
        self, client: Client, desk: Desk
    ) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        repaired(ticket, desk, t("2026-01-12 10:00"))
        resolve_ticket(ticket, "已修复", by=desk.agent, at=t("2026-01-12 11:00"))
        expired = issue_call_back_link(
            ticket.call_backs.get(), by=desk.manager, at=t("2026-01-12 12:00")
        )
        used = self.link(desk)
        client.post(f"/rate/{used}", {"satisfaction": "fair"})
        pages = [client.get(f"/rate/{token}") for token in (expired, used, "made-up")]
        assert {page.status_code for page in pages} == {404}
        bodies = {
            re.sub(
                r'(csrf" content=|csrfmiddlewaretoken" value=|next" value=)"[^"]*"',
                "",
                p.content.decode(),
            )
            for p in pages
        }
        assert len(bodies) == 1
        assert "链接已失效" in bodies.pop()

    def test_guessing_is_slow(self, client: Client, db: None) -> None:
        codes = [client.get("/rate/made-up").status_code for _ in range(31)]
        assert codes == [404] * 30 + [429]
