"""Whose money a document is about: a supply contract's, or a grid connection's."""

from typing import TYPE_CHECKING

from django.db.models import Q

from customers.models import Connection, SupplyContract

# Every such document names the one or the other, never both and never none.
CONTRACT_OR_CONNECTION = Q(contract__isnull=False, connection__isnull=True) | Q(
    contract__isnull=True, connection__isnull=False
)


class MoneyOwner:
    """A document about money of a supply contract, or of a connection, which has no account."""

    if TYPE_CHECKING:
        contract: SupplyContract | None
        connection: Connection | None

    @property
    def heat_contract(self) -> SupplyContract:
        """Returns the supply contract; raises ValueError for money of a grid connection."""
        if self.contract is None:
            raise ValueError(f"{self} is money of a grid connection, which has no supply contract")
        return self.contract

    @property
    def owner_number(self) -> str:
        """Returns the number that people know: of the account, or of the connection."""
        if self.connection is not None:
            return self.connection.number
        return self.heat_contract.account.number
