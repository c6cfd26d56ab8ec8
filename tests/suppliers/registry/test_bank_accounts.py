"""A change of the bank account needs two people and holds payment until then."""

import pytest
from django.db import IntegrityError, transaction

from heating.roles import PROCUREMENT, PROCUREMENT_MANAGER
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from office.workflow import Workflow
from suppliers.models import Supplier, SupplierBankAccount
from suppliers.registry.bank_accounts import (
    confirm_bank_account,
    payment_is_on_hold,
    propose_bank_account,
    reject_bank_account,
)
from suppliers.states import BANK_ACCOUNT, PAPER, BankAccountState
from tests.builders import a_company, a_member_of_staff
from tests.office.guards import body_of_guard
from tests.suppliers.supplier_records import NOON, a_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Actor:
    return Actor.staff(a_member_of_staff("采购甲", PROCUREMENT, a_company()))


@pytest.fixture
def manager() -> Actor:
    return Actor.staff(a_member_of_staff("采购主管", PROCUREMENT_MANAGER, a_company()))


def propose(supplier: Supplier, by: Actor, number: str = "6222 0212-3456") -> SupplierBankAccount:
    return propose_bank_account(
        supplier,
        bank="工商银行迎泽支行",
        holder=supplier.name,
        number=number,
        reason="开户许可证",
        by=by,
        at=NOON,
    )


class TestProposeBankAccount:
    def test_payment_is_on_hold_until_another_confirms(self, buyer: Actor, manager: Actor) -> None:
        supplier = a_supplier()
        account = propose(supplier, buyer)
        assert (account.number, account.state) == ("622202123456", BankAccountState.PROPOSED)
        assert payment_is_on_hold(supplier)
        confirm_bank_account(account, by=manager, at=NOON)
        account.refresh_from_db()
        assert (account.state, account.decided_by) == (BankAccountState.CONFIRMED, manager.user)
        assert not payment_is_on_hold(supplier)
        assert list(
            JournalEntry.objects.filter(action__endswith="bank_account")
            .order_by("pk")
            .values_list("action", "facts__title")
        ) == [("propose_bank_account", "…3456"), ("confirm_bank_account", "…3456")]

    def test_a_second_proposal_waits_for_the_first(self, buyer: Actor) -> None:
        supplier = a_supplier()
        propose(supplier, buyer)
        with pytest.raises(Refused, match="已有一个账户待复核"):
            propose(supplier, buyer, "622202999999")
        assert supplier.bank_accounts.count() == 1

    @pytest.mark.parametrize("number", ["12345", "6222x02123456", "", "6" * 31])
    def test_a_number_of_another_form_is_refused(self, number: str, buyer: Actor) -> None:
        supplier = a_supplier()
        with pytest.raises(Invalid, match="6到30位数字"):
            propose(supplier, buyer, number)
        assert supplier.bank_accounts.count() == 0


class TestConfirmBankAccount:
    def test_never_by_who_proposed_it(self, manager: Actor) -> None:
        account = propose(a_supplier(), manager)
        with pytest.raises(NotAllowed, match="提出人以外的人"):
            confirm_bank_account(account, by=manager, at=NOON)
        account.refresh_from_db()
        assert account.state == BankAccountState.PROPOSED
        with pytest.raises(IntegrityError), transaction.atomic():
            SupplierBankAccount.objects.filter(pk=account.pk).update(decided_by=manager.user)

    def test_the_one_before_ends(self, buyer: Actor, manager: Actor) -> None:
        supplier = a_supplier()
        first = propose(supplier, buyer)
        confirm_bank_account(first, by=manager, at=NOON)
        second = propose(supplier, buyer, "622202999999")
        confirm_bank_account(second, by=manager, at=NOON)
        first.refresh_from_db()
        assert first.state == BankAccountState.ENDED
        values = supplier.traits.filter(kind="account").values_list("value", flat=True)
        assert list(values) == ["622202999999"]


class TestRejectBankAccount:
    def test_the_account_in_force_stays(self, buyer: Actor, manager: Actor) -> None:
        supplier = a_supplier()
        first = propose(supplier, buyer)
        confirm_bank_account(first, by=manager, at=NOON)
        second = propose(supplier, buyer, "622202999999")
        with pytest.raises(Invalid, match="原因"):
            reject_bank_account(second, remark=" ", by=manager, at=NOON)
        reject_bank_account(second, remark="电话核实不是本人", by=manager, at=NOON)
        first.refresh_from_db()
        assert first.state == BankAccountState.CONFIRMED
        assert not payment_is_on_hold(supplier)
        with pytest.raises(Refused, match="不能复核通过"):
            confirm_bank_account(second, by=manager, at=NOON)


@pytest.mark.parametrize("workflow", [BANK_ACCOUNT, PAPER])
def test_the_database_guards_the_very_table(workflow: Workflow) -> None:
    table, body = body_of_guard(workflow)
    assert body == table
