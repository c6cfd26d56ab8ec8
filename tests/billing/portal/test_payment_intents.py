import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from billing.ledger.balances import ContractBalance, contract_balance
from billing.models import Attempt, Bill, Payment, PaymentIntent, Receipt
from customers.models import SupplyContract
from tests.builders import a_contract, a_season, an_account, an_issued_bill
from tests.clock import present
from tests.customer_api import PHONE, ApiClient
from tests.wechat_world import WechatWorld

NATIVE = "wechat_native"

# The calls to WeChat Pay are made outside transactions, so these tests really commit.
pytestmark = pytest.mark.django_db(transaction=True)


def a_key() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def contract(transactional_db: None, contract: SupplyContract) -> SupplyContract:
    return contract


class TestCreatePaymentIntent:
    def test_answers_with_a_code_to_scan(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        answer = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key())
        assert answer.status_code == 201
        body = answer.json()
        intent = PaymentIntent.objects.get()
        attempt = intent.attempts.get()
        assert body == {
            "id": str(intent.public_id),
            "state": "open",
            "amount_fen": 205848,
            "account": bill.account_id,
            "account_number": bill.account.number,
            "created_at": body["created_at"],
            "bills": [{"number": bill.number, "season": "2025-2026", "open_fen": 205848}],
            "attempt": {
                "method": "wechat_native",
                "state": "open",
                "expires_at": body["attempt"]["expires_at"],
                "code_url": attempt.code_url,
                "jsapi": None,
            },
            "receipts": [],
        }
        (order,) = [o for o in wechat_world.orders() if o["out_trade_no"] == attempt.number]
        assert order["total_fen"] == 205848

    def test_jsapi_parameters_for_who_came_through_wechat(
        self,
        as_customer: Callable[..., ApiClient],
        bill: Bill,
        wechat_world: WechatWorld,
    ) -> None:
        inside = as_customer(PHONE, openid="oTESTopenid0000000001")
        answer = inside.pay({"bills": [bill.number], "method": "wechat_jsapi"}, a_key())
        assert answer.status_code == 201
        jsapi = answer.json()["attempt"]["jsapi"]
        assert jsapi["package"] == f"prepay_id={Attempt.objects.get().prepay_id}"
        sheet = wechat_world.http.get("/jsapi/pay", params=jsapi)
        assert sheet.status_code == 302, sheet.text

    def test_refuses_jsapi_to_who_came_by_phone(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        answer = customer.pay({"bills": [bill.number], "method": "wechat_jsapi"}, a_key())
        assert (answer.status_code, answer.json()["code"]) == (409, "wechat_not_bound")
        assert not PaymentIntent.objects.exists()

    def test_pays_ahead_on_an_account(
        self, customer: ApiClient, contract: SupplyContract, wechat_world: WechatWorld
    ) -> None:
        body = {"account": contract.account_id, "amount_fen": 50000, "method": NATIVE}
        answer = customer.pay(body, a_key())
        assert answer.status_code == 201
        assert (answer.json()["amount_fen"], answer.json()["bills"]) == (50000, [])

    def test_same_key_and_body_same_answer(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        key, body = a_key(), {"bills": [bill.number], "method": NATIVE}
        first = customer.pay(body, key)
        attempt = Attempt.objects.get()
        wechat_world.pay(attempt.number)
        Attempt.objects.update(created_at=present() - timedelta(minutes=1))
        polled = customer.read(f"/payment-intents/{first.json()['id']}").json()
        assert polled["state"] == "paid"
        again = customer.pay(body, key)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert PaymentIntent.objects.count() == Attempt.objects.count() == 1

    def test_same_key_other_body(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        key = a_key()
        customer.pay({"bills": [bill.number], "method": NATIVE}, key)
        other = {"account": bill.account_id, "amount_fen": 1, "method": NATIVE}
        answer = customer.pay(other, key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert PaymentIntent.objects.count() == 1

    def test_the_key_is_the_customers_own(
        self,
        customer: ApiClient,
        as_customer: Callable[..., ApiClient],
        bill: Bill,
        wechat_world: WechatWorld,
    ) -> None:
        contract = a_contract(an_account(bill.company), bill.customer)
        other = contract.customer.__class__.objects.create(
            company=bill.company, kind="resident", name="赵", phone="13800000009"
        )
        theirs = an_issued_bill(a_contract(an_account(bill.company), other))
        key = a_key()
        assert customer.pay({"bills": [bill.number], "method": NATIVE}, key).status_code == 201
        neighbour = as_customer("13800000009")
        answer = neighbour.pay({"bills": [theirs.number], "method": NATIVE}, key)
        assert answer.status_code == 201
        assert PaymentIntent.objects.count() == 2

    def test_twenty_equal_ones_at_once_make_one_intent(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        key, body = a_key(), {"bills": [bill.number], "method": NATIVE}

        def pay(_: int) -> tuple[int, bytes]:
            try:
                answer = customer.pay(body, key)
                return answer.status_code, answer.content
            finally:
                connection.close()

        with ThreadPoolExecutor(20) as crowd:
            answers = set(crowd.map(pay, range(20)))
        assert len(answers) == 1
        assert answers.pop()[0] == 201
        assert PaymentIntent.objects.count() == Attempt.objects.count() == 1

    @pytest.mark.parametrize(
        "key", ["", "short", "x" * 65, "spaces in it here", "引号引号引号引号"]
    )
    def test_refuses_a_missing_or_odd_key(self, customer: ApiClient, bill: Bill, key: str) -> None:
        named = key.encode().decode("latin-1")
        answer = customer.pay({"bills": [bill.number], "method": NATIVE}, named)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "method"),
            ({"method": NATIVE}, ""),
            ({"method": "cash", "bills": ["1"]}, "method"),
            ({"method": NATIVE, "bills": []}, "bills"),
            ({"method": NATIVE, "bills": ["a b"]}, "bills.0"),
            ({"method": NATIVE, "bills": ["1", "1"]}, "bills"),
            ({"method": NATIVE, "account": 1, "amount_fen": 0}, "amount_fen"),
            ({"method": NATIVE, "account": 1, "amount_fen": 1.5}, "amount_fen"),
            ({"method": NATIVE, "account": 1, "amount_fen": 10**9}, "amount_fen"),
            ({"method": NATIVE, "account": 10**30, "amount_fen": 1}, "account"),
            ({"method": NATIVE, "account": 1}, ""),
            ({"method": NATIVE, "account": 1, "amount_fen": 1, "bills": ["1"]}, ""),
        ],
    )
    def test_names_the_wrong_field(
        self, customer: ApiClient, body: dict[str, Any], field: str
    ) -> None:
        answer = customer.pay(body, a_key())
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert field in [row["field"] for row in answer.json()["errors"]]

    def test_older_debt_first(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        an_issued_bill(bill.contract, a_season(bill.company, "2024-2025"))
        answer = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key())
        assert (answer.status_code, answer.json()["code"]) == (409, "older_debt_first")
        assert not PaymentIntent.objects.exists()

    def test_bills_of_two_contracts_are_paid_apart(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        other = an_issued_bill(a_contract(an_account(bill.company), bill.customer))
        body = {"bills": [bill.number, other.number], "method": NATIVE}
        answer = customer.pay(body, a_key())
        assert answer.json()["code"] == "bills_of_several_contracts"

    def test_lost_answer_leaves_unknown_and_the_poll_finds_the_code(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        """Case 6: the same number and parameters again, no second number."""
        wechat_world.plan("native", "drop_after")
        body = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key()).json()
        assert (body["attempt"]["state"], body["attempt"]["code_url"]) == ("unknown", None)
        Attempt.objects.update(created_at=present() - timedelta(seconds=10))
        polled = customer.read(f"/payment-intents/{body['id']}").json()
        assert Attempt.objects.count() == 1
        assert polled["attempt"]["state"] == "open"
        assert polled["attempt"]["code_url"]

    @pytest.mark.parametrize("fault", ["unsigned", "bad_signature", "unknown_serial", "stale"])
    def test_an_answer_that_proves_nothing_is_not_believed(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld, fault: str
    ) -> None:
        """Case 18."""
        wechat_world.plan("native", fault)
        body = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key()).json()
        assert body["attempt"]["state"] == "unknown"

    def test_a_probe_in_the_answer_is_asked_again(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        """Case 17."""
        wechat_world.plan("native", "probe")
        body = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key()).json()
        assert body["attempt"]["state"] == "open"

    def test_without_wechat_it_says_so(
        self, customer: ApiClient, bill: Bill, settings: Any
    ) -> None:
        from django.utils.functional import SimpleLazyObject

        from billing.wechat.merchants import close_client
        from heating.merchant_file import read_merchant

        missing = settings.MEDIA_ROOT / "none.json"
        settings.WECHATPAY = SimpleLazyObject(lambda: read_merchant(missing, ""))
        close_client()
        answer = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key())
        assert (answer.status_code, answer.json()["code"]) == (503, "wechat_unavailable")


class TestShowPaymentIntent:
    def test_a_poll_finds_the_payment_nobody_told_us_of(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        """Case 4, and the receipt that follows."""
        body = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key()).json()
        attempt = Attempt.objects.get()
        wechat_world.pay(attempt.number)
        assert customer.read(f"/payment-intents/{body['id']}").json()["state"] == "open"
        Attempt.objects.update(created_at=present() - timedelta(seconds=10))
        polled = customer.read(f"/payment-intents/{body['id']}").json()
        receipt = Receipt.objects.get()
        assert (polled["state"], polled["receipts"]) == ("paid", [receipt.number])
        assert contract_balance(bill.contract) == ContractBalance(0, 0)

    def test_asks_wechat_at_most_every_five_seconds(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        body = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key()).json()
        Attempt.objects.update(created_at=present() - timedelta(seconds=10))
        for _ in range(5):
            assert customer.read(f"/payment-intents/{body['id']}").status_code == 200
        assert Attempt.objects.get().queries == 1

    def test_shows_the_code_as_a_picture(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        body = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key()).json()
        picture = customer.read(f"/payment-intents/{body['id']}/code.svg")
        assert picture.headers["Content-Type"] == "image/svg+xml"
        assert picture.content.startswith(b"<svg")


class TestCancelPaymentIntent:
    def test_closes_the_order_first(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        body = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key()).json()
        path = f"/payment-intents/{body['id']}/cancel"
        answer = customer.send("POST", path)
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
        number = Attempt.objects.get().number
        (order,) = [o for o in wechat_world.orders() if o["out_trade_no"] == number]
        assert order["state"] == "CLOSED"
        assert customer.send("POST", path).json()["state"] == "cancelled"
        assert customer.read(f"/payment-intents/{body['id']}/code.svg").status_code == 404

    def test_what_turns_out_paid_stays_paid(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        """Case 9."""
        body = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key()).json()
        wechat_world.pay(Attempt.objects.get().number)
        answer = customer.send("POST", f"/payment-intents/{body['id']}/cancel")
        assert (answer.status_code, answer.json()["code"]) == (409, "already_paid")
        assert Payment.objects.get().amount_fen == 205848

    def test_unsure_is_not_cancelled(
        self, customer: ApiClient, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        body = customer.pay({"bills": [bill.number], "method": NATIVE}, a_key()).json()
        wechat_world.plan("close", "drop_before")
        answer = customer.send("POST", f"/payment-intents/{body['id']}/cancel")
        assert (answer.status_code, answer.json()["code"]) == (503, "cannot_close_yet")
        assert answer.headers["Retry-After"] == "5"
        assert PaymentIntent.objects.get().state == "open"
