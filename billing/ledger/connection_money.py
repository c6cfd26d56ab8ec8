"""The money of grid connections: what is owed and paid, and the postings that follow from it.

What is paid is a prepayment until the construction is accepted; then the amount of the contract is
income, and what of it is not paid yet is a claim. Nothing is stored: balances are sums.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from billing.chart import LedgerAccount
from billing.ledger.posting import post_transfer
from billing.models import Transfer, TransferKind
from billing.models.transfer import SourceDocument
from customers.connection_states import ConnectionState
from customers.models import Connection, ConnectionContract
from office.calendar import business_date

# The construction was accepted: the fee is earned.
ACCEPTED = (ConnectionState.READY, ConnectionState.HEATED)
_ADVANCE = LedgerAccount.CONNECTION_ADVANCE
_RECEIVABLE = LedgerAccount.CONNECTION_RECEIVABLE
_INCOME = LedgerAccount.CONNECTION_INCOME


@dataclass(frozen=True)
class ConnectionMoney:
    """What a connection owes by its contract in force and what was paid for it, in fen.

    Without a contract in force nothing is owed: all that was paid is credit of the payer.
    """

    owed_fen: int = 0
    advance_fen: int = 0
    receivable_fen: int = 0
    income_fen: int = 0

    @property
    def paid_fen(self) -> int:
        """Returns what was paid, wherever it stands in the books now."""
        return self.advance_fen + self.income_fen - self.receivable_fen

    @property
    def open_fen(self) -> int:
        """Returns what is still to pay."""
        return max(self.owed_fen - self.paid_fen, 0)

    @property
    def credit_fen(self) -> int:
        """Returns what was paid beyond the contract; it can be refunded or moved."""
        return max(self.paid_fen - self.owed_fen, 0)


def connection_money(connection: Connection) -> ConnectionMoney:
    """Returns the money of one connection."""
    return money_of_connections([connection.pk])[connection.pk]


def money_of_connections(connection_ids: Iterable[int]) -> dict[int, ConnectionMoney]:
    """Returns the money of several connections by two queries."""
    ids = list(connection_ids)
    owed = dict(
        ConnectionContract.objects.filter(connection__in=ids, ended_at=None)
        .order_by()
        .values_list("connection_id", "amount_fen")
    )

    def debited(account: LedgerAccount) -> Sum:
        return Sum("amount_fen", filter=Q(debit=account), default=0)

    def credited(account: LedgerAccount) -> Sum:
        return Sum("amount_fen", filter=Q(credit=account), default=0)

    sums = {
        row["connection_id"]: row
        for row in Transfer.objects.filter(connection__in=ids)
        .order_by()
        .values("connection_id")
        .annotate(
            paid_in=credited(_ADVANCE),
            used=debited(_ADVANCE),
            claimed=debited(_RECEIVABLE),
            settled=credited(_RECEIVABLE),
            earned=credited(_INCOME),
            given_back=debited(_INCOME),
        )
    }
    return {
        pk: ConnectionMoney(
            owed.get(pk, 0),
            row["paid_in"] - row["used"],
            row["claimed"] - row["settled"],
            row["earned"] - row["given_back"],
        )
        if (row := sums.get(pk))
        else ConnectionMoney(owed.get(pk, 0))
        for pk in ids
    }


def settle_connection(
    locked_connection: Connection, source: SourceDocument, *, at: datetime
) -> None:
    """A step of every operation that changes a connection's money or contract: posts what follows.

    The income becomes the amount of the contract once the construction is accepted, by an entry
    over the difference; then the prepayment settles the claim. The caller has locked the
    connection.
    """
    money = connection_money(locked_connection)
    earned_fen = money.owed_fen if locked_connection.state in ACCEPTED else 0
    change_fen = earned_fen - money.income_fen
    _post(locked_connection, source, _RECEIVABLE, _INCOME, change_fen, at=at)
    receivable_fen = money.receivable_fen + change_fen
    # A claim that fell below what was settled gives the rest back to the prepayment.
    settled_fen = min(money.advance_fen, receivable_fen)
    _post(locked_connection, source, _ADVANCE, _RECEIVABLE, settled_fen, at=at)


def follow_contract(locked_connection: Connection, at: datetime) -> None:
    """A step of operations on the contract or the acceptance of a connection: posts what follows.

    The source of the postings is the latest contract, by which the income changes.
    """
    contract = locked_connection.contracts.order_by("-pk").first()
    if contract is not None:
        settle_connection(locked_connection, contract, at=at)


def _post(
    connection: Connection,
    source: SourceDocument,
    debit: LedgerAccount,
    credit: LedgerAccount,
    amount_fen: int,
    *,
    at: datetime,
) -> None:
    """Posts the amount; one below zero is posted the other way round, zero not at all."""
    if not amount_fen:
        return
    if amount_fen < 0:
        debit, credit = credit, debit
    post_transfer(
        TransferKind.CONNECTION,
        debit=debit,
        credit=credit,
        amount_fen=abs(amount_fen),
        source=source,
        company=connection.company,
        business_date=business_date(at),
        at=at,
        connection=connection,
    )
