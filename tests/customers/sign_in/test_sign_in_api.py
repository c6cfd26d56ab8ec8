from typing import Any

import httpx
import pytest
from django.test import Client

from customers.models import CustomerToken
from tests.builders import a_company, a_contract, a_customer, an_account
from tests.customer_api import PHONE, ApiClient
from tests.wechat_world import WechatWorld

pytestmark = pytest.mark.django_db
Messages = list[tuple[str, str, dict[str, str]]]


@pytest.fixture
def customer_phone(db: None) -> str:
    """The phone of somebody on file."""
    company = a_company()
    a_contract(an_account(company), a_customer(company, phone=PHONE))
    return PHONE


class TestSendSignInCode:
    def test_answers_alike_known_or_not(
        self,
        anybody: ApiClient,
        customer_phone: str,
        sent_messages: Messages,
        django_assert_num_queries: Any,
    ) -> None:
        answers = []
        for phone in (customer_phone, "13999999999"):
            sent_messages.clear()
            answer = anybody.send("POST", "/sign-in/codes", {"phone": phone})
            answers.append((answer.status_code, answer.content, sorted(answer.headers.items())))
            assert len(sent_messages) == (1 if phone == customer_phone else 0)
        assert answers[0] == answers[1]
        assert answers[0][0] == 202

    def test_not_twice_a_minute(
        self, anybody: ApiClient, customer_phone: str, sent_messages: Messages
    ) -> None:
        anybody.send("POST", "/sign-in/codes", {"phone": customer_phone})
        answer = anybody.send("POST", "/sign-in/codes", {"phone": customer_phone})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_codes")
        assert 1 <= int(answer.headers["Retry-After"]) <= 61

    def test_not_for_twenty_phones_from_one_address(
        self, anybody: ApiClient, sent_messages: Messages
    ) -> None:
        answers = [
            anybody.send("POST", "/sign-in/codes", {"phone": f"138000001{n:02d}"})
            for n in range(21)
        ]
        assert [a.status_code for a in answers] == [202] * 20 + [429]
        assert answers[-1].json()["code"] == "throttled"
        assert int(answers[-1].headers["Retry-After"]) > 0

    def test_another_address_cannot_be_pretended(
        self, anybody: ApiClient, sent_messages: Messages
    ) -> None:
        codes = [
            anybody.send(
                "POST",
                "/sign-in/codes",
                {"phone": f"138000001{n:02d}"},
                X_Forwarded_For=f"192.0.2.{n}",
            ).status_code
            for n in range(21)
        ]
        assert codes[-1] == 429


