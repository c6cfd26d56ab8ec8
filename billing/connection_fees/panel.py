"""The card with the fee on the page of a connection."""

from billing.ledger.connection_money import connection_money
from customers.models import Connection
from office.models import User
from office.screens.panels import Panel


def fee_panel(connection: Connection, user: User) -> Panel | None:
    """Returns the card; None for people who may not see fees, and before there is a contract."""
    if not user.has_perm("billing.view_connectionfee") or not connection.contracts.exists():
        return None
    context = {"connection": connection, "money": connection_money(connection)}
    return Panel("billing/connection_fees/_fee_panel.html", context)
