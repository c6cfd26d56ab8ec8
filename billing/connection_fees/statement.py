"""What the page of a connection's fee shows: the contracts, the schedule and every payment."""

from dataclasses import dataclass

from billing.connection_fees.instalments import Instalment, cover
from billing.ledger.connection_money import ConnectionMoney, connection_money
from billing.models import AdvanceRefund, CreditMove, Payment
from customers.models import Connection, ConnectionContract


@dataclass(frozen=True)
class OwedEntry:
    """What a contract or an amendment added to what is owed, in fen; below zero it lowered it."""

    contract: ConnectionContract
    change_fen: int


@dataclass(frozen=True)
class FeeStatement:
    """The fee of one connection, read by a fixed number of queries."""

    money: ConnectionMoney
    entries: list[OwedEntry]
    instalments: list[Instalment]
    payments: list[Payment]
    refunds: list[AdvanceRefund]
    moves: list[CreditMove]


def fee_statement(connection: Connection) -> FeeStatement:
    """Returns what is owed by which contract, what of the schedule is paid, and by which money."""
    money = connection_money(connection)
    contracts = list(
        connection.contracts.select_related("terms").prefetch_related("instalments").order_by("pk")
    )
    in_force = [contract for contract in contracts if contract.ended_at is None]
    schedule = [
        (item.due_on, item.amount_fen)
        for contract in in_force
        for item in contract.instalments.all()
    ]
    return FeeStatement(
        money,
        owed_entries(contracts),
        cover(schedule, money.paid_fen),
        list(
            Payment.objects.filter(connection=connection)
            .select_related("receipt", "received_by", "assignment__contract__account")
            .select_related("assignment__connection")
            .order_by("pk")
        ),
        list(AdvanceRefund.objects.filter(connection=connection).order_by("pk")),
        list(
            (
                CreditMove.objects.filter(connection=connection)
                | CreditMove.objects.filter(target=connection)
            )
            .select_related("connection", "target")
            .order_by("pk")
        ),
    )


def owed_entries(contracts: list[ConnectionContract]) -> list[OwedEntry]:
    """Returns each contract with what it changed: an amendment is an entry over the difference.

    A contract that ended without an amendment takes back what it raised.
    """
    amounts = {contract.pk: contract.amount_fen for contract in contracts}
    amended = {contract.amends_id for contract in contracts}
    entries = []
    for contract in contracts:
        before_fen = amounts[contract.amends_id] if contract.amends_id else 0
        entries.append(OwedEntry(contract, contract.amount_fen - before_fen))
        if contract.ended_at is not None and contract.pk not in amended:
            entries.append(OwedEntry(contract, -contract.amount_fen))
    return entries