class TestSignIn:
    def test_token_shows_once(
        self, anybody: ApiClient, customer_phone: str, sent_messages: Messages
    ) -> None:
        anybody.send("POST", "/sign-in/codes", {"phone": customer_phone})
        code = sent_messages[-1][2]["code"]
        answer = anybody.send("POST", "/sign-in", {"phone": customer_phone, "code": code})
        assert answer.status_code == 201
        assert answer.json()["phone"] == "138****0001"
        assert answer.headers["Cache-Control"] == "no-store"
        token = answer.json()["token"]
        assert not CustomerToken.objects.filter(token_digest=token).exists()
        mine = ApiClient(token)
        assert mine.read("/sign-in").json()["through_wechat"] is False
        assert mine.send("DELETE", "/sign-in").status_code == 204
        ended = mine.read("/accounts")
        assert (ended.status_code, ended.json()["code"]) == (401, "signed_out")
        assert ended.headers["WWW-Authenticate"] == 'Bearer realm="api"'

    def test_wrong_code_and_unknown_phone_answer_alike(
        self, anybody: ApiClient, customer_phone: str, sent_messages: Messages
    ) -> None:
        anybody.send("POST", "/sign-in/codes", {"phone": customer_phone})
        good = sent_messages[-1][2]["code"]
        wrong = "000000" if good != "000000" else "000001"
        answers = {
            (a.status_code, a.content)
            for a in (
                anybody.send("POST", "/sign-in", {"phone": customer_phone, "code": wrong}),
                anybody.send("POST", "/sign-in", {"phone": "13999999999", "code": wrong}),
            )
        }
        assert len(answers) == 1
        assert answers.pop()[0] == 422

    def test_a_cookie_needs_our_own_page(
        self, customer_phone: str, sent_messages: Messages
    ) -> None:
        page = Client(enforce_csrf_checks=True)
        page.post(
            "/api/v1/sign-in/codes", {"phone": customer_phone}, content_type="application/json"
        )
        wish = {"phone": customer_phone, "code": sent_messages[-1][2]["code"], "keep": "cookie"}
        answer = page.post("/api/v1/sign-in", wish, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")

        page.get("/my/sign-in")
        csrf = {"X-CSRFToken": page.cookies["csrftoken"].value}
        answer = page.post("/api/v1/sign-in", wish, content_type="application/json", headers=csrf)
        assert (answer.status_code, answer.json()["token"]) == (201, None)
        cookie = answer.cookies["customer_token"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (
            True,
            "Strict",
            "/",
        )
        assert page.get("/api/v1/accounts").status_code == 200
        assert page.delete("/api/v1/sign-in").status_code == 403
        assert page.get("/api/v1/accounts").status_code == 200
        assert page.delete("/api/v1/sign-in", headers=csrf).status_code == 204
        assert page.get("/api/v1/accounts").status_code == 401

    @pytest.mark.parametrize("token", ["x", "ü", "a b", "Bearer"])
    def test_odd_tokens(self, token: str) -> None:
        assert ApiClient(token).read("/accounts").status_code == 401

    def test_nobody(self, anybody: ApiClient) -> None:
        answer = anybody.read("/accounts")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
        assert answer.headers["Content-Type"] == "application/problem+json"


class TestSignInByWechat:
    def test_binds_once_and_is_known_then(
        self,
        anybody: ApiClient,
        customer_phone: str,
        sent_messages: Messages,
        wechat_world: WechatWorld,
    ) -> None:
        with httpx.Client(base_url=wechat_world.url, trust_env=False) as browser:
            first = anybody.send("POST", "/sign-in/wechat", {"code": a_code(browser)})
            assert (first.status_code, first.json()["code"]) == (409, "wechat_not_bound")
            anybody.send("POST", "/sign-in/codes", {"phone": customer_phone})
            wish = {
                "phone": customer_phone,
                "code": sent_messages[-1][2]["code"],
                "wechat_ticket": first.json()["wechat_ticket"],
            }
            bound = anybody.send("POST", "/sign-in", wish)
            assert ApiClient(bound.json()["token"]).read("/sign-in").json()["through_wechat"]
            again = anybody.send("POST", "/sign-in/wechat", {"code": a_code(browser)})
            assert (again.status_code, again.json()["phone"]) == (201, "138****0001")

    def test_a_code_is_good_once(self, anybody: ApiClient, wechat_world: WechatWorld) -> None:
        answer = anybody.send("POST", "/sign-in/wechat", {"code": "never given"})
        assert (answer.status_code, answer.json()["code"]) == (422, "wechat_code_wrong")

    @pytest.mark.parametrize("ticket", ["x", "a:b:c"])
    def test_a_forged_ticket_binds_nothing(
        self, anybody: ApiClient, customer_phone: str, sent_messages: Messages, ticket: str
    ) -> None:
        anybody.send("POST", "/sign-in/codes", {"phone": customer_phone})
        wish = {
            "phone": customer_phone,
            "code": sent_messages[-1][2]["code"],
            "wechat_ticket": ticket,
        }
        answer = anybody.send("POST", "/sign-in", wish)
        assert (answer.status_code, answer.json()["code"]) == (422, "wechat_ticket_wrong")
        assert not CustomerToken.objects.exists()


def a_code(browser: httpx.Client) -> str:
    """What WeChat gives the browser to bring to us."""
    from customers.sign_in.wechat_oauth import wechat_account

    query = {
        "appid": wechat_account().appid,
        "redirect_uri": "http://127.0.0.1/my/sign-in",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s",
    }
    answer = browser.get("/connect/oauth2/authorize", params=query)
    return httpx.URL(answer.headers["Location"]).params["code"]
