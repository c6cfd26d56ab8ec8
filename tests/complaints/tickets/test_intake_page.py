"""Intake over HTTP: who calls, what is opened and told, and what is refused with the form kept."""

from datetime import datetime, time
from typing import Any

import pytest
from django.test import Client

from complaints.models import Ticket
from customers.models import Account
from heating.roles import AGENT
from office.calendar import business_date
from office.zone import SHANGHAI
from tests.builders import a_company, a_contract, a_member_of_staff, an_account, an_issued_bill
from tests.clock import present
from tests.complaints.tickets.intake_form import ADDRESS, PHONE, a_form, send, shown, yesterday
from tests.service_desk import DAY, HOUR, Desk, a_desk, a_repair, a_ticket, t

pytestmark = pytest.mark.django_db


class TestScreenPop:
    def test_the_number_fills_the_page(self, agent: Client, account: Account) -> None:
        bill = an_issued_bill(account.contracts.get())
        page = shown(agent, phone=f"+86{PHONE}")
        assert f'name="account" value="{account.pk}"' in page
        assert f'name="caller_phone" value="{PHONE}"' in page
        assert 'name="caller_name" value="王秀英"' in page
        assert account.premise.address in page
        assert "正常" in page
        assert bill.amount_fen == 205848
        assert "2,058.48" in page

    def test_the_number_can_be_typed_too(self, agent: Client, account: Account) -> None:
        page = shown(agent, q="139 3517 1234")
        assert f'name="account" value="{account.pk}"' in page
        assert f'name="caller_phone" value="{PHONE}"' in page

    def test_several_accounts_are_chosen_from(
        self, agent: Client, desk: Desk, account: Account
    ) -> None:
        other = an_account(desk.company)
        a_contract(other, account.contracts.get().customer)
        page = shown(agent, phone=PHONE)
        assert 'id="intake-form"' not in page
        for row in (account, other):
            assert f"?account={row.pk}&amp;phone={PHONE}" in page
        assert f'name="account" value="{other.pk}"' in shown(agent, account=other.pk, phone=PHONE)

    def test_none_of_them_is_an_answer_too(
        self, agent: Client, desk: Desk, account: Account
    ) -> None:
        a_contract(an_account(desk.company), account.contracts.get().customer)
        assert f"?without=yes&amp;phone={PHONE}" in shown(agent, phone=PHONE)
        page = shown(agent, without="yes", phone=PHONE)
        assert 'id="intake-form"' in page
        assert f'name="caller_phone" value="{PHONE}"' in page
        assert f'name="account" value="{account.pk}"' not in page

    def test_an_unknown_number_leads_to_the_search_and_the_form(self, agent: Client) -> None:
        page = shown(agent, phone="13700000000")
        assert "没有找到户号或地点" in page
        assert 'name="caller_phone" value="13700000000"' in page

    def test_places_are_found_by_name(self, agent: Client, account: Account) -> None:
        an_account(account.company)
        building = account.premise.building
        page = shown(agent, q="汾河小区")
        assert f"?building={building.pk}&amp;" in page
        assert f"?community={building.community_id}&amp;" in page
        assert f'name="building" value="{building.pk}"' in shown(agent, building=building.pk)

    def test_tells_of_stopped_heat_and_of_a_former_owner(
        self, agent: Client, account: Account
    ) -> None:
        contract = account.contracts.get()
        contract.ends = t("2025-06-01 00:00").date()
        contract.save()
        Account.objects.filter(pk=account.pk).update(supply_state="stopped")
        page = shown(agent, phone=PHONE)
        assert "该户已报停" in page
        assert "王秀英 的合同已于 2025-06-01 终止" in page

    @pytest.mark.parametrize(
        "query",
        [
            {"account": "9" * 30},
            {"account": "1;drop"},
            {"building": "0"},
            {"q": "%' OR 1=1"},
        ],
    )
    def test_nonsense_in_the_address_is_no_fault(
        self, agent: Client, query: dict[str, str]
    ) -> None:
        assert agent.get(ADDRESS, query).status_code == 200

    @pytest.mark.parametrize("query", [{"phone": "\x00"}, {"q": "\x00" * 90}])
    def test_what_no_keyboard_types_is_no_readable_request(
        self, agent: Client, query: dict[str, str]
    ) -> None:
        assert agent.get(ADDRESS, query).status_code == 400


