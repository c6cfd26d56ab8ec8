"""The card with an account's tickets on the account's page."""

from complaints.models import Ticket
from customers.models import Account
from office.models import User
from office.screens.panels import Panel

MOST_TICKETS = 10


def account_panel(account: Account, user: User) -> Panel | None:
    """Returns the card; None for people who may neither see tickets nor take reports."""
    sees = user.has_perm("complaints.view_ticket")
    takes = user.has_perm("complaints.open_ticket")
    if not (sees or takes):
        return None
    rows = Ticket.objects.visible_to(user).filter(account=account).order_by("-pk")
    context = {
        "account": account,
        "tickets": list(rows[:MOST_TICKETS]) if sees else [],
        "sees": sees,
        "takes": takes,
    }
    return Panel("complaints/tickets/_account_tickets.html", context)
