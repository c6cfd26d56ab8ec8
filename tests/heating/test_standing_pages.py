"""The front door, errors and the lock-out: designed, in both languages, and with a way on."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.views.defaults import server_error

from heating.roles import CASHIER
from tests.builders import a_company, a_member_of_staff

CHINESE = re.compile("[\u4e00-\u9fff]")


def words(page: Any) -> str:
    """The text of the page without the switch, which names each language in itself."""
    text = re.sub(r"<form.*?</form>|<head>.*?</head>", "", page.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def locked(client: Client) -> Any:
    a_member_of_staff("cashier", CASHIER, a_company())
    for _ in range(5):
        page = client.post(reverse("admin:login"), {"username": "cashier", "password": "wrong"})
    return page


@pytest.mark.django_db
class TestStandingPages:
    def test_the_front_door_has_two_entrances(self, client: Client) -> None:
        page = client.get("/")
        assert page.status_code == 200
        for entrance in ("my_accounts", "admin:index"):
            assert f'href="{reverse(entrance)}"' in page.content.decode()

    def test_no_such_page_leads_back_to_where_one_works(self, client: Client) -> None:
        for address, way in (("/nowhere", "/"), ("/my/nowhere", "/my/")):
            page = client.get(address)
            assert page.status_code == 404
            assert words(page).startswith("供热营业系统 404 没有这个页面")
            assert f'class="way" href="{way}"' in page.content.decode()

    def test_another_desks_page_leads_back_to_the_own_one(self, client: Client) -> None:
        client.force_login(a_member_of_staff("cashier", CASHIER, a_company()))
        page = client.get(reverse("admin:office_user_changelist"))
        assert page.status_code == 403
        assert "您没有这项权限" in words(page)
        assert 'class="way" href="/admin/"' in page.content.decode()

    def test_a_form_of_another_session_says_what_to_do(self) -> None:
        page = Client(enforce_csrf_checks=True).post(reverse("admin:login"), {})
        assert (page.status_code, "页面已过期" in words(page)) == (403, True)

    def test_a_locked_account_says_how_long_and_who_helps(self, client: Client) -> None:
        page = locked(client)
        assert page.status_code == 429
        assert "连续 5 次登录失败，账号锁定 30 分钟" in words(page)
        assert "请安全管理员解锁" in words(page)
        assert 'class="way" href="/admin/login/"' in page.content.decode()

    def test_every_one_of_them_in_english(self, english: Client) -> None:
        english.force_login(a_member_of_staff("clerk", CASHIER, a_company()))
        pages = [english.get(at) for at in ("/", "/nowhere", reverse("admin:office_user_add"))]
        assert [page.status_code for page in pages] == [200, 404, 403]
        for page in (*pages, locked(english)):
            assert not CHINESE.search(words(page)), words(page)


class TestUnreadableRequests:
    """They are refused before any other part of the house sees them, and still are pages."""

    def test_a_character_nobody_types_is_answered_with_a_page(
        self, client: Client, english: Client
    ) -> None:
        page = client.get("/admin/", {"q": "a\0b"})
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
        chinese = client.get("/admin/", {"q": "a\0b"})
        assert (page.status_code, chinese.status_code) == (400, 400)
        assert "请求中含有无法识别的字符，请检查后重新填写。" in words(chinese)
        assert not CHINESE.search(words(page)), words(page)
        assert 'class="way" href="/admin/"' in chinese.content.decode()
        assert "default-src" in chinese.headers["Content-Security-Policy"]

    def test_a_body_too_large_is_answered_with_a_page(self, client: Client) -> None:
        body = "text=" + "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        form = "application/x-www-form-urlencoded"
        page = client.post("/admin/login/", body, content_type=form)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        english_page = client.post("/admin/login/", body, content_type=form)
        assert (page.status_code, english_page.status_code) == (413, 413)
        assert "没有保存任何内容" in words(page)
        assert not CHINESE.search(words(english_page)), words(english_page)

    def test_the_api_answers_in_the_language_it_is_asked_in(self, client: Client) -> None:
        details = {
            language: client.get("/api/v1/accounts", headers={"Accept-Language": language}).json()
            for language in ("zh-CN,en;q=0.5", "en-US", "fr,*;q=0.1")
        }
        assert [details[language]["detail"] for language in details] == [
            "请先登录。",
            "Please sign in first.",
            "请先登录。",
        ]
        answer = client.get("/api/v1/accounts", headers={"Accept-Language": "en"})
        assert answer.headers["Content-Language"] == "en"
        assert "Accept-Language" in answer.headers["Vary"]
        # A page is in the language that was chosen, whatever the browser prefers.
        page = client.get("/nowhere", headers={"Accept-Language": "en"})
        assert page.headers["Content-Language"] == "zh-hans"


class TestServerError:
    """No mark of a database: a query fails the test."""

    @pytest.mark.parametrize(
        ("language", "heading"), [("zh-hans", "系统出了问题"), ("en", "Something went wrong")]
    )
    def test_it_needs_no_database(self, language: str, heading: str) -> None:
        with translation.override(language):
            page = server_error(HttpRequest())
        assert page.status_code == 500
        assert heading in words(page)
        assert 'class="way" href="/"' in page.content.decode()
