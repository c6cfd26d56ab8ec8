"""The end of a contract: with its final account, and not while something is open."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing.account_desk.ending import end_contract
from billing.models import Transfer
from customers.contract_papers.paper import CONTRACT_VALUES
from customers.models import ContractKind, ContractPaper, SupplyContract
from heating.roles import AGENT, CLERK
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.customers.contract_records import ON, a_template

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract() -> SupplyContract:
    company = a_company()
    return a_contract(an_account(company), a_customer(company))


@pytest.fixture
def agent() -> Actor:
    return Actor.staff(a_member_of_staff("agent", AGENT, a_company()))


def values_of(paper: ContractPaper) -> dict[str, str]:
    return {value.name: value.text for value in CONTRACT_VALUES.thaw(paper.values).values}


class TestEndContract:
    def test_a_settled_contract_ends_with_its_agreement(
        self, contract: SupplyContract, agent: Actor
    ) -> None:
        a_template(ContractKind.ENDING)
        paper = end_contract(contract, ON, reason="房屋拆迁", by=agent, at=NOW)
        contract.refresh_from_db()
        assert contract.ends == ON
        values = values_of(paper)
        assert [values[name] for name in ("未缴金额", "预存余额", "结转说明", "终止原因")] == [
            "0.00 元",
            "0.00 元",
            "费用已全部结清",
            "房屋拆迁",
        ]
        with pytest.raises(Refused, match="已于 2025-11-10 终止"):
            end_contract(contract, ON, reason="x", by=agent, at=NOW)
        assert ContractPaper.objects.count() == 1

    def test_what_is_open_is_settled_or_carried_in_writing(
        self, contract: SupplyContract, agent: Actor
    ) -> None:
        a_template(ContractKind.ENDING)
        an_issued_bill(contract)
        transfers = Transfer.objects.count()
        with pytest.raises(Refused, match="还有未缴 2,058"):
            end_contract(contract, ON, reason="搬离", by=agent, at=NOW)
        contract.refresh_from_db()
        assert contract.ends is None
        assert not ContractPaper.objects.exists()
        paper = end_contract(
            contract, ON, reason="搬离", carried="由王秀英 2025 年底前付清", by=agent, at=NOW
        )
        values = values_of(paper)
        assert (values["未缴金额"], values["结转说明"]) == (
            "2,058.48 元",
            "由王秀英 2025 年底前付清",
        )
        entry = JournalEntry.objects.get(action="end_contract")
        assert (entry.facts["open_fen"], entry.facts["advance_fen"]) == (205848, 0)
        # No money moves here.
        assert Transfer.objects.count() == transfers

    @pytest.mark.parametrize(
        ("on", "sentence"),
        [
            (ON + timedelta(days=1), "不能晚于今天"),
            (date(2020, 11, 1), "须晚于合同生效日期 2020-11-01"),
        ],
    )
    def test_on_a_day_that_can_be(
        self, contract: SupplyContract, agent: Actor, on: date, sentence: str
    ) -> None:
        a_template(ContractKind.ENDING)
        with pytest.raises(Invalid, match=sentence):
            end_contract(contract, on, reason="x", by=agent, at=NOW)
        contract.refresh_from_db()
        assert contract.ends is None

    def test_not_without_a_published_agreement_nor_by_a_billing_clerk(
        self, contract: SupplyContract, agent: Actor
    ) -> None:
        with pytest.raises(Refused, match="终止协议没有已发布的合同文本"):
            end_contract(contract, ON, reason="x", by=agent, at=NOW)
        clerk = Actor.staff(a_member_of_staff("clerk", CLERK, a_company()))
        with pytest.raises(NotAllowed):
            end_contract(contract, ON, reason="x", by=clerk, at=NOW)
        contract.refresh_from_db()
        assert contract.ends is None


class TestEndContractPage:
    def test_the_final_account_stands_beside_the_form(
        self, contract: SupplyContract, client: Client
    ) -> None:
        a_template(ContractKind.ENDING)
        an_issued_bill(contract)
        client.force_login(a_member_of_staff("front", AGENT, a_company()))
        page = reverse("admin:customers_account_end_contract", args=[contract.account_id])
        assert "还有 2,058.48 元未缴" in client.get(page).content.decode()
        form = {"on": ON.isoformat(), "reason": "搬离"}
        answer = client.post(page, form)
        assert answer.status_code == 409
        assert "请先缴清和退还" in answer.content.decode()
        assert client.post(page, form | {"carried": "由原用户付清"}).status_code == 302
        contract.refresh_from_db()
        assert contract.ends == ON
