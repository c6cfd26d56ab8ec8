"""过户 and 开户 at the desk, over HTTP: who may, and what is refused in place."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.ledger.balances import contract_balance
from billing.models import Transfer
from customers.models import (
    Account,
    AreaLine,
    Community,
    Customer,
    Premise,
    SupplyContract,
    SupplyState,
)
from heating.roles import AGENT, CLERK, STAFF_ROLES, StaffRole
from office.calendar import business_date
from office.identity import id_check_character
from office.models import JournalEntry
from tests.builders import (
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_tariff,
    an_account,
    an_issued_bill,
)
from tests.clock import present

FIRST = "14010519800101123"
ID_NUMBER = FIRST + id_check_character(FIRST)
COUNTED = (Account, AreaLine, Community, Customer, JournalEntry, Premise, SupplyContract, Transfer)

pytestmark = pytest.mark.django_db


def counted() -> list[int]:
    return [model.objects.count() for model in COUNTED]


def alerts(answer: Any) -> list[str]:
    """The refusal above the form and the complaints beside its fields."""
    page = answer.content.decode()
    return re.findall(r'role="alert">([^<]*)<', page) + re.findall(
        r'class="errorlist[^>]*><li>([^<]*)<', page
    )


def may_open(page: str) -> bool:
    return "/admin/customers/account/open_account/" in page


@pytest.fixture
def old() -> SupplyContract:
    company = a_company()
    contract = a_contract(an_account(company, number="1100012345"), a_customer(company))
    an_issued_bill(contract)
    return contract


@pytest.fixture
def agent(client: Client) -> Client:
    client.force_login(a_member_of_staff("agent", AGENT, a_company()))
    return client


def transfer_page(contract: SupplyContract) -> str:
    return reverse("admin:customers_account_transfer_ownership", args=[contract.account_id])


def transfer_form(contract: SupplyContract, **changed: Any) -> dict[str, Any]:
    form = {
        "contract": contract.pk,
        "owner": "new",
        "kind": "resident",
        "name": "李建国",
        "id_number": ID_NUMBER,
        "phone": "13800000002",
        "on": business_date(present()).isoformat(),
        "contract_number": "GR-2025-9",
        "signed_on": "",
        "debts_explained": "on",
    }
    return form | changed


class TestTransferOwnership:
    def test_both_contracts_stand_on_the_account_page_and_the_debt_apart(
        self, agent: Client, old: SupplyContract
    ) -> None:
        shown = agent.get(transfer_page(old)).content.decode()
        assert "欠费 2,058.48 元仍由原用户 王秀英 承担，不转给新用户。" in shown
        answer = agent.post(transfer_page(old), transfer_form(old))
        there = reverse("admin:customers_account_change", args=[old.account_id])
        assert (answer.status_code, answer.headers["Location"]) == (302, there)
        old.refresh_from_db()
        new = SupplyContract.objects.get(ends=None)
        assert (old.ends, new.starts) == (business_date(present()),) * 2
        assert (new.number, new.customer.name) == ("GR-2025-9", "李建国")
        assert new.customer.id_number == ID_NUMBER
        page = agent.get(there).content.decode()
        assert "已过户给 李建国，新合同 GR-2025-9。" in page
        assert {old.number, new.number} <= set(re.findall(r"/change/\">([^<]+)</a>", page))
        figures = re.findall(r"<dt>([^<]+)</dt>\s*<dd class=\"[^\"]*\">([0-9.,]+)</dd>", page)
        assert figures == [("欠费", "0.00"), ("原用户欠费", "2,058.48"), ("预存", "0.00")]
        assert contract_balance(new).receivable_fen == 0
        assert re.findall(r"card-title\">([^<]+欠费[^<]*)<", page) == ["原用户欠费　王秀英"]

    def test_the_same_form_twice_transfers_once(self, agent: Client, old: SupplyContract) -> None:
        form = transfer_form(old, id_number="")
        answers = [agent.post(transfer_page(old), form) for _ in range(2)]
        assert {answer.status_code for answer in answers} == {302}
        assert old.account.contracts.count() == 2
        assert Customer.objects.count() == 2

    @pytest.mark.parametrize("number", [ID_NUMBER, "138 0000 0002"])
    def test_somebody_on_file_is_found_by_a_whole_number_and_chosen(
        self, number: str, agent: Client, old: SupplyContract
    ) -> None:
        customer = Customer(company=old.company, name="李建国", phone="13800000002")
        customer.put_id_number(ID_NUMBER)
        customer.save()
        find = transfer_form(old, owner="known", number=number, find="yes", contract_number="")
        answer = agent.post(transfer_page(old), find)
        page = answer.content.decode()
        assert (answer.status_code, alerts(answer)) == (200, [])
        assert re.findall(r'name="customer"\s+value="(\d+)"\s+checked', page) == [str(customer.pk)]
        assert "138****0002" in page
        assert ID_NUMBER not in page.replace(f'value="{number}"', "").replace(
            f'name="id_number" value="{ID_NUMBER}"', ""
        )
        assert old.account.contracts.count() == 1
        form = transfer_form(old, owner="known", number=number, customer=customer.pk)
        assert agent.post(transfer_page(old), form).status_code == 302
        assert SupplyContract.objects.get(ends=None).customer == customer

    def test_only_who_was_found_can_be_chosen(self, agent: Client, old: SupplyContract) -> None:
        here = a_customer(old.company, "赵六", "13800000003")
        there = a_customer(a_company("21"), "钱七", "13800000004")
        before = counted()
        for other in (here, there):
            form = transfer_form(old, owner="known", number="13800000004", customer=other.pk)
            answer = agent.post(transfer_page(old), form)
            assert (answer.status_code, alerts(answer)) == (422, ["请重新查找并选择用户。"])
        assert counted() == before

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"on": "2020-11-01"}, "过户日期须晚于原合同生效日期 2020-11-01。"),
            ({"on": "2199-12-31"}, "过户日期不能晚于今天。"),
            ({"on": "明天"}, "请填写日期，如 2026-01-15。"),
            ({"name": " "}, "请填写户名。"),
            ({"id_number": "1401"}, "身份证号须为18位，请核对证件。"),
            ({"phone": "12"}, "电话号码无效，请核对。"),
            ({"contract_number": ""}, "请填写此项。"),
            ({"debts_explained": ""}, "请先向双方说明欠费的归属，再勾选确认。"),
            ({"owner": "known"}, "请先查找并选择用户，或登记为新用户。"),
            (
                {"contract": 0},
                "该户合同刚刚有变动（可能已办理过户），请核对后重新办理；本次没有办理。",
            ),
        ],
    )
    def test_what_is_refused_is_said_in_place_and_what_was_typed_is_kept(
        self, changed: dict[str, Any], sentence: str, agent: Client, old: SupplyContract
    ) -> None:
        before = counted()
        answer = agent.post(
            transfer_page(old), transfer_form(old, signed_on="2025-01-02") | changed
        )
        status = 409 if "contract" in changed else 422
        assert (answer.status_code, alerts(answer)) == (status, [sentence])
        assert counted() == before
        old.refresh_from_db()
        assert old.ends is None
        assert 'value="2025-01-02"' in answer.content.decode()

    def test_the_present_customer_is_no_new_one(self, agent: Client, old: SupplyContract) -> None:
        form = transfer_form(
            old, owner="known", number=old.customer.phone, customer=old.customer_id
        )
        answer = agent.post(transfer_page(old), form)
        assert alerts(answer) == ["户号 1100012345 的用户已是 王秀英，无需过户。"]

    def test_without_an_open_contract_there_is_nothing_to_hand_over(
        self, agent: Client, old: SupplyContract
    ) -> None:
        old.ends = date(2025, 11, 1)
        old.save()
        there = reverse("admin:customers_account_change", args=[old.account_id])
        assert agent.get(transfer_page(old)).headers["Location"] == there
        assert transfer_page(old) not in agent.get(there).content.decode()

    @pytest.mark.parametrize("role", STAFF_ROLES, ids=lambda role: role.key)
    def test_only_those_who_may(self, role: StaffRole, client: Client, old: SupplyContract) -> None:
        client.force_login(a_member_of_staff("colleague", role, old.company))
        before = counted()
        allowed = role == AGENT
        assert client.get(transfer_page(old)).status_code == (200 if allowed else 403)
        if not allowed:
            assert client.post(transfer_page(old), transfer_form(old)).status_code == 403
            assert counted() == before
        there = reverse("admin:customers_account_change", args=[old.account_id])
        assert (transfer_page(old) in client.get(there).content.decode()) == allowed

    def test_another_companys_account_is_not_there(
        self, client: Client, old: SupplyContract
    ) -> None:
        client.force_login(a_member_of_staff("agent", AGENT, a_company("21")))
        before = counted()
        assert client.get(transfer_page(old)).status_code == 404
        assert client.post(transfer_page(old), transfer_form(old)).status_code == 404
        assert counted() == before


OPEN = "/admin/customers/account/open_account/"


class TestOpenAccount:
    @pytest.fixture
    def clerk(self, client: Client) -> Client:
        client.force_login(a_member_of_staff("clerk", CLERK, a_company()))
        return client

    def form(self, **changed: Any) -> dict[str, Any]:
        return {
            "company": a_company().pk,
            "account_number": "1100077777",
            "supply_state": "heated",
            "community": "迎泽花园",
            "building": "1号楼",
            "unit": "2单元",
            "room": "502",
            "heat_station": "",
            "area-TOTAL_FORMS": "3",
            "area-INITIAL_FORMS": "0",
            "area-0-category": a_tariff(a_company()).category_id,
            "area-0-building_area": "88.80",
            "area-0-height": "2.80",
            "area-1-category": "",
            "owner": "new",
            "kind": "resident",
            "name": "李建国",
            "id_number": ID_NUMBER,
            "phone": "13800000002",
            "contract_number": "GR-2025-1",
            "starts": "2025-11-01",
            "signed_on": "2025-10-09",
            "charging": "metered",
            "meter_number": "RB1",
        } | changed

    def test_opened_whole_from_the_list(self, clerk: Client) -> None:
        assert may_open(clerk.get(reverse("admin:customers_account_changelist")).content.decode())
        assert clerk.get(OPEN).status_code == 200
        answer = clerk.post(OPEN, self.form())
        account = Account.objects.get()
        there = reverse("admin:customers_account_change", args=[account.pk])
        assert (answer.status_code, answer.headers["Location"]) == (302, there)
        assert (account.number, account.supply_state) == ("1100077777", SupplyState.HEATED)
        assert account.premise.address == "迎泽花园1号楼2单元502"
        (line,) = account.premise.area_lines.all()
        assert (str(line.building_area), str(line.height)) == ("88.80", "2.80")
        contract = account.contracts.get()
        assert (contract.number, contract.meter_number) == ("GR-2025-1", "RB1")
        assert (contract.starts, contract.signed_on) == (date(2025, 11, 1), date(2025, 10, 9))
        assert contract.customer.id_number == ID_NUMBER

    def test_the_same_form_twice_opens_once(self, clerk: Client) -> None:
        answers = [clerk.post(OPEN, self.form()) for _ in range(2)]
        assert len({answer.headers["Location"] for answer in answers}) == 1
        assert Account.objects.count() == 1

    def test_looking_for_the_customer_complains_of_nothing(self, clerk: Client) -> None:
        customer = a_customer(a_company(), "赵六", "13800000003")
        looking = {"owner": "known", "number": "13800000003", "find": "yes", "account_number": ""}
        answer = clerk.post(OPEN, self.form(**looking))
        page = answer.content.decode()
        assert (answer.status_code, alerts(answer)) == (200, [])
        assert re.findall(r'name="customer"\s+value="(\d+)"\s+checked', page) == [str(customer.pk)]
        assert 'value="88.80"' in page
        assert not Account.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"account_number": "户"}, "户号须为 20 位以内的数字、大写字母或横线。"),
            (
                {"area-0-category": "", "area-0-building_area": "", "area-0-height": ""},
                "请至少填写一条面积。",
            ),
            ({"area-0-building_area": "-1"}, "面积必须大于零。"),
            ({"area-0-building_area": ""}, "请填写此项。"),
            ({"room": ""}, "请填写此项。"),
            ({"name": ""}, "请填写户名。"),
            ({"company": "0"}, "所选内容不在可选范围内，请重新选择。"),
        ],
    )
    def test_what_is_refused_is_said_in_place_and_what_was_typed_is_kept(
        self, changed: dict[str, Any], sentence: str, clerk: Client
    ) -> None:
        form = self.form(**changed)
        before = counted()
        answer = clerk.post(OPEN, form)
        assert (answer.status_code, alerts(answer)) == (422, [sentence])
        assert counted() == before
        assert 'value="GR-2025-1"' in answer.content.decode()

    def test_a_number_that_is_taken(self, clerk: Client) -> None:
        an_account(a_company(), number="1100077777")
        form = self.form()
        before = counted()
        answer = clerk.post(OPEN, form)
        assert alerts(answer) == ["户号 1100077777 已存在，请换一个户号。"]
        assert counted() == before

    def test_not_in_another_company(self, clerk: Client) -> None:
        there = a_company("21")
        category = a_tariff(there).category_id
        forms = [self.form(company=there.pk), self.form(**{"area-0-category": category})]
        before = counted()
        for form in forms:
            answer = clerk.post(OPEN, form)
            assert (answer.status_code, len(alerts(answer))) == (422, 1)
        assert counted() == before

    @pytest.mark.parametrize("role", STAFF_ROLES, ids=lambda role: role.key)
    def test_only_those_who_may(self, role: StaffRole, client: Client) -> None:
        client.force_login(a_member_of_staff("colleague", role, a_company()))
        allowed = role == CLERK
        form = self.form()
        before = counted()
        assert client.get(OPEN).status_code == (200 if allowed else 403)
        if not allowed:
            assert client.post(OPEN, form).status_code == 403
            assert counted() == before
        listed = client.get(reverse("admin:customers_account_changelist"))
        assert may_open(listed.content.decode()) == allowed
