"""An advance of 500.00 yuan, a part of which is paid back by the bank."""

import pytest
from django.db.models import QuerySet
from django.test import Client

from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.models import AdvanceRefund, CompanyBankAccount, Transfer
from billing.refunds.operations import (
    Payee,
    approve_advance_refund,
    cancel_advance_refund,
    draft_advance_refund,
    pay_advance_refund,
    return_advance_refund,
)
from billing.waiting_kinds import KINDS
from customers.models import SupplyContract
from office.approvals.steps import Opinion, pending_approval
from office.models import User
from office.refusals import Invalid, NotAllowed, Refused
from office.waiting import waits_of
from tests.billing.adjustments.desk import Desk
from tests.builders import (
    NOW,
    a_bank_account,
    a_company,
    a_contract,
    a_customer,
    an_account,
)
from tests.clock import present

pytestmark = pytest.mark.django_db
PAYEE = Payee("王秀英", "工商银行太原分行", "6222020502000000001")


@pytest.fixture
def contract(desk: Desk) -> SupplyContract:
    contract = a_contract(an_account(a_company()), a_customer(a_company()))
    desk.pay(contract, 50_000, "ahead")
    return contract


@pytest.fixture
def bank_account(desk: Desk) -> CompanyBankAccount:
    return a_bank_account(a_company())


def draft(
    desk: Desk,
    contract: SupplyContract,
    amount_fen: int = 10_000,
    payee: Payee = PAYEE,
    form_key: str = "",
) -> AdvanceRefund:
    return draft_advance_refund(
        contract,
        amount_fen,
        payee,
        reason="退低温退费",
        source="申请",
        form_key=form_key,
        by=desk.clerk,
        at=NOW,
    )


def advance_fen(contract: SupplyContract) -> int:
    return contract_balance(contract).advance_fen


class TestPayAdvanceRefund:
    def test_the_money_leaves_the_advance_by_the_bank(
        self, desk: Desk, contract: SupplyContract, bank_account: CompanyBankAccount
    ) -> None:
        refund = draft(desk, contract)
        approve_advance_refund(refund, by=desk.manager, at=NOW)
        assert advance_fen(contract) == 50_000
        refund = pay_advance_refund(refund, bank_account, "F-1", by=desk.clerk, at=NOW)
        posting = Transfer.objects.get(kind="payout")
        assert (refund.state, advance_fen(contract)) == ("paid", 40_000)
        assert (posting.debit, posting.credit, posting.amount_fen, posting.source) == (
            LedgerAccount.ADVANCE,
            LedgerAccount.BANK,
            10_000,
            refund,
        )
        assert all(result.holds for result in check_ledger())

    def test_refusals_post_nothing(
        self, desk: Desk, contract: SupplyContract, bank_account: CompanyBankAccount
    ) -> None:
        first, second = draft(desk, contract), draft(desk, contract, 40_000)
        with pytest.raises(Refused):
            pay_advance_refund(first, bank_account, "F-1", by=desk.clerk, at=NOW)
        with pytest.raises(NotAllowed):
            approve_advance_refund(first, by=desk.clerk, at=NOW)
        for refund in (first, second):
            approve_advance_refund(refund, by=desk.manager, at=NOW)
        pay_advance_refund(first, bank_account, "F-1", by=desk.clerk, at=NOW)
        foreign = a_bank_account(a_company("21"))
        for account, reference, code in (
            (bank_account, "F-1", "reference_taken"),
            (bank_account, " ｆ- 1\u200b", "reference_taken"),
            (bank_account, "9" * 61, "reference_missing"),
            (bank_account, " ", "reference_missing"),
            (foreign, "F-2", "bank_account_of_another_company"),
        ):
            with pytest.raises((Refused, Invalid)) as refusal:
                pay_advance_refund(second, account, reference, by=desk.clerk, at=NOW)
            assert refusal.value.code == code
        assert (Transfer.objects.filter(kind="payout").count(), advance_fen(contract)) == (
            1,
            40_000,
        )

    def test_one_reference_at_the_same_moment_is_refused(
        self, desk: Desk, contract: SupplyContract, bank_account: CompanyBankAccount
    ) -> None:
        first, second = draft(desk, contract), draft(desk, contract, 40_000)
        for refund in (first, second):
            approve_advance_refund(refund, by=desk.manager, at=NOW)
        pay_advance_refund(first, bank_account, "F-1", by=desk.clerk, at=NOW)
        with pytest.MonkeyPatch.context() as patch:
            # As the other process reads it, which did not see the first payment yet.
            patch.setattr(QuerySet, "exists", lambda rows: False)
            with pytest.raises(Refused) as refusal:
                pay_advance_refund(second, bank_account, "f-1", by=desk.clerk, at=NOW)
        assert (refusal.value.code, advance_fen(contract)) == ("reference_taken", 40_000)
        second.refresh_from_db()
        assert (second.state, second.reference) == ("approved", "")


