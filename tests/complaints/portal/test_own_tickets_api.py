"""The API shows customers their own tickets, as its description says."""

from datetime import date, timedelta
from typing import Any

import pytest
import schemathesis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.incidents.operations import (
    Reach,
    begin_incident,
    notify_affected,
    register_incident,
)
from complaints.models import TicketNote
from complaints.tickets.notes import add_note
from customers.contracts.ownership import transfer_ownership
from customers.models import SupplyContract
from heating.wsgi import application
from office.models import Document
from tests.builders import a_contract, a_customer, an_account
from tests.clock import present
from tests.complaints.portal.own_tickets import (
    JPEG,
    OTHER_PHONE,
    a_key,
    reported,
    resolved,
    say,
    upload,
    words,
)
from tests.customer_api import PHONE, ApiClient, token_for
from tests.schema_checks import CHECKS
from tests.service_desk import (
    SYSTEM,
    Desk,
    a_desk,
    a_repair,
    a_ticket,
    publish_rules,
)

pytestmark = pytest.mark.django_db


class TestListAndShow:
    def test_all_about_my_account_whoever_took_it_in(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        by_phone = a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        mine = reported(customer, contract)
        body = customer.read("/tickets").json()
        assert [row["number"] for row in body["tickets"]] == [mine.number, by_phone.number]
        assert body["next_page"] is None

    def test_nobody_elses(
        self, customer: ApiClient, stranger: ApiClient, contract: SupplyContract
    ) -> None:
        ticket = reported(customer, contract)
        assert stranger.read("/tickets").json()["tickets"] == []
        theirs = stranger.read(f"/tickets/{ticket.number}")
        unknown = stranger.read("/tickets/GD11209900000001")
        assert (theirs.status_code, theirs.content) == (404, unknown.content)
        for path, body in (
            ("notes", {"text": "我也来说"}),
            ("verdict", {"solved": False}),
            ("opinion", {"satisfaction": "satisfied"}),
        ):
            answer = say(
                stranger, f"/tickets/{ticket.number}/{path}", body, Idempotency_Key=a_key()
            )
            assert answer.status_code == 404
        assert upload(stranger, ticket.number, "a.jpg", JPEG).status_code == 404
        assert not TicketNote.objects.exists()
        assert not Document.objects.exists()

    def test_owners_before_and_after_do_not_see_each_others(self, desk: Desk) -> None:
        account = an_account(desk.company)
        a_contract(account, a_customer(desk.company, phone=PHONE), ends=date(2026, 1, 12))
        a_contract(account, a_customer(desk.company, phone=OTHER_PHONE), starts=date(2026, 1, 12))
        before = a_ticket(desk, "2026-01-11 23:59", a_repair(account=account))
        after = a_ticket(desk, "2026-01-12 00:00", a_repair(account=account))
        old, new = ApiClient(token_for(PHONE)), ApiClient(token_for(OTHER_PHONE))
        assert [t["number"] for t in old.read("/tickets").json()["tickets"]] == [before.number]
        assert [t["number"] for t in new.read("/tickets").json()["tickets"]] == [after.number]

    def test_a_change_of_owner_that_is_dated_back_hands_no_ticket_over(self, desk: Desk) -> None:
        account = an_account(desk.company)
        old_contract = a_contract(account, a_customer(desk.company, phone=PHONE))
        before = a_ticket(desk, "2026-01-12 09:00", a_repair(account=account))
        new_contract = transfer_ownership(
            account,
            a_customer(desk.company, phone=OTHER_PHONE),
            date(2026, 1, 1),
            contract_number="HT-2",
            by=SYSTEM,
            at=before.entered_at + timedelta(days=2),
        )
        after = a_ticket(desk, "2026-01-15 09:00", a_repair(account=account))
        old, new = ApiClient(token_for(PHONE)), ApiClient(token_for(OTHER_PHONE))
        assert [t["number"] for t in old.read("/tickets").json()["tickets"]] == [before.number]
        assert [t["number"] for t in new.read("/tickets").json()["tickets"]] == [after.number]
        assert new.read(f"/tickets/{before.number}").status_code == 404
        assert (before.contract, after.contract) == (old_contract, new_contract)

    def test_who_pays_for_others_sees_their_own_reports_only(self, desk: Desk) -> None:
        payer = a_customer(desk.company, "物业", phone=OTHER_PHONE)
        contract = a_contract(
            an_account(desk.company), a_customer(desk.company, phone=PHONE), payer=payer
        )
        private = reported(
            ApiClient(token_for(PHONE)), contract, kind="complaint", subject="attitude"
        )
        house = ApiClient(token_for(OTHER_PHONE))
        own = reported(house, contract)
        assert own.caller_name == "物业"
        assert [t["number"] for t in house.read("/tickets").json()["tickets"]] == [own.number]
        assert house.read(f"/tickets/{private.number}").status_code == 404

    def test_steps_say_when_and_never_what_staff_wrote_for_each_other(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        ticket = resolved(contract, desk)
        add_note(ticket, "用户难缠", by=desk.agent, at=present())
        answer = customer.read(f"/tickets/{ticket.number}")
        body = answer.json()
        assert [step["code"] for step in body["steps"]] == [
            "received",
            "assigned",
            "accepted",
            "departed",
            "arrived",
            "visited",
            "done",
        ]
        assert body["steps"][5]["detail"] == "已修复"
        assert (body["ticket"]["stage"], body["due_at"]) == ("resolved", None)
        assert (body["asks_opinion"], body["asks_solved"]) == (True, True)
        text = answer.content.decode()
        for hidden in ("用户难缠", "分户阀堵塞", "清洗过滤器", "维修甲", "客服甲", "一班"):
            assert hidden not in text

    def test_an_outage_over_my_building_is_told_with_its_expected_end(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        now = present()
        incident = register_incident(
            desk.company,
            "内部原因：焊缝",
            Reach(buildings=[contract.account.premise.building]),
            starts_at=now - timedelta(hours=1),
            expected_end_at=now + timedelta(hours=3),
            by=SYSTEM,
            at=now,
        )
        begin_incident(incident, by=SYSTEM, at=now)
        notify_affected(incident, "正在抢修，请保温", by=SYSTEM, at=now)
        (shown_incident,) = customer.read("/incidents").json()
        assert (shown_incident["number"], shown_incident["text"]) == (
            incident.number,
            "正在抢修，请保温",
        )
        assert shown_incident["accounts"] == [contract.account.number]
        ticket = reported(customer, contract)
        answer = customer.read(f"/tickets/{ticket.number}")
        assert answer.json()["incidents"] == [shown_incident]
        assert "焊缝" not in answer.content.decode()

    def test_constant_number_of_statements(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        def statements() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert customer.read("/tickets").status_code == 200
            return len(queries)

        a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        few = statements()
        for _ in range(8):
            a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        assert statements() == few <= 15


@pytest.mark.django_db(transaction=True)
def test_real_answers_are_as_described() -> None:
    """What random examples never reach: answers that hold something."""
    publish_rules()
    desk = a_desk()
    contract = a_contract(an_account(desk.company), a_customer(desk.company, phone=PHONE))
    done = resolved(contract, desk)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    headers = {"Authorization": f"Bearer {token_for(PHONE)}"}

    def ask(method: str, path: str, **parts: Any) -> Any:
        if "body" in parts:
            parts["media_type"] = "application/json"
        case = schema[f"/api/v1{path}"][method].Case(**parts)
        answer = case.call_and_validate(checks=CHECKS, headers=headers)
        assert answer.status_code in (200, 201)
        return answer.json()

    opened = ask(
        "POST", "/tickets", headers={"Idempotency-Key": "schema-test-1"}, body=words(contract)
    )
    number = {"number": opened["ticket"]["number"]}
    note = {"path_parameters": number, "body": {"text": "在家"}}
    ask("POST", "/tickets/{number}/notes", headers={"Idempotency-Key": "schema-test-2"}, **note)
    ask("GET", "/tickets")
    ask("GET", "/ticket-kinds")
    ask("GET", "/incidents")
    ask("GET", "/tickets/{number}", path_parameters=number)
    number = {"number": done.number}
    ask("POST", "/tickets/{number}/verdict", path_parameters=number, body={"solved": True})
    ask(
        "POST",
        "/tickets/{number}/opinion",
        path_parameters=number,
        body={"satisfaction": "fair"},
    )
    ask("GET", "/tickets/{number}", path_parameters=number)
