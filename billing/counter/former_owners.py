"""The debts that an account's other contracts have left behind, mostly those of former owners."""

from dataclasses import dataclass

from django.db.models import F

from billing.ledger.open_bills import open_bills_of
from customers.models import SupplyContract


@dataclass(frozen=True)
class OtherDebt:
    """Another contract of the same account and what is open on it, in fen."""

    contract: SupplyContract
    open_fen: int


def other_debts(contract: SupplyContract) -> list[OtherDebt]:
    """Returns the account's other contracts with open bills: running ones, then the latest."""
    others = (
        SupplyContract.objects.filter(account=contract.account_id)
        .exclude(pk=contract.pk)
        .select_related("customer")
        .order_by(F("ends").desc(nulls_first=True), "-starts")
    )
    open_fen: dict[int, int] = {}
    for item in open_bills_of(row.pk for row in others):
        owner = item.bill.contract_id
        open_fen[owner] = open_fen.get(owner, 0) + item.open_fen
    return [OtherDebt(row, open_fen[row.pk]) for row in others if row.pk in open_fen]
