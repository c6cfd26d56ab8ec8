"""What of a connection's credit is free to be refunded or moved."""

from billing.change_states import AdvanceRefundState, CreditMoveState
from billing.ledger.connection_money import connection_money
from billing.models import AdvanceRefund, CreditMove
from customers.models import Connection

_WAITING = (AdvanceRefundState.DRAFTED, AdvanceRefundState.APPROVED)


def free_credit_fen(connection: Connection) -> int:
    """Returns what a connection was paid beyond its contract and nobody has asked for yet."""
    refunds = AdvanceRefund.objects.filter(connection=connection, state__in=_WAITING)
    moves = CreditMove.objects.filter(connection=connection, state=CreditMoveState.DRAFTED)
    waiting = [
        *refunds.values_list("amount_fen", flat=True),
        *moves.values_list("amount_fen", flat=True),
    ]
    return connection_money(connection).credit_fen - sum(waiting)
