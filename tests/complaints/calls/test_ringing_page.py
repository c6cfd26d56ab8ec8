"""来电 on the agent's pages: their own telephones, who is calling, and nothing of anybody else."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.calls.ringing import MOST_CALLS, RINGS_FOR, ringing_calls
from complaints.models import RingingCall
from customers.models import SupplyContract
from heating.roles import AGENT, CASHIER
from office.models import MachineToken
from tests.builders import a_company, a_contract, a_customer, a_member_of_staff, an_account
from tests.clock import present
from tests.complaints.calls.ringing import CALLER, a_machine, ring
from tests.customer_api import ApiClient
from tests.service_desk import Desk, a_desk

pytestmark = pytest.mark.django_db

ASK = "/admin/service/ringing/"
SECOND = timedelta(seconds=1)


def at_the_desk(desk: Desk) -> Client:
    assert desk.agent.user is not None
    client = Client()
    client.force_login(desk.agent.user)
    return client


def numbers(client: Client, **query: Any) -> list[str]:
    answer = client.get(ASK, query)
    assert answer.status_code == 200
    return re.findall(r'phone=([^"&]*)"', answer.content.decode())


def rang(machine: MachineToken, desk: Desk, number: str, at: datetime) -> RingingCall:
    assert desk.agent.user is not None
    return RingingCall.objects.create(
        company=desk.company,
        machine=machine,
        call_id=f"{desk.company.code}-{number}-{at.timestamp()}",
        number=number,
        agent=desk.agent.user,
        rang_at=at,
        received_at=at,
    )


@pytest.fixture
def contract(desk: Desk) -> SupplyContract:
    return a_contract(an_account(desk.company), a_customer(desk.company, phone=CALLER))


class TestRinging:
    def test_what_the_call_centre_tells_is_shown_with_who_is_calling(
        self, desk: Desk, contract: SupplyContract
    ) -> None:
        client = at_the_desk(desk)
        assert client.get(ASK).content.strip() == b""
        assert ring(ApiClient(a_machine()[1]), number="+86 138 0000 0001").status_code == 201
        shown = client.get(ASK)
        text = shown.content.decode()
        assert f"{reverse('admin:open_ticket')}?phone={CALLER}" in text
        assert contract.account.number in text
        assert "王秀英" in text
        assert contract.account.premise.address in text
        assert "no-store" in shown["Cache-Control"]
        # Whoever is being spoken to is not announced any more.
        assert numbers(client, but=CALLER) == []
        assert numbers(client, but="13899999999") == [CALLER]

    def test_an_unknown_number_and_one_of_several_flats(
        self, desk: Desk, contract: SupplyContract
    ) -> None:
        machine, _secret = a_machine()
        now = present()
        a_contract(an_account(desk.company), contract.customer)
        gone = a_contract(an_account(desk.company), contract.customer)
        SupplyContract.objects.filter(pk=gone.pk).update(ends=gone.starts + timedelta(days=9))
        rang(machine, desk, CALLER, now - 2 * SECOND)
        rang(machine, desk, f"+86{CALLER}", now - SECOND)
        rang(machine, desk, "13899999999", now)
        assert numbers(at_the_desk(desk)) == ["13899999999", CALLER]
        text = at_the_desk(desk).get(ASK).content.decode()
        assert text.index("13899999999") < text.index(CALLER)
        assert "没有登记的号码" in text
        assert "共 2 户" in text

    def test_it_stops_ringing(self, desk: Desk) -> None:
        machine, _secret = a_machine()
        now = present()
        rang(machine, desk, CALLER, now - RINGS_FOR)
        assert desk.agent.user is not None
        assert ringing_calls(desk.agent.user, now) == []
        [call] = ringing_calls(desk.agent.user, now - SECOND)
        assert call.phone == CALLER
        assert numbers(at_the_desk(desk)) == []

    def test_nobody_sees_anothers_calls_nor_another_companys_customers(
        self, desk: Desk, contract: SupplyContract
    ) -> None:
        machine, _secret = a_machine()
        rang(machine, desk, CALLER, present())
        other = a_desk("21")
        a_contract(an_account(other.company), a_customer(other.company, name="李四", phone=CALLER))
        text = at_the_desk(desk).get(ASK).content.decode()
        assert "王秀英" in text
        assert "李四" not in text
        colleague = Client()
        colleague.force_login(a_member_of_staff("客服丁", AGENT, desk.company))
        assert numbers(colleague) == numbers(at_the_desk(other)) == []
        # Who has left the company sees nothing more of it.
        assert desk.agent.user is not None
        desk.agent.user.companies.set([a_company("21")])
        assert numbers(at_the_desk(desk)) == []

    def test_only_by_who_takes_calls(self, client: Client, desk: Desk) -> None:
        client.force_login(a_member_of_staff("收费员", CASHIER, desk.company))
        assert client.get(ASK).status_code == 403
        assert 'id="ringing"' not in client.get("/admin/").content.decode()
        agent = at_the_desk(desk)
        for page in ("/admin/", reverse("admin:open_ticket")):
            text = agent.get(page).content.decode()
            assert f'data-ask="{ASK}?but="' in text
            assert "complaints/ringing" in text

    def test_asks_as_often_for_many_calls_as_for_one(
        self, desk: Desk, contract: SupplyContract
    ) -> None:
        machine, _secret = a_machine()
        client = at_the_desk(desk)
        counts = []
        for calls in (1, 10):
            for n in range(calls):
                rang(machine, desk, f"1390000{calls:02d}{n:02d}", present())
            client.get(ASK)
            with CaptureQueriesContext(connection) as queries:
                assert len(numbers(client)) == min(MOST_CALLS, calls)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 8
        assert desk.agent.user is not None
        assert desk.agent.user.company_ids
        with CaptureQueriesContext(connection) as queries:
            ringing_calls(desk.agent.user, present())
        assert len(queries) == 2

    def test_a_page_that_asks_by_itself_keeps_no_session_young(self, desk: Desk) -> None:
        client = at_the_desk(desk)
        client.get("/admin/")
        soon = present() + timedelta(minutes=5)
        Session.objects.update(expire_date=soon)
        client.get(ASK)
        assert Session.objects.get().expire_date == soon
        client.get("/admin/")
        assert Session.objects.get().expire_date > soon
