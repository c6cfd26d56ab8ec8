"""Rows of refunds for `company_records`: one by the bank, one to the source of the payment."""

from django.db.models import Model

from billing.models import AdvanceRefund, Payment, RefundToSource
from customers.models import SupplyContract
from office.models import User
from tests.builders import NOW


def refund_rows(payment: Payment, contract: SupplyContract, clerk: User) -> list[Model]:
    """Writes one drafted refund of each kind and returns them."""
    company = payment.company
    by_bank = AdvanceRefund.objects.create(
        company=company,
        contract=contract,
        amount_fen=1,
        payee_name="王秀英",
        payee_bank="工商银行",
        payee_account="6222",
        reason="退费",
        source="申请",
        created_by=clerk,
        created_at=NOW,
    )
    to_source = RefundToSource.objects.create(
        company=company,
        payment=payment,
        contract=contract,
        amount_fen=100,
        reason="x",
        source="x",
        number=f"HR{company.code}",
        created_by=clerk,
        created_at=NOW,
    )
    return [by_bank, to_source]