class TestDraftAdvanceRefund:
    def test_the_same_form_drafts_once(self, desk: Desk, contract: SupplyContract) -> None:
        first = draft(desk, contract, 30_000, form_key="refund-form-1")
        assert draft(desk, contract, 30_000, form_key="refund-form-1") == first
        with pytest.raises(Refused) as refusal:
            draft(desk, contract, 10_000, form_key="refund-form-1")
        assert (refusal.value.code, AdvanceRefund.objects.count()) == ("form_expired", 1)
        other = a_contract(an_account(a_company()), a_customer(a_company()))
        desk.pay(other, 50_000, "other")
        with pytest.raises(Refused) as refusal:
            draft(desk, other, 30_000, form_key="refund-form-1")
        assert (refusal.value.code, AdvanceRefund.objects.count()) == ("form_expired", 1)

    def test_only_what_no_other_refund_waits_for(
        self, desk: Desk, contract: SupplyContract
    ) -> None:
        refund = draft(desk, contract, 30_000)
        for amount_fen, payee, code in (
            (20_001, PAYEE, "refund_above_advance"),
            (0, PAYEE, "refund_above_advance"),
            (1, Payee("王秀英", " ", "1"), "payee_missing"),
        ):
            with pytest.raises((Refused, Invalid)) as refusal:
                draft(desk, contract, amount_fen, payee)
            assert refusal.value.code == code
        assert AdvanceRefund.objects.count() == 1
        return_advance_refund(refund, Opinion("账号不符"), by=desk.manager, at=NOW)
        assert cancel_advance_refund(refund, by=desk.clerk, at=NOW).state == "cancelled"
        draft(desk, contract, 50_000)


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def test_on_the_screen_from_the_form_to_the_bank(
    desk: Desk, contract: SupplyContract, bank_account: CompanyBankAccount
) -> None:
    clerk_user = desk.clerk.user
    assert clerk_user is not None
    clerk, manager = signed_in(clerk_user), signed_in(desk.manager.user)
    # Another company has an account with the same number, and the clerk works in both.
    there = a_company("21")
    clerk_user.companies.add(there)
    namesake = an_account(there, number=contract.account.number)
    a_contract(namesake, a_customer(there))
    form = {
        "form_key": "refund-form-1",
        "company": f"{a_company().pk}",
        "account": contract.account.number,
        "amount": "100.00",
        "payee_name": "王秀英",
        "payee_bank": "工商银行",
        "payee_account": "6222",
        "reason": "退费",
        "source": "申请",
    }
    assert clerk.post("/admin/billing/advancerefund/add/", form).status_code == 302
    assert clerk.post("/admin/billing/advancerefund/add/", form).status_code == 302
    refund = AdvanceRefund.objects.get()
    assert refund.contract == contract
    page = f"/admin/billing/advancerefund/{refund.pk}"
    approval = pending_approval(refund)
    assert approval is not None
    manager.post(f"{page}/approve_advance_refund/", {"seen": approval.step, "text": ""})
    (kind,) = [kind for kind in KINDS if kind.key == "advance_refunds"]
    (waits,) = waits_of([kind], clerk_user, present())
    assert list(waits.rows) == [refund]
    assert "登记付款" in clerk.get(f"{page}/change/").content.decode()
    strange = a_bank_account(a_company("21"))
    strange_payment = {"bank_account": f"{strange.pk}", "reference": "F-9"}
    answer = clerk.post(f"{page}/pay_advance_refund/", strange_payment)
    assert (answer.status_code, advance_fen(contract)) == (422, 50_000)
    assert strange.number not in answer.content.decode()
    paid = {"bank_account": f"{bank_account.pk}", "reference": "F-9"}
    clerk.post(f"{page}/pay_advance_refund/", paid)
    assert "F-9" in clerk.get(f"{page}/change/").content.decode()
    assert advance_fen(contract) == 40_000
