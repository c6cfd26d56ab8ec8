"""The procurement platform pushes what it saw of offers, each once, before they are opened."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from office.head_office import head_office
from office.tokens.machine_tokens import issue_machine_token
from suppliers.models import CollusionLead, OfferTrace, Signal, Sourcing, Supplier
from tests.builders import HERE, a_company
from tests.clock import present
from tests.customer_api import ApiClient
from tests.suppliers.admission_records import People, people
from tests.suppliers.sourcing_records import (
    a_sheet,
    a_sourcing,
    offered,
    opened,
    qualified_suppliers,
)
from tests.suppliers.supplier_records import NOON, a_credit_code, a_supplier

pytestmark = pytest.mark.django_db
FILE = {"name": "报价.xlsx", "sha256": "ab" * 32, "author": "李敏", "template": ""}


def a_client(company: Any) -> ApiClient:
    _token, secret = issue_machine_token(
        company, "友云采", life=timedelta(days=1), by=HERE, at=present()
    )
    return ApiClient(secret)


def invited(staff: People) -> tuple[Sourcing, list[Supplier]]:
    """Three suppliers have sent offers that share nothing."""
    suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
    sheets = [a_sheet(sourcing, 100 + n, 300 - 7 * n, phone=f"1380000000{n}") for n in range(3)]
    offered(staff, sourcing, sheets, suppliers)
    return sourcing, suppliers


def body(sourcing: Sourcing, number: int = 1, **given: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "number": f"BJ-{number}",
        "sourcing": sourcing.number,
        "credit_code": a_credit_code(number),
        "sent_at": NOON.isoformat(),
        "address": "8.8.8.8",
        "device": f"d{number}",
        "files": [FILE],
    }
    return values | given


def test_traces_are_entered_once_and_become_leads_at_the_opening() -> None:
    staff = people()
    sourcing, suppliers = invited(staff)
    platform = a_client(head_office())
    answers = [
        platform.send("POST", "/suppliers/offers", body(sourcing, number)) for number in (1, 1, 2)
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 201]
    assert answers[1].json() == {"number": "BJ-1", "created": False}
    taken = platform.send("POST", "/suppliers/offers", body(sourcing, device="other"))
    assert (taken.status_code, taken.json()["code"]) == (409, "number_taken")
    assert OfferTrace.objects.count() == 2
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        OfferTrace.objects.update(device="x")

    opened(staff, sourcing)
    leads = {lead.signal: set(lead.suppliers.all()) for lead in CollusionLead.objects.all()}
    assert leads == {
        Signal.SHARED_ADDRESS: set(suppliers[:2]),
        Signal.SAME_FILE: set(suppliers[:2]),
        Signal.SAME_AUTHOR: set(suppliers[:2]),
    }
    late = platform.send("POST", "/suppliers/offers", body(sourcing, 3))
    assert (late.status_code, late.json()["code"]) == (409, "offers_opened")
    # What was entered before is answered as before.
    assert platform.send("POST", "/suppliers/offers", body(sourcing)).status_code == 200


def test_what_belongs_to_nobody_here_is_refused_by_name() -> None:
    sourcing, _suppliers = invited(people())
    a_supplier(9)
    platform = a_client(head_office())
    cases = [
        (platform, body(sourcing, number=9), 409, "not_invited"),
        (platform, body(sourcing) | {"sourcing": "CG-0"}, 409, "sourcing_unknown"),
        (a_client(a_company("21")), body(sourcing), 409, "sourcing_unknown"),
        (platform, body(sourcing, credit_code="1"), 422, "credit_code_wrong"),
        (
            platform,
            body(sourcing, sent_at=(present() + timedelta(days=1)).isoformat()),
            422,
            "sent_in_future",
        ),
    ]
    for client, sent, status, code in cases:
        answer = client.send("POST", "/suppliers/offers", sent)
        assert (answer.status_code, answer.json()["code"]) == (status, code), sent
    assert OfferTrace.objects.count() == 0
