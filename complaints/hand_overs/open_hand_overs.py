"""Queries of hand-overs: which ones wait for a department, and their replies."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from complaints.models import HandOver, HandOverReply, Ticket, departments_of
from complaints.states import TicketState
from customers.models import SupplyContract
from office.models import User

WAITING = Q(ticket__state=TicketState.HANDED_OVER, reply__isnull=True)
# A department has replied and nothing was asked of any since: it is the agent's turn.
REPLIED = Q(state=TicketState.HANDED_OVER) & Q(
    Exists(
        HandOverReply.objects.filter(
            ~Exists(
                HandOver.objects.filter(
                    ticket=OuterRef("hand_over__ticket"), handed_at__gt=OuterRef("replied_at")
                )
            ),
            hand_over__ticket=OuterRef("pk"),
        )
    )
)


def waiting_hand_overs(user: User) -> QuerySet[HandOver]:
    """Returns the hand-overs that the user's departments still have to reply to, by due time."""
    rows = HandOver.objects.visible_to(user).filter(WAITING, department__in=departments_of(user))
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


def with_replies(hand_overs: QuerySet[HandOver]) -> QuerySet[HandOver]:
    """Returns the ticket's hand-overs with their replies, oldest first."""
    joined = hand_overs.select_related("handed_by", "reply__replied_by", "reply__document")
    return joined.order_by("pk")


def latest_reply(ticket: Ticket) -> HandOverReply | None:
    """Returns the last reply of a department to an enquiry that is handed over."""
    if ticket.state != TicketState.HANDED_OVER:
        return None
    return HandOverReply.objects.filter(hand_over__ticket=ticket).order_by("-pk").first()


def contract_of(ticket: Ticket) -> SupplyContract | None:
    """Returns the present contract of the account, or else its last one."""
    if ticket.account_id is None:
        return None
    return (
        SupplyContract.objects.filter(account=ticket.account_id)
        .select_related("customer")
        .order_by(F("ends").desc(nulls_first=True), "-starts")
        .first()
    )
