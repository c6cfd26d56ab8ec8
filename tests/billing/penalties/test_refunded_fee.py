"""Money that paid a late fee and is refunded by the provider takes the fee with it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.ledger.late_fees import owed
from billing.models import LateFeeBase, Method, SpendingOrder, Transfer
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.payments.refunds import RefundReport, block_refund
from billing.penalties.operations import publish_late_fee_rule
from billing.wechat.attempts import start_wechat_payment
from tests.builders import (
    HERE,
    NOW,
    a_company,
    a_contract,
    a_customer,
    an_account,
    an_issued_bill,
)

pytestmark = pytest.mark.django_db
BILLED, FEE = 161_100, 12_888


def test_bill_and_fee_are_owed_again() -> None:
    company = a_company()
    bill = an_issued_bill(a_contract(an_account(company, area="89.50"), a_customer(company)))
    publish_late_fee_rule(
        company,
        effective_from=date(2020, 1, 1),
        per_day=Decimal("0.002"),
        base=LateFeeBase.OUTSTANDING,
        order=SpendingOrder.PRINCIPAL_FIRST,
        source="合同",
        by=HERE,
        at=NOW,
    )
    paid_at = datetime(2026, 2, 10, 4, tzinfo=UTC)
    intent = create_intent(bill.contract, [bill], amount_fen=BILLED + FEE, by=HERE, at=paid_at)
    order = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=HERE, at=paid_at)
    fact = MoneyFact("wechatpay", "4200001", Method.WECHAT_NATIVE, BILLED + FEE, paid_at)
    receive_payment(intent, fact, attempt=order, by=HERE, at=paid_at)
    assert owed(bill.contract, date(2026, 2, 11)) == []
    report = RefundReport("wechatpay", "4200001", "SUCCESS", "503", BILLED + FEE)
    block_refund(order, report, by=HERE, at=paid_at)
    rows = Transfer.objects.filter(kind="refund").order_by("pk")
    assert list(rows.values_list("debit", "amount_fen", "bill")) == [
        (LedgerAccount.RECEIVABLE, BILLED, bill.pk),
        (LedgerAccount.LATE_FEE_INCOME, FEE, bill.pk),
    ]
    items = [(item.is_late_fee, item.open_fen) for item in owed(bill.contract, date(2026, 2, 10))]
    assert items == [(False, BILLED), (True, FEE)]
    balance = contract_balance(bill.contract)
    assert (balance.receivable_fen, balance.refund_blocked_fen) == (BILLED, BILLED + FEE)
    assert [result.check.name for result in check_ledger() if not result.holds] == []
