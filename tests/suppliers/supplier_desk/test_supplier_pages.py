"""The supplier's page: what stands on it, and what each desk may do there."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heating.roles import AGENT, AUDITOR, ENGINEER, PROCUREMENT, PROCUREMENT_MANAGER, StaffRole
from office.actors import Actor
from suppliers.models import PaperType, Supplier, SupplierBankAccount, SupplierPaper
from suppliers.registry.facts import ContactFacts
from suppliers.states import BankAccountState
from tests.builders import a_company, a_member_of_staff
from tests.shown_form import hashes
from tests.suppliers.supplier_records import a_credit_code, a_supplier, a_verified_paper

pytestmark = pytest.mark.django_db
LIST = "admin:suppliers_supplier_changelist"


def signed_in(role: StaffRole, name: str = "colleague") -> Client:
    client = Client()
    client.force_login(a_member_of_staff(name, role, a_company()))
    return client


def address(supplier: Supplier, verb: str = "change") -> str:
    return reverse(f"admin:suppliers_supplier_{verb}", args=[supplier.pk])


def page_of(client: Client, supplier: Supplier) -> str:
    return client.get(address(supplier)).content.decode()


def typed(number: int, **changes: Any) -> dict[str, Any]:
    values = {
        "credit_code": a_credit_code(number),
        "name": "太原管件厂",
        "representative": "王建国",
        "region": "north",
        "address": "迎泽大街1号",
    }
    return values | changes


class TestRegisterSupplier:
    def test_owners_and_contacts_are_typed_one_a_line(self) -> None:
        client = signed_in(PROCUREMENT)
        answer = client.post(
            reverse("admin:suppliers_supplier_add"),
            typed(1, owners="王建国，60%\n李敏\n\n", contacts="赵强, 13800000000, 经理"),
        )
        supplier = Supplier.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, address(supplier))
        assert [str(row.share_percent) for row in supplier.owners.order_by("name")] == [
            "None",
            "60.00",
        ]
        assert supplier.contacts.get().duty == "经理"

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"owners": "王建国，六成"}, "“六成”不是持股比例。"),
            ({"owners": "王建国，60，1"}, "第 1 行无法识别，请按说明填写。"),
            ({"contacts": "赵强"}, "请填写赵强的电话。"),
            ({"credit_code": "1"}, "统一社会信用代码须为18位，请核对营业执照。"),
        ],
    )
    def test_a_refused_form_keeps_what_was_typed(
        self, changes: dict[str, str], sentence: str
    ) -> None:
        answer = signed_in(PROCUREMENT).post(
            reverse("admin:suppliers_supplier_add"), typed(1, **changes)
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in page
        assert 'value="太原管件厂"' in page
        assert Supplier.objects.count() == 0

    @pytest.mark.parametrize("role", [AUDITOR, AGENT])
    def test_other_desks_find_no_form(self, role: StaffRole) -> None:
        answer = signed_in(role).get(reverse("admin:suppliers_supplier_add"))
        assert answer.status_code == 403


class TestSupplierPage:
    def test_shows_papers_relations_and_the_account_that_waits(self) -> None:
        buyer = signed_in(PROCUREMENT)
        supplier = a_supplier(1, phone="13800000000")
        a_supplier(2, contacts=(ContactFacts("李四", "13800000000"),))
        reviewer = Actor.staff(a_member_of_staff("复核", PROCUREMENT_MANAGER, a_company()))
        a_verified_paper(supplier, PaperType.ISO_9001, verifier=reviewer)
        bank = {"bank": "工商银行", "holder": "甲", "number": "6222 0212 3456", "reason": "开户"}
        buyer.post(address(supplier, "propose_bank_account"), bank)
        page = buyer.get(address(supplier)).content.decode()
        assert "付款暂停" in page
        assert "622202123456" in page
        # Who builds with a supplier's goods does not pay it.
        engineer = signed_in(ENGINEER, "engineer").get(address(supplier)).content.decode()
        assert ("622202123456" in engineer, "…3456" in engineer) == (False, True)
        assert "第2管件有限公司" in page
        assert "国家认监委网站：有效" in page
        account = SupplierBankAccount.objects.get()
        confirm = reverse(
            "admin:suppliers_supplierbankaccount_confirm_bank_account", args=[account.pk]
        )
        assert buyer.post(confirm).status_code == 403
        manager = signed_in(PROCUREMENT_MANAGER, "manager")
        assert manager.post(confirm, {"remark": "已核实"}).status_code == 302
        account.refresh_from_db()
        assert account.state == BankAccountState.CONFIRMED
        assert "付款暂停" not in buyer.get(address(supplier)).content.decode()

    def test_the_second_of_two_editors_sees_what_the_first_changed(self) -> None:
        supplier = a_supplier(1)
        second = signed_in(PROCUREMENT)
        shown = hashes(second.get(address(supplier)))
        first = signed_in(PROCUREMENT_MANAGER, "manager")
        firsts = typed(1, name="新名管件厂", phone="13811111111") | shown
        assert first.post(address(supplier, "change_supplier_facts"), firsts).status_code == 302
        seconds = typed(1, name="另名管件厂", phone="") | shown
        answer = second.post(address(supplier, "change_supplier_facts"), seconds)
        refused = answer.content.decode()
        assert answer.status_code == 422
        for value in ("新名管件厂", "13811111111"):
            assert f"这一项刚被他人改为“{value}”，本次没有保存。" in refused
        assert 'value="另名管件厂"' in refused
        supplier.refresh_from_db()
        assert (supplier.name, supplier.phone) == ("新名管件厂", "13811111111")
        # The page that was shown again carries the new version.
        second.post(address(supplier, "change_supplier_facts"), seconds | hashes(answer))
        supplier.refresh_from_db()
        assert (supplier.name, supplier.phone) == ("另名管件厂", "")

    def test_a_paper_is_handed_in_by_one_and_verified_by_another(self) -> None:
        supplier = a_supplier(1)
        buyer = signed_in(PROCUREMENT)
        buyer.post(
            address(supplier, "hand_in_paper"),
            {"paper_type": "iso_9001", "number": "Q1", "valid_from": "2026-01-01"},
        )
        paper = SupplierPaper.objects.get()
        verify = reverse("admin:suppliers_supplierpaper_verify_paper", args=[paper.pk])
        seen = {"looked_at": "网站", "seen": "有效"}
        buyer.post(verify, seen)
        paper.refresh_from_db()
        assert paper.state == "handed_in"
        signed_in(PROCUREMENT_MANAGER, "manager").post(verify, seen)
        paper.refresh_from_db()
        assert paper.state == "verified"

    def test_asks_the_database_as_often_for_many_papers_as_for_one(self) -> None:
        manager = signed_in(PROCUREMENT_MANAGER)
        reviewer = Actor.staff(a_member_of_staff("复核", PROCUREMENT_MANAGER, a_company()))
        few, many = a_supplier(1), a_supplier(2)
        a_verified_paper(few, PaperType.ISO_9001, verifier=reviewer)
        for paper_type in (PaperType.ISO_9001, PaperType.ISO_14001, PaperType.ISO_45001):
            a_verified_paper(many, paper_type, verifier=reviewer)
        manager.get(address(few))
        counts = []
        for supplier in (few, many):
            with CaptureQueriesContext(connection) as statements:
                assert manager.get(address(supplier)).status_code == 200
            counts.append(len(statements))
        assert counts[0] == counts[1]


class TestSupplierList:
    @pytest.mark.parametrize(
        "term", ["第1管件", "法人1", "13800000000", a_credit_code(1)[2:9].lower(), "迎泽大街1号"]
    )
    def test_is_searched_by_what_its_placeholder_promises(self, term: str) -> None:
        a_supplier(1, phone="13800000000")
        page = signed_in(AUDITOR).get(reverse(LIST), {"q": term}).content.decode()
        assert a_credit_code(1) in page

    def test_no_bank_account_is_guessed_by_searching(self) -> None:
        buyer = signed_in(PROCUREMENT)
        supplier = a_supplier(1)
        bank = {"bank": "工商银行", "holder": "甲", "number": "622202123456", "reason": "开户"}
        buyer.post(address(supplier, "propose_bank_account"), bank)
        assert supplier.traits.filter(value="622202123456").exists()
        page = buyer.get(reverse(LIST), {"q": "6222021"}).content.decode()
        assert a_credit_code(1) not in page

    def test_a_list_takes_no_more_statements_for_many_than_for_few(self) -> None:
        client = signed_in(AUDITOR)
        a_supplier(1)
        client.get(reverse(LIST))
        counts = []
        for more in (0, 20):
            for number in range(more):
                a_supplier(number + 10)
            with CaptureQueriesContext(connection) as statements:
                assert client.get(reverse(LIST)).status_code == 200
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 15