class TestOpenTicket:
    def test_the_promise_is_there_to_be_told(self, agent: Client, account: Account) -> None:
        when = yesterday(10, 0)
        form = a_form(agent, account, reported_at=f"{when:%Y-%m-%dT%H:%M}")
        status, where = send(agent, form)
        ticket = Ticket.objects.get()
        assert (status, where) == (302, f"/admin/service/ticket/{ticket.pk}/opened/")
        page = agent.get(where).content.decode()
        assert ticket.number in page
        assert f"承诺 {when:%m-%d} 24:00 前修复" in page
        assert (ticket.account, ticket.severity) == (account, "minor")
        assert (ticket.caller_name, ticket.caller_phone) == ("王秀英", PHONE)

    def test_a_call_at_ten_to_midnight_is_promised_for_noon(
        self, agent: Client, account: Account
    ) -> None:
        when = yesterday(23, 50)
        send(agent, a_form(agent, account, reported_at=f"{when:%Y-%m-%dT%H:%M}"))
        ticket = Ticket.objects.get()
        noon = datetime.combine(business_date(present()), time(12), SHANGHAI)
        assert (ticket.reported_at, ticket.due_at) == (when, noon)
        assert ticket.entered_at > ticket.reported_at

    def test_a_time_with_its_own_zone_is_that_instant(
        self, agent: Client, account: Account
    ) -> None:
        when = yesterday(9, 0)
        text = f"{when - 8 * HOUR:%Y-%m-%dT%H:%M}Z"
        send(agent, a_form(agent, account, reported_at=text))
        assert Ticket.objects.get().reported_at == when

    def test_the_same_form_twice_opens_once(self, agent: Client, account: Account) -> None:
        form = a_form(agent, account)
        assert send(agent, form) == send(agent, form)
        assert Ticket.objects.count() == 1

    def test_12345_comes_with_its_own_deadline(self, agent: Client, account: Account) -> None:
        due = datetime.combine(business_date(present()) + DAY, time(15), SHANGHAI)
        form = a_form(
            agent,
            account,
            channel="government",
            outside_reference="SX-1",
            outside_due_at=f"{due:%Y-%m-%dT%H:%M}",
        )
        _, where = send(agent, form)
        assert Ticket.objects.get().outside_due_at == due
        assert f"12345 工单 SX-1，限办 {due:%m-%d} 15:00" in agent.get(where).content.decode()
        first = Ticket.objects.get()
        again = form | {"form_key": a_form(agent, account)["form_key"]}
        status, sentence = send(agent, again)
        assert (status, Ticket.objects.count()) == (409, 1)
        assert sentence.startswith(f"12345 工单号 SX-1 已受理为工单 {first.number}")

    def test_without_scripts_the_level_sent_with_an_enquiry_is_nobodys(
        self, agent: Client, account: Account
    ) -> None:
        send(agent, a_form(agent, account, kind="enquiry", subject="charge"))
        ticket = Ticket.objects.get()
        assert (ticket.kind, ticket.severity) == ("enquiry", "")

    def test_for_a_community_without_an_account(self, agent: Client, account: Account) -> None:
        community = account.premise.building.community
        send(agent, a_form(agent, community=community.pk))
        ticket = Ticket.objects.get()
        assert (ticket.account, ticket.community, ticket.place) == (None, community, "汾河小区")

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"subject": ""}, "请选择事项。"),
            ({"subject": "attitude"}, "“报修”没有“服务态度”这一事项。"),
            ({"severity": ""}, "报修须选小修、中修或大修，其他类型不分级别。"),
            ({"account": ""}, "报修须先选户号、楼栋、小区或换热站，请在上方查找后再保存。"),
            ({"channel": "government"}, "12345 转办的工单须填写其工单号和限办时间，其他渠道不填。"),
            ({"channel": "government", "outside_reference": "1"}, "请填写 12345 的限办时间。"),
            ({"outside_reference": "1"}, "请填写 12345 的限办时间。"),
            ({"reported_at": "2199-12-31T00:00"}, "报告时间不能晚于现在，请核对日期和时间。"),
            ({"reported_at": "昨晚"}, "请填写日期和时间，如 2026-01-12 23:50。"),
            (
                {"reported_at": "2025-09-30T23:59"},
                "报告时间 2025-09-30 23:59 早于一年前的今天（2025-11-29 10:30），请核对后重填。",
            ),
            ({"form_key": "x"}, "页面已失效，请重新打开页面后再办理。"),
        ],
    )
    def test_what_is_wrong_is_said_in_place(
        self, change: dict[str, str], sentence: str, agent: Client, account: Account
    ) -> None:
        status, message = send(agent, {**a_form(agent, account), **change})
        assert (status in (409, 422), message) == (True, sentence)
        assert not Ticket.objects.exists()

    def test_who_works_for_two_companies_says_which_one(
        self, client: Client, desk: Desk, account: Account
    ) -> None:
        colleague = a_member_of_staff("colleague", AGENT, desk.company)
        colleague.companies.add(a_company("21"))
        client.force_login(colleague)
        complaint: dict[str, Any] = {"kind": "complaint", "subject": "attitude"}
        answer = send(client, a_form(client, **complaint))
        assert answer == (422, "请选择公司。")
        assert 'name="company"' in shown(client)
        assert 'name="company"' not in shown(client, account=account.pk)
        status, _ = send(client, a_form(client, **complaint, company=a_company("21").pk))
        assert (status, Ticket.objects.get().company) == (302, a_company("21"))
        send(client, a_form(client, account, **complaint))
        assert Ticket.objects.filter(company=desk.company).count() == 1

    def test_nothing_of_another_company_can_be_named(
        self, agent: Client, desk: Desk, account: Account
    ) -> None:
        foreign = a_desk("21")
        elsewhere = an_account(foreign.company)
        their = a_ticket(foreign, "2026-01-12 09:00", a_repair(account=elsewhere))
        building = elsewhere.premise.building
        for named in (
            {"account": elsewhere.pk},
            {"account": "", "building": building.pk},
            {"account": "", "community": building.community_id},
            {"main": their.pk},
            {"account": "", "company": foreign.company.pk},
        ):
            status, _ = send(agent, {**a_form(agent, account), **named})
            assert status == 422, named
            assert elsewhere.number not in shown(agent, **{k: str(v) for k, v in named.items()})
        assert Ticket.objects.filter(company=desk.company).count() == 0

    def test_needs_the_permission(self, client: Client, desk: Desk) -> None:
        assert desk.repairer.user is not None
        client.force_login(desk.repairer.user)
        assert client.get(ADDRESS).status_code == 403
        assert client.post(ADDRESS).status_code == 403
