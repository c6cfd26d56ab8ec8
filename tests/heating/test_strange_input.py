"""What no page can read is refused before any page, by kind: never a 500."""

import json
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from complaints.calls.serializers import RingingCallSerializer
from complaints.kpis.choices import read_day
from office.models import User
from office.tokens.machine_tokens import issue_machine_token
from suppliers.models import Supplier
from tests.builders import HERE, a_company
from tests.clock import present
from tests.customer_api import PHONE, ApiClient, token_for
from tests.suppliers.supplier_records import a_credit_code

DEEP = b"[" * 100_000
LARGE = b'{"phone": "' + b"1" * 3_000_000 + b'"}'
CODES = "/api/v1/sign-in/codes"

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


def sent(client: Client, path: str, body: bytes) -> tuple[int, str, str]:
    answer = client.post(path, body, content_type="application/json")
    problem = json.loads(answer.content)
    return answer.status_code, problem["code"], problem["detail"]


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [
            DEEP,
            b'{"phone": ' + DEEP,
            b'{"phone": "\\ud800"}',
            b'{"\\udfff": 1}',
            b"\xff",
            b"9" * 5000,
        ],
        ids=["deep", "deep in a field", "half", "half in a name", "no UTF-8", "digits"],
    )
    def test_json_that_nobody_can_read_is_a_400(self, stranger: Client, body: bytes) -> None:
        assert sent(stranger, CODES, body) == (400, "parse_error", "请求内容不是有效的 JSON。")

    @pytest.mark.parametrize("body", [b"[]", b"null", b'"a"', b"1e400", b"true"])
    def test_json_of_another_shape_is_a_422(self, stranger: Client, body: bytes) -> None:
        assert sent(stranger, CODES, body)[:2] == (422, "invalid")

    def test_a_choice_that_is_half_a_character_is_not_quoted(self, stranger: Client) -> None:
        body = b'{"phone": "13800000001", "code": "123456", "keep": "\\ud800"}'
        assert sent(stranger, "/api/v1/sign-in", body)[:2] == (400, "parse_error")

    def test_three_megabytes_are_a_413_before_anything_is_read(self, stranger: Client) -> None:
        too_large = (413, "too_large", "提交的内容过大，请缩短或分几次提交。")
        assert sent(stranger, CODES, LARGE) == too_large
        for path in ("/wechatpay/notify", "/admin/login/", "/my/tickets/new"):
            answer = stranger.post(path, LARGE, content_type="application/json")
            shown = "提交的内容过大" in answer.content.decode()
            assert (answer.status_code, shown) == (413, True), path

    def test_a_large_field_beside_a_file_is_a_413(self, stranger: Client) -> None:
        customer = ApiClient(token_for(PHONE))
        answer: Any = customer.post("/api/v1/tickets/GD1/photos", {"file": "1" * 3_000_000})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


class TestNul:
    @pytest.mark.parametrize(
        "path",
        [
            "/%00",
            "/static/heating/%00.css",
            "/admin/customers/account/?q=a%00b",
            "/admin/customers/account/%00/change/",
            "/verify/AB?x%00=1",
            "/my/accounts/1?page=%00",
        ],
    )
    def test_in_an_address_is_a_400(self, stranger: Client, path: str) -> None:
        answer = stranger.get(path)
        shown = "这个地址或表单无法识别" in answer.content.decode()
        assert (answer.status_code, shown) == (400, True)

    def test_in_an_address_of_the_api_is_a_problem(self, stranger: Client) -> None:
        answer = stranger.get("/api/v1/accounts?page=%00")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")

    def test_in_a_cookie_is_a_400(self, stranger: Client) -> None:
        stranger.cookies["sessionid"] = "a\x00b23456789"
        assert stranger.get("/admin/login/").status_code == 400

    def test_in_a_field_is_a_400(self, stranger: Client) -> None:
        answer = stranger.post("/admin/login/", {"username": "a\x00", "password": "x"})
        assert answer.status_code == 400

    def test_written_in_the_admins_own_code_is_a_404(self, stranger: Client) -> None:
        stranger.force_login(User.objects.create_superuser("boss", password="x"))
        address = reverse("admin:customers_account_change", args=["x"]).replace("x/", "_00/")
        assert stranger.get(address).status_code == 404


class TestHalfCharacters:
    """`%ED%A0%80` is half a character in the spelling of UTF-8, which has no such thing."""

    @pytest.mark.parametrize(
        "path",
        [
            "/%ED%A0%80",
            "/verify/%ED%A0%80",
            "/offer/%ED%A0%80",
            "/my/tickets/%ED%A0%80",
            "/static/%ED%A0%80.css",
        ],
    )
    def test_in_an_address_are_no_page(self, stranger: Client, path: str) -> None:
        assert stranger.get(path).status_code == 404

    def test_in_a_field_are_no_name(self, stranger: Client) -> None:
        sent = b"username=%ED%A0%80&password=x"
        form = "application/x-www-form-urlencoded"
        answer = stranger.post("/admin/login/", sent, content_type=form)
        assert (answer.status_code, "_auth_user_id" in stranger.session) == (200, False)


class TestFarDays:
    @pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-30", "2200-01-01"])
    def test_in_the_address_of_a_figure_are_a_404(self, day: str) -> None:
        with pytest.raises(Http404):
            read_day(day)

    def test_in_a_call_are_a_422(self) -> None:
        call = {"number": "1", "agent": "a", "call_id": "1", "rang_at": "9999-12-31T23:59:59-12:00"}
        serializer = RingingCallSerializer(data=call)
        assert not serializer.is_valid()
        assert list(serializer.errors) == ["rang_at"]


class TestGrowingText:
    """A letter that cleaning writes out as eighteen: too long for the column, not for the form."""

    FACTS: ClassVar = {
        "credit_code": a_credit_code(7),
        "name": "ﷺ" * 80,
        "representative": "王建国",
        "region": "north",
        "address": "迎泽大街1号",
    }
    SENTENCE = "填写的内容过长，请缩短后再提交。"

    def test_on_a_screen_is_a_sentence_and_keeps_what_was_typed(self, client: Client) -> None:
        client.force_login(User.objects.create_superuser("boss", password="x"))
        answer = client.post(reverse("admin:suppliers_supplier_add"), self.FACTS)
        page = answer.content.decode()
        assert (answer.status_code, self.SENTENCE in page, "ﷺ" * 80 in page) == (422, True, True)
        assert Supplier.objects.count() == 0

    def test_in_the_api_is_a_422(self) -> None:
        life = timedelta(days=1)
        _token, secret = issue_machine_token(a_company(), "x", life=life, by=HERE, at=present())
        answer = ApiClient(secret).send("POST", "/suppliers", self.FACTS)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "invalid")
        assert problem["detail"] == self.SENTENCE
        assert Supplier.objects.count() == 0
