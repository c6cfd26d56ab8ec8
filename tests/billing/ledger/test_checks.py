"""Every claim of `check_ledger` fails when it is broken, and the command says so."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.ledger.checks import CHECKS, check_ledger
from billing.models import Bill
from heating.roles import CASHIER
from office.actors import Actor
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)

pytestmark = pytest.mark.django_db

# A credit that was issued without a bill.
AN_ADJUSTMENT = (
    "INSERT INTO billing_adjustment (company_id, season_id, kind, account_id, contract_id,"
    " corrects_id, amount_fen, tax_fen, due_on, reason, source, state, created_by_id, created_at)"
    " SELECT company_id, season_id, 'credit', account_id, contract_id, id, -162001, 0, due_on,"
    " '', '', 'issued', 0, issued_at FROM billing_bill"
)
BREACHES = {
    "bills_posted_once": "DELETE FROM billing_transfer WHERE kind = 'bill'",
    "bill_lines_add_up": "UPDATE billing_billline SET amount_fen = amount_fen + 1",
    "adjustments_issued_once": AN_ADJUSTMENT,
    "corrections_within_bill": f"WITH adjustment AS ({AN_ADJUSTMENT} RETURNING id, season_id)"
    " INSERT INTO billing_adjustmentline (adjustment_id, season_id, ordinal, corrects_id, item,"
    " working, vat_rate, amount_fen, tax_fen) SELECT adjustment.id, adjustment.season_id, 1,"
    " line.id, '', '', 0, -162001, 0 FROM adjustment, billing_billline line",
    "payments_posted_once": "UPDATE billing_transfer SET amount_fen = 1 WHERE kind = 'payment'",
    "advance_refunds_posted_once": "INSERT INTO billing_advancerefund (company_id, contract_id,"
    " amount_fen, payee_name, payee_bank, payee_account, reason, source, state, created_by_id,"
    " created_at, reference, bank_account_id, paid_at) SELECT company_id, contract_id, 1, '', '',"
    " '', '', '', 'paid', 0, paid_at, 'F-1', 0, paid_at FROM billing_payment",
    "refunds_to_source_posted_once": "INSERT INTO billing_refundtosource (company_id, payment_id,"
    " contract_id, amount_fen, reason, source, state, number, refund_id, error_code,"
    " created_by_id, created_at, approved_at, tries) SELECT company_id, id, contract_id, 1, '', '',"
    " 'approved', 'HR1', '', '', 0, paid_at, paid_at, 0 FROM billing_payment",
    "papers_spread_whole": "INSERT INTO billing_grouppayment (company_id, method, provider,"
    " transaction_id, reference, payer_name, amount_fen, part_count, business_date, form_key,"
    " digest, entered_at) SELECT company_id, method, provider, 'P', '', '', amount_fen, 1,"
    " business_date, 'form-key-1', '', paid_at FROM billing_payment",
    "rewards_posted_once": "INSERT INTO billing_rewardvoucher (company_id, code_digest, code_tail,"
    " amount_fen, issued_on, paid_at, shift_id) SELECT company_id, 'x', '', 1, business_date,"
    " paid_at, shift_id FROM billing_payment",
    "receipts_complete": "DELETE FROM billing_receipt",
    "suspense_assigned_once": "UPDATE billing_transfer SET credit = 224100 WHERE kind = 'payment'",
    "refunds_blocked": "INSERT INTO billing_reportedrefund (company_id, attempt_id, provider,"
    " transaction_id, number, amount_fen, status, reported_at)"
    " SELECT company_id, 0, provider, transaction_id, '503', 1, 'SUCCESS', paid_at"
    " FROM billing_payment",
    "settled_within_bill": "UPDATE billing_transfer SET amount_fen = 162001"
    " WHERE kind = 'allocation'",
    "no_negative_advance": "DELETE FROM billing_transfer WHERE kind = 'payment'",
    "connection_money_not_negative": "INSERT INTO billing_transfer (book, company_id, kind, debit,"
    " credit, amount_fen, business_date, posted_at, connection_id, source_type, source_id)"
    " SELECT 0, company_id, 'connection', 220301, 112201, 1, business_date, posted_at, 0,"
    " 'payment', source_id FROM billing_transfer WHERE kind = 'payment'",
    "connection_income_is_contract": "WITH project AS (INSERT INTO customers_connection"
    " (company_id, number, state, applicant, applicant_kind, credit_code, contact, phone, project,"
    " address, area, flats, wanted_on, applied_at, waiting_since, remark)"
    " SELECT company_id, 'X', 'applied', '', 'other', '', '', '', '', '', 1, 1, business_date,"
    " paid_at, paid_at, '' FROM billing_payment RETURNING id, company_id, wanted_on, applied_at)"
    " INSERT INTO billing_transfer (book, company_id, kind, debit, credit, amount_fen,"
    " business_date, posted_at, connection_id, source_type, source_id)"
    " SELECT 0, company_id, 'connection', 112201, 605102, 1, wanted_on, applied_at, id, 'payment',"
    " 0 FROM project",
    "credit_moves_posted_whole": "INSERT INTO billing_creditmove (company_id, connection_id,"
    " target_id, amount_fen, reason, state, created_by_id, created_at)"
    " SELECT company_id, 0, 1, 1, '', 'moved', 0, paid_at FROM billing_payment",
    "receivables_are_open_bills": "UPDATE billing_transfer SET amount_fen = 1 WHERE kind = 'bill'",
    "sources_agree": "UPDATE billing_transfer SET source_id = 0 WHERE kind = 'payment'",
    "companies_agree": "UPDATE customers_supplycontract SET company_id = 0",
    "receipt_numbers_without_gap": "UPDATE billing_receipt SET number = '11202500000003'",
    "bill_numbers_without_gap": "INSERT INTO office_numberseries (name, next_value)"
    " SELECT 'bill:' || left(number, -8), 1 FROM billing_bill",
}


def break_books(statement: str) -> None:
    """Do what no user can: write past every trigger."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@pytest.fixture
def paid_bill() -> Bill:
    company = a_company()
    cashier = Actor.staff(a_member_of_staff("收费", CASHIER, company))
    open_shift(company, till="1", float_fen=0, by=cashier, at=NOW)
    contract = a_contract(an_account(company, area="90.00"), a_customer(company))
    bill = an_issued_bill(contract)
    take_cash(contract, CounterForm("k", [bill], 162000, 162000), by=cashier, at=NOW)
    return bill


@pytest.mark.django_db(transaction=True)
def test_whole_books(paid_bill: Bill) -> None:
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert out.getvalue().splitlines()[-1] == "23 checks: 23 hold, 0 broken"


@pytest.mark.parametrize(("name", "statement"), BREACHES.items())
def test_a_breach_is_found(paid_bill: Bill, name: str, statement: str) -> None:
    break_books(statement)
    assert name in [result.check.name for result in check_ledger() if not result.holds]


@pytest.mark.django_db(transaction=True)
def test_broken_books_end_the_command_with_1(paid_bill: Bill) -> None:
    break_books(BREACHES["receipts_complete"])
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("check_ledger", stdout=out)
    assert end.value.code == 1
    assert "✗ 每笔已入账收款有且只有一张金额相等的收据" in out.getvalue()
    assert out.getvalue().splitlines()[-1] == "23 checks: 22 hold, 1 broken"


def test_balanced_cannot_be_broken_by_any_row() -> None:
    """Debit and credit stand in one row: the claim holds by construction."""
    assert set(BREACHES) | {"balanced"} == {check.name for check in CHECKS}
