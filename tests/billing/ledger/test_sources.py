"""Every posting names the document it comes from, of a type that fits its kind."""

from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from billing.chart import LedgerAccount
from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import close_shift, open_shift
from billing.models import (
    AdvanceRefund,
    Bill,
    CreditMove,
    Method,
    RefundToSource,
    RewardVoucher,
    SourceType,
    SuspenseAssignment,
    Transfer,
    TransferKind,
)
from billing.models.transfer import SOURCES
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.payments.refunds import RefundReport, block_refund
from billing.payments.suspense import assign_suspense
from billing.runs.operations import create_billing_run
from billing.wechat.attempts import start_wechat_payment
from heating.roles import CASHIER, CLERK, MANAGER
from office.actors import Actor
from office.models import User
from office.tables.append_only import protect, unprotect
from tests.builders import (
    HERE,
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.customers.connection_records import people
from tests.customers.connection_works_records import signed

pytestmark = pytest.mark.django_db


def a_debt() -> Bill:
    return an_issued_bill(a_contract(an_account(a_company()), a_customer(a_company())))


@pytest.fixture
def documents() -> dict[str, int]:
    """The number of one document of each type, some of them posted."""
    company = a_company()
    cashier = Actor.staff(a_member_of_staff("收费", CASHIER, company))
    shift = open_shift(company, till="1", float_fen=0, by=cashier, at=NOW)
    bill, other = a_debt(), a_debt()
    form = CounterForm("k", [bill], 205_848, 205_848)
    payment = take_cash(bill.contract, form, by=cashier, at=NOW)
    close_shift(shift, counted_fen=205_800, reason="找零", by=cashier, at=NOW)
    fact = MoneyFact("wechatpay", "4200001", Method.WECHAT_NATIVE, 100, NOW)
    intent = create_intent(other.contract, [other], by=HERE, at=NOW)
    late = receive_payment(intent, fact, to_suspense=True, by=HERE, at=NOW)
    manager = Actor.staff(a_member_of_staff("主管", MANAGER, company))
    assignment = assign_suspense(late, other.contract, reason="核实", by=manager, at=NOW)
    order = start_wechat_payment(
        create_intent(other.contract, [other], by=HERE, at=NOW),
        method=Method.WECHAT_NATIVE,
        by=HERE,
        at=NOW,
    )
    report = RefundReport("wechatpay", "4200002", "SUCCESS", "503", 100)
    refund = block_refund(order, report, by=HERE, at=NOW)
    assert refund is not None
    clerk = Actor.staff(a_member_of_staff("计费", CLERK, company))
    run = create_billing_run(bill.season, by=clerk, at=NOW)
    assert clerk.user is not None
    payout = AdvanceRefund.objects.create(
        company=company,
        contract=other.contract,
        amount_fen=1,
        payee_name="王秀英",
        payee_bank="工商银行",
        payee_account="6222",
        reason="退费",
        source="申请",
        created_by=clerk.user,
        created_at=NOW,
    )
    to_source = RefundToSource.objects.create(
        company=company,
        payment=payment,
        contract=bill.contract,
        amount_fen=1,
        reason="退费",
        source="申请",
        number="HR1",
        created_by=clerk.user,
        created_at=NOW,
    )
    reward = RewardVoucher.objects.create(
        company=company, code_digest="0" * 64, code_tail="0000", amount_fen=1, issued_on=NOW.date()
    )
    staff = people()
    project = signed(staff)
    move = CreditMove.objects.create(
        company=company,
        connection=project,
        target=signed(staff),
        amount_fen=1,
        reason="停建",
        created_by=clerk.user,
        created_at=NOW,
    )
    return {
        "connection": project.contracts.get().pk,
        "move": move.pk,
        "to_source": to_source.pk,
        "bill": bill.pk,
        "payment": payment.pk,
        "assignment": assignment.pk,
        "shift": shift.pk,
        "run": run.pk,
        "refund": refund.pk,
        "payout": payout.pk,
        "reward": reward.pk,
    }


def post(kind: str, source_type: str, source_id: int) -> None:
    """Posts a fen in the day book, or to the bill's season, as no operation would."""
    bill = Bill.objects.select_related("contract").order_by("pk")[0]
    claim: dict[str, Any] = {}
    if kind in ("bill", "allocation", "credit"):
        claim = {"bill": bill, "season": bill.season, "contract": bill.contract}
    debit, credit = LedgerAccount.CASH, LedgerAccount.CASH_DIFFERENCE
    if claim:
        debit, credit = LedgerAccount.RECEIVABLE, LedgerAccount.OPENING
    Transfer.objects.create(
        book=bill.season_id if kind == "bill" else 0,
        company=bill.company,
        kind=kind,
        debit=debit,
        credit=credit,
        amount_fen=1,
        business_date=NOW.date(),
        posted_at=NOW,
        source_type=source_type,
        source_id=source_id,
        **claim,
    )


def refusal_of(kind: str, source_type: str, source_id: int) -> str:
    """The rule that refuses such a posting; empty when there is none."""
    try:
        with transaction.atomic():
            post(kind, source_type, source_id)
    except IntegrityError as refusal:
        if "source_id_book_idx" in str(refusal):
            return "one_posting_per_source"
        return "transfer_source_fits_kind" if "transfer_source_fits_kind" in str(refusal) else "?"
    return ""


class TestSource:
    def test_each_kind_takes_its_documents_and_no_others(self, documents: dict[str, int]) -> None:
        types_by_kind: dict[str, set[str]] = {kind: set() for kind in TransferKind.values}
        for kind in TransferKind.values:
            for source_type in SourceType.values:
                fault = refusal_of(kind, source_type, documents[source_type])
                assert fault in ("", "one_posting_per_source", "transfer_source_fits_kind")
                if fault != "transfer_source_fits_kind":
                    types_by_kind[kind].add(source_type)
        assert types_by_kind == {
            kind.value: {str(t) for t in types} for kind, types in SOURCES.items()
        }

    @pytest.mark.parametrize("source_type", ["payment", "assignment", "run", "bill"])
    def test_a_document_that_is_not_there_is_refused(
        self, documents: dict[str, int], source_type: str
    ) -> None:
        before = Transfer.objects.count()
        refused = pytest.raises(IntegrityError, match=f"no {source_type} with number 999999")
        with refused, transaction.atomic():
            post("allocation", source_type, 999_999)
        assert Transfer.objects.count() == before

    @pytest.mark.parametrize("kind", ["payment", "assignment", "difference"])
    def test_a_document_is_posted_once(self, documents: dict[str, int], kind: str) -> None:
        source_type = {"difference": "shift"}.get(kind, kind)
        with pytest.raises(IntegrityError, match="source_id"), transaction.atomic():
            post(kind, source_type, documents[source_type])

    def test_a_bill_posting_names_its_own_bill(self, documents: dict[str, int]) -> None:
        refused = pytest.raises(IntegrityError, match="transfer_source_fits_kind")
        with refused, transaction.atomic():
            post("bill", "bill", documents["bill"] + 1)

    @pytest.mark.parametrize(("table", "name"), [("shift", "shift"), ("billingrun", "run")])
    def test_what_was_posted_from_cannot_be_deleted(
        self, documents: dict[str, int], table: str, name: str
    ) -> None:
        refused = pytest.raises(IntegrityError, match="are referred to and stay")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM billing_{table} WHERE id = %s", [documents[name]])

    def test_the_page_of_a_posting_leads_to_its_document(
        self, documents: dict[str, int], client: Client
    ) -> None:
        client.force_login(User.objects.create_superuser("boss", password="x"))
        late = SuspenseAssignment.objects.get(pk=documents["assignment"]).payment_id
        pages = {
            "bill": f"bill/{documents['bill']}",
            "payment": f"payment/{documents['payment']}",
            "assignment": f"payment/{late}",
            "shift": f"shift/{documents['shift']}",
        }
        for source_type, page in pages.items():
            posting = Transfer.objects.filter(source_type=source_type).order_by("pk")[0]
            answer = client.get(f"/admin/billing/transfer/{posting.pk}/change/")
            assert f'href="/admin/billing/{page}/change/"' in answer.content.decode()


def test_the_migration_finds_every_document_again(documents: dict[str, int]) -> None:
    migration = import_module("billing.migrations.0010_sources")
    rows = Transfer.objects.order_by("pk").values_list("pk", "source_type", "source_id")
    before = list(rows)
    assert {source_type for _, source_type, _ in before} == set(SourceType.values) - {
        "run",
        "refund",
        "payout",
        "reward",
        "connection",
        "move",
        "to_source",
    }
    back = [migration.PROVE_REVERSE, migration.FITS_REVERSE, unprotect("billing_transfer")]
    forth = [migration.FILL, protect("billing_transfer"), migration.FITS, migration.PROVE]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for step in [*back, migration.FILL_REVERSE, *forth]:
            cursor.execute(step)
    assert list(rows.all()) == before
