"""The procurement platform pushes suppliers, orders and deliveries by its token, each once."""

from datetime import timedelta
from typing import Any

import pytest

from office.calendar import business_date
from office.models import JournalEntry
from office.tokens.machine_tokens import issue_machine_token
from suppliers.models import Delivery, Supplier, SupplyOrder
from suppliers.registry.operations import merge_suppliers
from tests.builders import HERE, a_company
from tests.clock import present
from tests.customer_api import ApiClient
from tests.suppliers.supplier_records import a_category, a_credit_code, a_supplier
from tests.suppliers.supply_records import an_order

pytestmark = pytest.mark.django_db
SUPPLIER = {
    "credit_code": a_credit_code(7),
    "name": "太原华源管件有限公司",
    "representative": "王建国",
    "region": "north",
    "address": "太原市迎泽大街7号",
    "owners": [{"name": "王建国", "share_percent": "60.00"}],
    "contacts": [{"name": "李敏", "phone": "13800000007"}],
}


@pytest.fixture
def platform() -> ApiClient:
    _token, secret = issue_machine_token(
        a_company(), "友云采", life=timedelta(days=1), by=HERE, at=present()
    )
    return ApiClient(secret)


def push(client: ApiClient, path: str, body: dict[str, Any]) -> Any:
    return client.send("POST", f"/suppliers{path}", body)


def order_body(**changes: Any) -> dict[str, Any]:
    """An order of two months ago, which is history."""
    day = business_date(present()) - timedelta(days=60)
    body = {
        "number": "YYC-1",
        "credit_code": a_credit_code(1),
        "category": "01",
        "item": "预制保温管",
        "unit": "米",
        "quantity": "100.000",
        "unit_price_fen": 1250,
        "ordered_on": day.isoformat(),
        "promised_on": day.isoformat(),
    }
    return body | changes


def delivery_body(**changes: Any) -> dict[str, Any]:
    body = {
        "number": "DH-1",
        "order": "CG1",
        "promised_on": "2026-05-01",
        "actual_on": "2026-05-03",
        "received": "100",
        "accepted": "99.5",
    }
    return body | changes


class TestPushSupplier:
    def test_is_entered_once_and_named_in_the_journal(self, platform: ApiClient) -> None:
        first, again = (push(platform, "", SUPPLIER) for _twice in range(2))
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == {"number": a_credit_code(7), "created": True}
        assert again.json() == {"number": a_credit_code(7), "created": False}
        supplier = Supplier.objects.get()
        assert supplier.owners.get().name == "王建国"
        assert JournalEntry.objects.get(action="register_supplier").actor == "机器 友云采"

    def test_other_facts_are_refused_by_name(self, platform: ApiClient) -> None:
        push(platform, "", SUPPLIER)
        answer = push(platform, "", {**SUPPLIER, "address": "榆次"})
        assert (answer.status_code, answer.json()["code"]) == (409, "supplier_differs")
        assert "注册地址与档案不同" in answer.json()["detail"]
        assert Supplier.objects.get().address == "太原市迎泽大街7号"

    def test_a_wrong_code_and_a_strange_region(self, platform: ApiClient) -> None:
        wrong = push(platform, "", {**SUPPLIER, "credit_code": "91140100000000000X"})
        assert wrong.status_code == 422
        assert "校验位" in wrong.json()["detail"]
        strange = push(platform, "", {**SUPPLIER, "region": "mars"})
        assert strange.json()["errors"][0]["field"] == "region"
        assert strange.headers["Content-Type"] == "application/problem+json"
        assert Supplier.objects.count() == 0


class TestPushOrder:
    def test_is_entered_once_in_the_company_of_the_token(self, platform: ApiClient) -> None:
        a_supplier(1), a_category()
        answers = [push(platform, "/orders", order_body()).status_code for _twice in range(2)]
        assert answers == [201, 200]
        order = SupplyOrder.objects.get()
        assert (order.company, order.number, order.entered_by) == (a_company(), "YYC-1", None)
        other = push(platform, "/orders", order_body(quantity="7"))
        assert (other.status_code, other.json()["code"]) == (409, "number_taken")

    def test_an_unqualified_supplier_is_refused_by_what_is_missing(
        self, platform: ApiClient
    ) -> None:
        """suppliers.md, check 1, through the API."""
        a_supplier(1), a_category()
        today = business_date(present()).isoformat()
        body = order_body(ordered_on=today, promised_on=today)
        answer = push(platform, "/orders", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_qualified")
        assert "缺：没有申请准入" in answer.json()["detail"]
        assert SupplyOrder.objects.count() == 0

    def test_unknown_and_merged_suppliers(self, platform: ApiClient) -> None:
        a_category()
        assert push(platform, "/orders", order_body()).json()["code"] == "supplier_unknown"
        merge_suppliers(a_supplier(1), a_supplier(2), reason="同", by=HERE, at=present())
        assert push(platform, "/orders", order_body()).json()["code"] == "supplier_merged"
        assert SupplyOrder.objects.count() == 0


class TestPushDelivery:
    def test_belongs_to_the_order_and_comes_once(self, platform: ApiClient) -> None:
        order = an_order(number="CG1")
        answers = [
            push(platform, "/deliveries", delivery_body()).status_code for _twice in range(2)
        ]
        assert answers == [201, 200]
        assert Delivery.objects.get().order == order

    def test_another_companys_order_is_none(self, platform: ApiClient) -> None:
        an_order(number="CG1", company=a_company("21"))
        answer = push(platform, "/deliveries", delivery_body())
        assert (answer.status_code, answer.json()["code"]) == (409, "order_unknown")
        assert Delivery.objects.count() == 0

    def test_of_a_merged_supplier_is_refused(self, platform: ApiClient) -> None:
        order = an_order(number="CG1")
        merge_suppliers(order.supplier, a_supplier(2), reason="同", by=HERE, at=present())
        answer = push(platform, "/deliveries", delivery_body())
        assert (answer.status_code, answer.json()["code"]) == (409, "supplier_merged")
        assert Delivery.objects.count() == 0

    def test_more_accepted_than_received(self, platform: ApiClient) -> None:
        an_order(number="CG1")
        answer = push(platform, "/deliveries", delivery_body(accepted="101"))
        assert (answer.status_code, answer.json()["code"]) == (422, "accepted_wrong")
        assert Delivery.objects.count() == 0


class TestDoors:
    def test_without_a_token_nothing_is_pushed(self) -> None:
        answer = push(ApiClient("x" * 43), "", SUPPLIER)
        assert (answer.status_code, answer.json()["code"]) == (401, "machine_unknown")
        assert Supplier.objects.count() == 0

    def test_the_document_describes_each_with_summary_and_example(self) -> None:
        document = ApiClient("").send("GET", "/schema").json()
        for path in ("", "/orders", "/deliveries"):
            post = document["paths"][f"/api/v1/suppliers{path}"]["post"]
            assert post["summary"].startswith("推送")
            assert post["requestBody"]["content"]["application/json"]["example"]
            assert {"200", "201", "409", "422"} <= set(post["responses"])
