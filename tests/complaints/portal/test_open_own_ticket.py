"""A customer reports at the API: once per key, for the own accounts only."""

from datetime import date
from typing import Any

import pytest

from complaints.customer_messages import confirm_receipts
from complaints.models import Ticket, TicketNote
from complaints.portal.operations import REPORT_LIMITS
from customers.models import Message, SupplyContract
from office.models import JournalEntry
from tests.builders import a_contract, a_customer, an_account
from tests.clock import present
from tests.complaints.portal.own_tickets import OTHER_PHONE, a_key, report, reported, say, words
from tests.customer_api import PHONE, ApiClient, token_for
from tests.parallel import at_once
from tests.service_desk import Desk, a_desk, publish_rules

pytestmark = pytest.mark.django_db


class TestOpenOwnTicket:
    def test_opens_a_ticket_and_says_what_is_promised(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        answer = report(customer, words(contract))
        assert answer.status_code == 201
        body = answer.json()
        ticket = Ticket.objects.get()
        assert body["ticket"] | {"promise": "", "reported_at": ""} == {
            "number": ticket.number,
            "kind": "repair",
            "kind_text": "报修",
            "subject": "no_heat",
            "subject_text": "不热",
            "summary": "客厅暖气不热",
            "account_number": contract.account.number,
            "address": contract.account.premise.address,
            "reported_at": "",
            "stage": "accepted",
            "stage_text": "已受理",
            "promise": "",
        }
        assert body["ticket"]["promise"].startswith("承诺")
        assert body["ticket"]["reported_at"].endswith("+08:00")
        assert [step["code"] for step in body["steps"]] == ["received"]
        assert (ticket.channel, ticket.caller_name, ticket.caller_phone) == (
            "web",
            "王秀英",
            PHONE,
        )
        assert ticket.entered_by is None
        assert JournalEntry.objects.get(action="open_ticket").actor == "138****0001"

    def test_a_repair_begins_with_the_shortest_promise(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        ticket = reported(customer, contract, severity="major")
        assert (ticket.severity, ticket.ticket_class.value) == ("minor", "repair_minor")

    def test_through_wechat_is_another_channel(self, contract: SupplyContract) -> None:
        inside = ApiClient(token_for(PHONE, openid="oTESTopenid0000000001"))
        assert reported(inside, contract).channel == "wechat"

    def test_is_confirmed_by_one_message(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        ticket = reported(customer, contract)
        assert confirm_receipts(present()) == 1
        message = Message.objects.get()
        assert (message.phone, message.template) == (PHONE, "ticket_accepted")
        assert message.values["number"] == ticket.number
        assert message.values["due"].endswith("前")

    def test_same_key_and_words_same_ticket(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        key = a_key()
        first, again = (report(customer, words(contract), key) for _ in range(2))
        assert (again.status_code, again.json()) == (201, first.json())
        assert Ticket.objects.count() == 1

    def test_same_key_other_words(self, customer: ApiClient, contract: SupplyContract) -> None:
        key = a_key()
        report(customer, words(contract), key)
        answer = report(customer, words(contract, summary="又漏水了"), key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert Ticket.objects.get().summary == "客厅暖气不热"

    def test_the_key_is_the_customers_own(
        self, customer: ApiClient, stranger: ApiClient, contract: SupplyContract
    ) -> None:
        key = a_key()
        other = SupplyContract.objects.get(customer__phone=OTHER_PHONE)
        assert report(customer, words(contract), key).status_code == 201
        assert report(stranger, words(other), key).status_code == 201
        assert Ticket.objects.count() == 2

    @pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space 123"])
    def test_a_key_is_asked_for(
        self, customer: ApiClient, contract: SupplyContract, key: str
    ) -> None:
        answer = customer.send("POST", "/tickets", words(contract), Idempotency_Key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
        assert not Ticket.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"subject": "attitude"}, "subject_wrong"),
            ({"summary": "  "}, "invalid"),
            ({"summary": "长" * 501}, "invalid"),
            ({"kind": "gossip"}, "invalid"),
            ({"account": "x"}, "invalid"),
        ],
    )
    def test_what_cannot_be_is_refused_with_a_sentence(
        self, customer: ApiClient, contract: SupplyContract, changes: dict[str, Any], code: str
    ) -> None:
        answer = report(customer, words(contract, **changes))
        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == code
        assert not Ticket.objects.exists()

    def test_unknown_and_not_mine_answer_alike(
        self, customer: ApiClient, stranger: ApiClient, contract: SupplyContract
    ) -> None:
        theirs = report(stranger, words(contract))
        unknown = report(stranger, words(contract, account=2**50))
        assert (theirs.status_code, theirs.content) == (404, unknown.content)
        assert not Ticket.objects.exists()

    def test_a_former_owner_reports_nothing(self, desk: Desk) -> None:
        old = a_contract(
            an_account(desk.company),
            a_customer(desk.company, phone=PHONE),
            ends=date(2026, 1, 1),
        )
        answer = report(ApiClient(token_for(PHONE)), words(old))
        assert (answer.status_code, answer.json()["code"]) == (409, "no_current_contract")

    def test_too_many_in_an_hour_are_referred_to_the_hotline(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        for n in range(REPORT_LIMITS[0][1]):
            reported(customer, contract, summary=f"第 {n} 次")
        answer = report(customer, words(contract))
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_reports")
        assert "服务热线" in answer.json()["detail"]
        assert answer.headers["Retry-After"] == "3600"
        assert Ticket.objects.count() == REPORT_LIMITS[0][1]

    def test_without_signing_in(self, anybody: ApiClient, contract: SupplyContract) -> None:
        assert report(anybody, words(contract)).status_code == 401
        assert not Ticket.objects.exists()

    def test_kinds_and_their_subjects_are_told(self, customer: ApiClient) -> None:
        kinds = {row["kind"]: row for row in customer.read("/ticket-kinds").json()}
        assert list(kinds) == ["enquiry", "repair", "complaint", "service"]
        assert kinds["service"]["subjects"][0] == {"subject": "valve", "text": "阀门"}


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_key_from_many_sides_opens_one_ticket(self) -> None:
        publish_rules()
        desk = a_desk()
        contract = a_contract(an_account(desk.company), a_customer(desk.company, phone=PHONE))
        token, key = token_for(PHONE), a_key()
        answers = at_once([lambda: report(ApiClient(token), words(contract), key)] * 4)
        assert [getattr(a, "status_code", None) for a in answers] == [201] * 4
        assert len({a.json()["ticket"]["number"] for a in answers}) == 1  # type: ignore[union-attr]
        assert Ticket.objects.count() == 1

    def test_one_note_from_many_sides_is_one_note(self) -> None:
        publish_rules()
        desk = a_desk()
        contract = a_contract(an_account(desk.company), a_customer(desk.company, phone=PHONE))
        token, key = token_for(PHONE), a_key()
        path = f"/tickets/{reported(ApiClient(token), contract).number}/notes"
        answers = at_once(
            [lambda: say(ApiClient(token), path, {"text": "在家"}, Idempotency_Key=key)] * 4
        )
        assert [getattr(a, "status_code", None) for a in answers] == [201] * 4
        assert TicketNote.objects.count() == 1
