"""The call centre's system: by a token of one company, in the name of an agent."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from complaints.models import RingingCall
from heating.roles import CASHIER, PROCUREMENT
from office.actors import Actor
from office.models import JournalEntry, MachineToken, User
from office.refusals import Invalid, NotAllowed, Refused
from office.tokens.machine_tokens import issue_machine_token, revoke_machine_token
from tests.builders import (
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.clock import present
from tests.complaints.calls.ringing import CALLER, YEAR, a_machine, guard, ring
from tests.customer_api import ApiClient, token_for
from tests.parallel import at_once
from tests.service_desk import Desk, a_desk, a_repair, a_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(desk: Desk) -> ApiClient:
    return ApiClient(a_machine()[1])


def pop(client: ApiClient, number: str = CALLER, agent: str = "客服甲11") -> Any:
    return client.send("POST", "/call-centre/screen-pop", {"number": number, "agent": agent})


class TestShowScreenPop:
    def test_who_is_calling(self, centre: ApiClient, desk: Desk) -> None:
        contract = a_contract(an_account(desk.company), a_customer(desk.company, phone=CALLER))
        bill = an_issued_bill(contract)
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        answer = pop(centre, "+86 138 0000 0001")
        assert answer.status_code == 200
        body = answer.json()
        (account,) = body["accounts"]
        assert account["number"] == contract.account.number
        assert (account["customer"], account["arrears_fen"]) == ("王秀英", bill.amount_fen)
        assert [row["number"] for row in account["tickets"]] == [ticket.number]
        assert body["intake_url"].endswith(f"?phone={CALLER}")
        assert reverse("admin:open_ticket") in body["intake_url"]
        entry = JournalEntry.objects.get(action="show_screen_pop")
        assert entry.actor == "机器 呼叫中心"
        assert entry.facts == {
            "agent": "客服甲11",
            "number": "138****0001",
            "accounts": [contract.account.number],
        }
        assert CALLER not in json.dumps(entry.facts)

    def test_an_unknown_number_is_nobody(self, centre: ApiClient) -> None:
        body = pop(centre, "13899999999").json()
        assert (body["accounts"], body["tickets"], body["more"]) == ([], [], False)

    def test_nothing_of_another_company_though_the_agent_works_for_both(
        self, centre: ApiClient, desk: Desk
    ) -> None:
        other = a_desk("21")
        assert desk.agent.user is not None
        desk.agent.user.companies.add(other.company)
        User.objects.filter(pk=desk.agent.user.pk).update(group_wide=True)
        foreign = a_contract(an_account(other.company), a_customer(other.company, phone=CALLER))
        a_ticket(other, "2026-01-12 09:00", a_repair(caller_phone=CALLER, account=foreign.account))
        answer = pop(centre)
        assert (answer.json()["accounts"], answer.json()["tickets"]) == ([], [])
        assert foreign.account.number not in answer.content.decode()

    @pytest.mark.parametrize("agent", ["nobody", "采购", "客服甲21", "客服乙11"])
    def test_only_for_agents_of_the_company(
        self, centre: ApiClient, desk: Desk, agent: str
    ) -> None:
        a_desk("21")
        a_member_of_staff("采购", PROCUREMENT, desk.company)
        User.objects.filter(username="客服乙11").update(is_active=False)
        answer = pop(centre, agent=agent)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert not JournalEntry.objects.filter(action="show_screen_pop").exists()

    def test_strangers_customers_and_ended_tokens(self, desk: Desk) -> None:
        token, secret = a_machine()
        assert pop(ApiClient()).status_code == 401
        assert pop(ApiClient("made-up")).json()["code"] == "machine_unknown"
        a_customer(desk.company, phone=CALLER)
        assert pop(ApiClient(token_for(CALLER))).status_code == 401
        assert pop(ApiClient(secret)).status_code == 200
        # A machine is no customer.
        assert ApiClient(secret).read("/tickets").status_code == 401
        by = Actor.staff(User.objects.get(username="安全11"))
        revoke_machine_token(token, by=by, at=present())
        assert pop(ApiClient(secret)).status_code == 401
        MachineToken.objects.update(revoked_at=None, expires_at=present())
        assert pop(ApiClient(secret)).status_code == 401


class TestRecordRinging:
    def test_once_per_call(self, centre: ApiClient, desk: Desk) -> None:
        for _ in range(2):
            answer = ring(centre)
            assert (answer.status_code, answer.json()["number"]) == (201, CALLER)
        call = RingingCall.objects.get()
        assert (call.number, call.agent, call.company) == (CALLER, desk.agent.user, desk.company)
        assert JournalEntry.objects.filter(action="record_ringing").count() == 1

    @pytest.mark.parametrize(
        ("rang_at", "code"),
        [
            ("2026-01-12T09:00:00", "naive"),
            ("2026-01-12 09:00", "naive"),
            ("2026-01-12", "date"),
            ("now", "invalid"),
        ],
    )
    def test_a_time_says_its_zone(self, centre: ApiClient, rang_at: str, code: str) -> None:
        answer = ring(centre, rang_at=rang_at)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["field"] == "rang_at"
        if code == "naive":
            assert (error["code"], "时区" in error["detail"]) == ("naive", True)
        assert not RingingCall.objects.exists()

    @pytest.mark.parametrize(
        "rang_at",
        ["2026-01-12T09:00:00+08:00", "2026-01-12T01:00:00Z", "2026-01-11T20:00:00-05:00"],
    )
    def test_any_zone_is_the_same_instant(self, centre: ApiClient, rang_at: str) -> None:
        assert ring(centre, rang_at=rang_at).status_code == 201
        assert RingingCall.objects.get().rang_at.isoformat() == "2026-01-12T01:00:00+00:00"

    def test_not_tomorrow(self, centre: ApiClient) -> None:
        ahead = (present() + timedelta(minutes=10)).isoformat()
        answer = ring(centre, rang_at=ahead)
        assert (answer.status_code, answer.json()["code"]) == (422, "time_ahead")
        assert not RingingCall.objects.exists()

    def test_is_never_changed(self, centre: ApiClient) -> None:
        ring(centre)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            RingingCall.objects.update(number="1")


class TestIssueMachineToken:
    def test_only_the_digest_is_kept(self, desk: Desk) -> None:
        token, secret = a_machine()
        assert secret not in str(MachineToken.objects.values().get())
        assert JournalEntry.objects.get(action="issue_machine_token").record_id == token.pk

    @pytest.mark.parametrize("days", [0, -1, 731])
    def test_not_for_ever(self, desk: Desk, days: int) -> None:
        with pytest.raises(Invalid, match="730"):
            a_machine(life=timedelta(days=days))
        assert not MachineToken.objects.exists()

    def test_only_by_the_security_administrator_of_the_company(self, desk: Desk) -> None:
        strangers = [
            desk.manager,
            Actor.staff(a_member_of_staff("收费", CASHIER, desk.company)),
            guard("21"),
        ]
        for by in strangers:
            with pytest.raises(NotAllowed):
                issue_machine_token(desk.company, "x", life=YEAR, by=by, at=present())
        assert not MachineToken.objects.exists()

    def test_the_screen_shows_the_secret_once(self, client: Client, desk: Desk) -> None:
        by = guard()
        assert by.user is not None
        client.force_login(by.user)
        address = reverse("admin:office_machinetoken_add")
        assert client.get(address).status_code == 200
        page = client.post(address, {"company": desk.company.pk, "name": "呼叫中心", "days": 30})
        secret = page.content.decode().split('<code id="secret">')[1].split("<")[0]
        assert pop(ApiClient(secret)).status_code == 200
        token = MachineToken.objects.get()
        record = client.get(reverse("admin:office_machinetoken_change", args=[token.pk]))
        assert secret not in record.content.decode()
        client.post(reverse("admin:office_machinetoken_revoke_machine_token", args=[token.pk]))
        assert pop(ApiClient(secret)).status_code == 401
        with pytest.raises(Refused, match="已经吊销"):
            revoke_machine_token(token, by=by, at=present())


@pytest.mark.django_db(transaction=True)
def test_one_call_told_from_many_sides_rings_once() -> None:
    a_desk()
    secret = a_machine()[1]
    answers = at_once([lambda: ring(ApiClient(secret), rang_at="2026-01-12T09:00:00+08:00")] * 4)
    assert [getattr(a, "status_code", None) for a in answers] == [201] * 4
    assert RingingCall.objects.count() == 1
