"""Balances: sums over the ledger's transfers, stored nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Sum

from billing.chart import LedgerAccount
from billing.models import Transfer
from customers.models import SupplyContract


@dataclass(frozen=True)
class ContractBalance:
    """The debt of a contract, its advance, and what is blocked because it was refunded, in fen."""

    receivable_fen: int
    advance_fen: int
    refund_blocked_fen: int = 0

    @property
    def owed_fen(self) -> int:
        """Returns the debt less the advance; negative when more was paid than owed."""
        return self.receivable_fen - self.advance_fen


def contract_balance(contract: SupplyContract) -> ContractBalance:
    """Returns the contract's balance with one query."""
    return contract_balances([contract.pk]).get(contract.pk, ContractBalance(0, 0))


def contract_balances(contract_ids: Iterable[int]) -> dict[int, ContractBalance]:
    """Returns the balances of several contracts by one query; one without postings is left out."""
    amount = "amount_fen"
    sums = (
        Transfer.objects.filter(contract__in=list(contract_ids))
        .order_by()
        .values("contract_id")
        .annotate(
            owed=Sum(amount, filter=Q(debit=LedgerAccount.RECEIVABLE), default=0),
            settled=Sum(amount, filter=Q(credit=LedgerAccount.RECEIVABLE), default=0),
            paid_in=Sum(amount, filter=Q(credit=LedgerAccount.ADVANCE), default=0),
            used=Sum(amount, filter=Q(debit=LedgerAccount.ADVANCE), default=0),
            blocked=Sum(amount, filter=Q(credit=LedgerAccount.REFUND_BLOCKED), default=0),
            released=Sum(amount, filter=Q(debit=LedgerAccount.REFUND_BLOCKED), default=0),
        )
    )
    return {
        row["contract_id"]: ContractBalance(
            row["owed"] - row["settled"],
            row["paid_in"] - row["used"],
            row["blocked"] - row["released"],
        )
        for row in sums
    }
