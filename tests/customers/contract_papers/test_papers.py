"""Contract papers: frozen, numbered, signed once, printed in copies, confirmed, revoked."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from customers.contract_papers.amendments import amend_contract
from customers.contract_papers.paper import TEMPLATE, specimen_of
from customers.contract_papers.papers import (
    SignatureFacts,
    as_it_stands,
    print_contract,
    revoke_contract_paper,
    sign_contract,
)
from customers.models import ContractKind, ContractPaper, ContractSignature, SupplyContract
from heating.roles import AGENT
from office.actors import Actor
from office.documents.operations import Upload
from office.models import Document, PaperRevocation
from office.pdf import render_pdf
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import NOW, a_company, a_contract, a_customer, a_member_of_staff, an_account
from tests.customers.contract_records import ON, a_paper, a_signature, a_template, drafter
from tests.office.pdf_reading import texts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract() -> SupplyContract:
    company = a_company()
    return a_contract(an_account(company), a_customer(company))


@pytest.fixture
def agent() -> Actor:
    return Actor.staff(a_member_of_staff("agent", AGENT, a_company()))


class TestDrawUpPaper:
    def test_numbers_without_gaps_and_texts_that_stay(self, contract: SupplyContract) -> None:
        template = a_template()
        papers = [a_paper(contract, template) for _ in range(2)]
        assert [paper.number for paper in papers] == ["11202500000001", "11202500000002"]
        assert len({paper.verification_code for paper in papers}) == 2
        contract.customer.name = "李四"
        contract.customer.save()
        paper = ContractPaper.objects.get(pk=papers[0].pk)
        assert (paper.party, paper.drawn_on) == ("王秀英", ON)
        printed = as_it_stands(paper)
        names = dict(zip(printed.layout.names, printed.blanks, strict=True))
        assert names["用热人"].text == "王秀英"
        assert names["届满日期"].text == "2029年3月31日"

    def test_the_database_keeps_papers_and_signatures(
        self, contract: SupplyContract, agent: Actor
    ) -> None:
        paper = a_paper(contract)
        sign_contract(paper, a_signature(), by=agent, at=NOW)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            ContractPaper.objects.update(party="x")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            ContractSignature.objects.update(signer="x")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            ContractSignature.objects.all().delete()


class TestSignContract:
    def test_the_scan_is_kept_with_the_paper(self, contract: SupplyContract, agent: Actor) -> None:
        paper = a_paper(contract)
        signature = sign_contract(paper, a_signature(), by=agent, at=NOW)
        document = Document.objects.get()
        assert (signature.way, signature.signer, signature.signed_on) == ("paper", "王秀英", ON)
        assert (signature.scan, document.kind, document.title) == (
            document,
            "contract",
            "居民供用热合同 11202500000001",
        )

    def test_once_and_on_a_day_that_can_be(self, contract: SupplyContract, agent: Actor) -> None:
        paper = a_paper(contract)
        for day in (ON - timedelta(days=1), ON + timedelta(days=1)):
            with pytest.raises(Invalid, match="签署日期应在 2025-11-10"):
                sign_contract(paper, a_signature(on=day), by=agent, at=NOW)
        with pytest.raises(Invalid, match="请填写签署人"):
            sign_contract(paper, a_signature(" "), by=agent, at=NOW)
        with pytest.raises(Invalid, match="上传签署后的扫描件"):
            sign_contract(paper, SignatureFacts("王秀英", ON), by=agent, at=NOW)
        disguised = SignatureFacts("王秀英", ON, Upload("a.pdf", BytesIO(b"MZ")))
        with pytest.raises(Invalid, match="文件内容不是PDF"):
            sign_contract(paper, disguised, by=agent, at=NOW)
        assert not ContractSignature.objects.exists()
        assert not Document.objects.exists()
        sign_contract(paper, a_signature(), by=agent, at=NOW)
        with pytest.raises(Refused, match="已于 2025-11-10 由王秀英签署"):
            sign_contract(paper, a_signature("李四"), by=agent, at=NOW)
        assert ContractSignature.objects.get().signer == "王秀英"

    def test_not_what_is_revoked(self, contract: SupplyContract, agent: Actor) -> None:
        paper = a_paper(contract)
        revoke_contract_paper(paper, reason="面积写错", by=drafter(), at=NOW)
        with pytest.raises(Refused, match="已作废"):
            sign_contract(paper, a_signature(), by=agent, at=NOW)
        assert not ContractSignature.objects.exists()

    def test_of_the_own_company_only(self, contract: SupplyContract) -> None:
        stranger = Actor.staff(a_member_of_staff("stranger", AGENT, a_company("21")))
        with pytest.raises(NotAllowed):
            sign_contract(a_paper(contract), a_signature(), by=stranger, at=NOW)
        assert not ContractSignature.objects.exists()


class TestRevokeContractPaper:
    def test_a_signed_paper_stays(self, contract: SupplyContract, agent: Actor) -> None:
        paper = a_paper(contract)
        sign_contract(paper, a_signature(), by=agent, at=NOW)
        with pytest.raises(Refused, match="请拟订补充协议"):
            revoke_contract_paper(paper, reason="x", by=drafter(), at=NOW)
        assert not PaperRevocation.objects.exists()


class TestAmendContract:
    def test_a_paper_of_its_own_beside_the_contract(
        self, contract: SupplyContract, agent: Actor
    ) -> None:
        paper = a_paper(contract)
        a_template(ContractKind.AMENDMENT)
        with pytest.raises(Refused, match="尚未签署"):
            amend_contract(paper, "面积变更为 120 m²", ON, by=agent, at=NOW)
        sign_contract(paper, a_signature(), by=agent, at=NOW)
        with pytest.raises(Invalid, match="请写明变更的内容"):
            amend_contract(paper, "  ", ON, by=agent, at=NOW)
        amendment = amend_contract(paper, "面积变更为 120 m²", ON, by=agent, at=NOW)
        assert (amendment.number, amendment.amends, amendment.supply_contract) == (
            "11202500000002",
            paper,
            contract,
        )
        assert [value["text"] for value in amendment.values["values"]] == [
            "太原市再生能源供热有限公司",
            "王秀英",
            "1100000001",
            "汾河小区3号楼1单元101",
            "11202500000001",
            "2025年11月10日",
            "面积变更为 120 m²",
        ]
        with pytest.raises(Refused, match="请打开原合同"):
            amend_contract(amendment, "x", ON, by=agent, at=NOW)
        assert ContractPaper.objects.count() == 2


class TestPrintContract:
    def test_copies_are_marked_and_the_signature_is_shown(
        self, contract: SupplyContract, agent: Actor
    ) -> None:
        paper = a_paper(contract)
        original = print_contract(paper, by=agent, at=NOW)
        sign_contract(paper, a_signature(), by=agent, at=NOW)
        copy = print_contract(paper, by=agent, at=NOW)
        assert [original.copy_mark, copy.copy_mark] == ["", "副本 1"]
        assert (original.signed_by, copy.signed_by, copy.signed_how) == (
            "",
            "王秀英",
            "纸质签署，扫描件存档",
        )
        texts = [text for page in texts_of(render_pdf(TEMPLATE, {"paper": copy})) for text in page]
        for text in ("副本 1", paper.number, paper.verification_code, "汾河小区3号楼1单元101"):
            assert text in texts

    def test_a_specimen_has_examples_and_says_so(self) -> None:
        specimen = specimen_of(a_template(ContractKind.CONNECTION))
        texts = [t for page in texts_of(render_pdf(TEMPLATE, {"paper": specimen})) for t in page]
        assert {"样张", "滨河花园一期", "1,470,000.00 元"} <= set(texts)


class TestVerifyContract:
    def test_anybody_reads_whether_it_is_valid(
        self, contract: SupplyContract, client: Client
    ) -> None:
        paper = a_paper(contract)
        address = reverse("verify_contract", args=[paper.verification_code.lower()])
        page = client.get(address).content.decode()
        assert "这份合同是我们拟订的" in page
        assert "王*英" in page
        assert "王秀英" not in page
        assert "尚未签署" in page
        revoke_contract_paper(paper, reason="面积写错", by=drafter(), at=NOW)
        page = client.get(address).content.decode()
        assert "已作废" in page
        assert "面积写错" not in page
        assert client.get(reverse("verify_contract", args=["ABCDEFGHJKMN"])).status_code == 404
