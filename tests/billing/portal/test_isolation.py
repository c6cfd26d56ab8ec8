"""Every address of the API × somebody else's records: as if they did not exist."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from billing.models import Bill, Method, PaymentIntent, Receipt
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from complaints.api_urls import urlpatterns as complaints_urls
from office.actors import Actor
from suppliers.api_urls import urlpatterns as suppliers_urls
from tests.builders import a_company, a_contract, a_customer, an_account, an_issued_bill
from tests.clock import present
from tests.customer_api import ApiClient

pytestmark = pytest.mark.django_db

NOBODY = uuid.UUID("00000000-0000-4000-8000-000000000000")
# Without anything of anybody's in the address; the tests below walk their bodies and lists.
OPEN = {
    "send_sign_in_code",
    "sign_in",
    "sign_in_by_wechat",
    "list_accounts",
    "create_payment_intent",
    "list_receipts",
    "schema",
    "api_page",
}
# Tickets are walked by tests/complaints/portal/test_own_tickets_api.py and test_call_centre_api.py.
OPEN |= {str(pattern.name) for pattern in complaints_urls}
# Machines push to these; tests/suppliers/platform walks them.
OPEN |= {str(pattern.name) for pattern in suppliers_urls}


@pytest.fixture
def theirs(bill: Bill) -> Receipt:
    """王秀英 has paid half of her bill."""
    at, by = present(), Actor.system("test")
    intent = create_intent(bill.contract, [bill], by=by, at=at)
    fact = MoneyFact("wechatpay", "42000001", Method.WECHAT_NATIVE, 100000, at)
    return receive_payment(intent, fact, by=by, at=at).receipt


@pytest.fixture
def stranger(as_customer: Callable[..., ApiClient], db: None) -> ApiClient:
    """李建国 has a bill of his own."""
    company = a_company()
    contract = a_contract(an_account(company), a_customer(company, "李建国", phone="13800000002"))
    an_issued_bill(contract)
    return as_customer("13800000002")


def addresses() -> Iterator[tuple[str, str]]:
    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield pattern.name, route

    for name, route in walk(get_resolver().url_patterns, "/"):
        if route.startswith("/api/v1/"):
            yield name, route.removeprefix("/api/v1")


def request_line(name: str, route: str, *, foreign: bool, theirs: Receipt) -> tuple[str, str]:
    intent = PaymentIntent.objects.get()
    assert intent.contract is not None
    parts = {
        "<int:account_id>": str(intent.contract.account_id if foreign else 10**12),
        "<uuid:public_id>": str(intent.public_id if foreign else NOBODY),
        "<slug:number>": theirs.number if foreign else "112099999999",
    }
    for part, value in parts.items():
        route = route.replace(part, value)
    return ("POST" if name.startswith("cancel") else "GET"), route


class TestIsolation:
    def test_unknown_and_not_yours_answer_alike(self, stranger: ApiClient, theirs: Receipt) -> None:
        walked = set()
        for name, route in addresses():
            if name in OPEN:
                continue
            answers = []
            for foreign in (True, False):
                method, path = request_line(name, route, foreign=foreign, theirs=theirs)
                with CaptureQueriesContext(connection) as queries:
                    answer = stranger.send(method, path)
                answers.append((answer.status_code, answer.content, len(queries)))
            assert answers[0] == answers[1], name
            assert answers[0][0] == 404, name
            walked.add(name)
        assert walked == {
            "show_account",
            "list_bills",
            "show_payment_intent",
            "cancel_payment_intent",
            "show_payment_code",
            "download_receipt",
        }

    def test_lists_hold_only_ones_own(self, stranger: ApiClient, theirs: Receipt) -> None:
        assert theirs.payment.contract is not None
        seen = b"".join(stranger.read(path).content for path in ("/accounts", "/receipts"))
        assert theirs.number.encode() not in seen
        assert theirs.payment.contract.account.number.encode() not in seen

    @pytest.mark.parametrize("foreign", [True, False])
    def test_nobody_elses_bill_can_be_paid(
        self, stranger: ApiClient, theirs: Receipt, bill: Bill, foreign: bool
    ) -> None:
        number = bill.number if foreign else "11200099999999"
        account = bill.account_id if foreign else 10**12
        for body in (
            {"bills": [number], "method": "wechat_native"},
            {"account": account, "amount_fen": 100, "method": "wechat_native"},
        ):
            answer = stranger.pay(body, uuid.uuid4().hex)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert PaymentIntent.objects.count() == 1

    def test_mine_are_there(self, customer: ApiClient, theirs: Receipt) -> None:
        for name, route in addresses():
            if name not in OPEN | {"cancel_payment_intent", "show_payment_code"}:
                method, path = request_line(name, route, foreign=True, theirs=theirs)
                assert customer.send(method, path).status_code == 200, name


class TestReceipts:
    def test_list(self, customer: ApiClient, theirs: Receipt) -> None:
        assert theirs.payment.contract is not None
        body = customer.read("/receipts").json()
        assert body == {
            "receipts": [
                {
                    "number": theirs.number,
                    "issued_at": body["receipts"][0]["issued_at"],
                    "amount_fen": 100000,
                    "company": "太原市再生能源供热有限公司",
                    "account_number": theirs.payment.contract.account.number,
                    "method": "微信扫码",
                    "season": "2025-2026",
                    "verification_code": theirs.verification_code,
                    "refunded_fen": 0,
                    "refunding_fen": 0,
                }
            ],
            "next_page": None,
        }

    def test_pdf(self, customer: ApiClient, theirs: Receipt) -> None:
        paper = customer.read(f"/receipts/{theirs.number}/pdf")
        assert paper.headers["Content-Type"] == "application/pdf"
        assert paper.headers["Cache-Control"] == "private, no-store"
        assert paper.content.startswith(b"%PDF-")

    def test_public_page_confirms(self, anybody: ApiClient, theirs: Receipt) -> None:
        page = anybody.get(f"/verify/{theirs.verification_code.lower()}")
        text = page.content.decode()
        assert page.status_code == 200
        assert theirs.number in text
        assert "1,000.00" in text
        assert "王*英" in text
        assert "王秀英" not in text

    def test_public_page_says_when_there_is_none(self, anybody: ApiClient) -> None:
        page = anybody.get("/verify/ABCDEFGHJKMN")
        assert page.status_code == 404
        assert "没有这张收据" in page.content.decode()

    def test_public_page_is_throttled(self, anybody: ApiClient) -> None:
        codes = [anybody.get("/verify/ABCDEFGHJKMN").status_code for _ in range(31)]
        assert codes == [404] * 30 + [429]


class TestProblems:
    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/nowhere", 404, "not_found"),
            ("GET", "/accounts/x", 404, "not_found"),
            ("GET", "/accounts/99999999999999999999999", 404, "not_found"),
            ("PUT", "/accounts", 405, "method_not_allowed"),
        ],
    )
    def test_every_no_has_one_shape(
        self, customer: ApiClient, method: str, path: str, status: int, code: str
    ) -> None:
        answer = customer.send(method, path)
        assert answer.headers["Content-Type"] == "application/problem+json"
        body = answer.json()
        assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
        assert set(body) == {"type", "title", "status", "code", "detail"}

    def test_broken_json(self, customer: ApiClient) -> None:
        answer = customer.generic(
            "POST",
            "/api/v1/payment-intents",
            "{",
            content_type="application/json",
            headers={"Idempotency-Key": "abcdefgh"},
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")

    def test_not_json(self, customer: ApiClient) -> None:
        answer = customer.generic(
            "POST",
            "/api/v1/payment-intents",
            "a=1",
            content_type="application/x-www-form-urlencoded",
            headers={"Idempotency-Key": "abcdefgh"},
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")

    def test_an_accident_tells_nothing(
        self, customer: ApiClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError("secret inside")

        monkeypatch.setattr("billing.portal.api.accounts.own_accounts", broken)
        answer = customer.read("/accounts")
        assert (answer.status_code, answer.json()["code"]) == (500, "error")
        assert "secret" not in answer.content.decode()
