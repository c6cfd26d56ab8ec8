"""The paper of a supply contract: drawn up from the records, found when its term ends."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from customers.contract_papers.kinds import KINDS
from customers.contract_papers.paper import CONTRACT_VALUES
from customers.contract_papers.papers import revoke_contract_paper
from customers.contracts.expiring import expiring_contracts
from customers.contracts.ownership import transfer_ownership
from customers.contracts.papers import draw_up_contract, draw_up_transfer, next_start
from customers.contracts.terms import terms_of
from customers.models import (
    AreaLine,
    ContractKind,
    ContractPaper,
    CustomerKind,
    SupplyContract,
)
from customers.sign_in.authentication import COOKIE
from heating.roles import AGENT
from office.actors import Actor
from office.refusals import Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_tariff,
    an_account,
)
from tests.customer_api import token_for
from tests.customers.contract_records import ON, a_signed_contract, a_template, drafter

pytestmark = pytest.mark.django_db
START = date(2025, 11, 15)


@pytest.fixture
def contract() -> SupplyContract:
    company = a_company()
    return a_contract(an_account(company), a_customer(company, phone="13900000001"))


@pytest.fixture
def agent() -> Actor:
    return Actor.staff(a_member_of_staff("agent", AGENT, a_company()))


class TestDrawUpContract:
    def test_the_records_fill_the_blanks(self, contract: SupplyContract, agent: Actor) -> None:
        contract.company.hotline = "4001234"
        contract.company.save()
        a_template()
        shop = a_tariff(contract.company, "商业")
        AreaLine.objects.create(
            premise=contract.account.premise,
            ordinal=2,
            category=shop.category,
            building_area=Decimal("900.00"),
            charge_area=Decimal("1000.00"),
            starts=date(2020, 11, 1),
        )
        paper = draw_up_contract(contract, START, by=agent, at=NOW)
        assert (paper.kind, paper.number, paper.starts, paper.ends) == (
            "resident",
            "11202500000001",
            START,
            date(2028, 11, 14),
        )
        frozen = CONTRACT_VALUES.thaw(paper.values)
        assert {value.name: value.text for value in frozen.values} == {
            "供热人": "太原市再生能源供热有限公司",
            "用热人": "王秀英",
            "户号": contract.account.number,
            "用热地址": contract.account.premise.address,
            "联系电话": "13900000001",
            "用热面积": "1,114.36 m²",
            "热价类别": "商业、居民住宅",
            "计费方式": "面积",
            "生效日期": "2025年11月15日",
            "届满日期": "2028年11月14日",
            "服务热线": "4001234",
        }

    def test_a_business_signs_its_own_wording(self, agent: Actor) -> None:
        company = a_company()
        buyer = a_customer(company, "太原某某商贸有限公司", kind=CustomerKind.COMMERCIAL)
        contract = a_contract(an_account(company), buyer)
        a_template()
        with pytest.raises(Refused, match="非居民供用热合同没有已发布的合同文本"):
            draw_up_contract(contract, START, by=agent, at=NOW)
        a_template(ContractKind.BUSINESS)
        assert draw_up_contract(contract, START, by=agent, at=NOW).kind == "business"

    def test_one_term_after_the_other(self, contract: SupplyContract, agent: Actor) -> None:
        a_template()
        first = draw_up_contract(contract, START, by=agent, at=NOW)
        with pytest.raises(Refused, match="已拟订尚未签署"):
            draw_up_contract(contract, START, by=agent, at=NOW)
        revoke_contract_paper(first, reason="日期错", by=drafter(), at=NOW)
        signed = a_signed_contract(contract, starts=START)
        assert next_start(contract, ON) == date(2028, 11, 15)
        with pytest.raises(Refused, match="期限到 2028-11-14 为止"):
            draw_up_contract(contract, date(2028, 11, 14), by=agent, at=NOW)
        second = draw_up_contract(contract, date(2028, 11, 15), by=agent, at=NOW)
        assert [first.number, signed.number, second.number] == [
            "11202500000001",
            "11202500000002",
            "11202500000003",
        ]

    def test_not_for_a_contract_that_has_ended(
        self, contract: SupplyContract, agent: Actor
    ) -> None:
        a_template()
        SupplyContract.objects.update(ends=ON)
        with pytest.raises(Refused, match="已于 2025-11-10 终止"):
            draw_up_contract(contract, START, by=agent, at=NOW)
        assert not ContractPaper.objects.exists()

    @pytest.mark.parametrize(
        ("starts", "years", "ends"),
        [
            (date(2026, 11, 1), 3, date(2029, 10, 31)),
            (date(2028, 2, 29), 1, date(2029, 2, 27)),
            (date(2025, 3, 1), 3, date(2028, 2, 29)),
        ],
    )
    def test_a_term_ends_the_day_before_its_anniversary(
        self, contract: SupplyContract, starts: date, years: int, ends: date
    ) -> None:
        assert terms_of(contract, starts, years).ends == ends

    def test_every_blank_of_supply_contracts_is_filled_from_the_records(
        self, contract: SupplyContract
    ) -> None:
        values = terms_of(contract, START, 3).values
        assert set(values) == set(KINDS[ContractKind.RESIDENT].widths)


class TestDrawUpTransfer:
    def test_names_both_owners(self, contract: SupplyContract, agent: Actor) -> None:
        a_template(ContractKind.TRANSFER)
        with pytest.raises(Refused, match="不是由过户而来"):
            draw_up_transfer(contract, by=agent, at=NOW)
        new = transfer_ownership(
            contract.account,
            a_customer(contract.company, "李建国"),
            ON,
            contract_number="GR-NEW",
            by=agent,
            at=NOW,
        )
        paper = draw_up_transfer(new, by=agent, at=NOW)
        values = {v.name: v.text for v in CONTRACT_VALUES.thaw(paper.values).values}
        assert (paper.party, values["原用热人"], values["约定日期"], values["原合同编号"]) == (
            "李建国",
            "王秀英",
            "2025年11月10日",
            contract.number,
        )
        with pytest.raises(Refused, match="11202500000001 已拟订"):
            draw_up_transfer(new, by=agent, at=NOW)
        assert ContractPaper.objects.count() == 1


class TestExpiringContracts:
    def test_from_sixty_days_before_until_a_year_after(
        self, contract: SupplyContract, agent: Actor
    ) -> None:
        a_template()
        paper = a_signed_contract(contract, starts=date(2022, 12, 1))
        assert paper.ends == date(2025, 11, 30)
        user = agent.user
        assert user is not None

        def due(days: int) -> list[SupplyContract]:
            return list(expiring_contracts(user, NOW + timedelta(days=days)))

        # NOW is 20 days before the end.
        assert [bool(due(days)) for days in (-41, -40, 385, 386)] == [False, True, True, False]
        renewed = draw_up_contract(contract, date(2025, 12, 1), by=agent, at=NOW)
        assert due(0) == []
        revoke_contract_paper(renewed, reason="写错", by=drafter(), at=NOW)
        assert due(0) == [contract]
        SupplyContract.objects.update(ends=ON)
        assert due(0) == []


class TestOwnContracts:
    def test_the_customer_reads_the_own_contract_and_nobody_elses(
        self, contract: SupplyContract
    ) -> None:
        a_template()
        paper = a_signed_contract(contract)
        other = a_customer(contract.company, phone="13900000002")
        a_contract(an_account(contract.company), other)
        mine, theirs = Client(), Client()
        mine.cookies[COOKIE] = token_for("13900000001")
        theirs.cookies[COOKIE] = token_for("13900000002")
        pdf = reverse("my_contract", args=[paper.number])
        assert paper.number in mine.get(reverse("my_contracts")).content.decode()
        answer = mine.get(pdf)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert paper.number not in theirs.get(reverse("my_contracts")).content.decode()
        assert theirs.get(pdf).status_code == 404

    def test_without_sign_in_leads_to_it(self, contract: SupplyContract, client: Client) -> None:
        answer = client.get(reverse("my_contracts"))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("my_sign_in"))


class TestContractPages:
    def test_drawn_up_at_the_desk(self, contract: SupplyContract, client: Client) -> None:
        a_template()
        client.force_login(a_member_of_staff("clerk", AGENT, a_company()))
        page = reverse("admin:customers_supplycontract_change", args=[contract.pk])
        assert "拟订合同" in client.get(page).content.decode()
        client.post(
            reverse("admin:customers_supplycontract_draw_up_contract", args=[contract.pk]),
            {"starts": "2026-11-01"},
        )
        paper = ContractPaper.objects.get()
        assert paper.number in client.get(page).content.decode()
        account = reverse("admin:customers_account_change", args=[contract.account_id])
        assert paper.number in client.get(account).content.decode()
        answer = client.post(
            reverse("admin:customers_contractpaper_print_contract", args=[paper.pk])
        )
        assert answer["Content-Type"] == "application/pdf"
        answer = client.get(
            reverse("admin:customers_contractpaper_changelist"), {"q": paper.number}
        )
        assert paper.party in answer.content.decode()
