"""Tickets joined to a main one: each keeps its own conditions, whichever way the main one ends.

The caller holds the lock of the main ticket.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketKind
from complaints.incidents.reach import explains
from complaints.locking import lock_ticket
from complaints.models import Ticket, Visit, VisitOutcome
from complaints.states import TICKET, IncidentState, TicketState, VisitState
from office.actors import Actor
from office.clock import EventKind
from office.refusals import NotAllowed, Refused

_WARM_AGAIN = (IncidentState.RESTORED, IncidentState.CLOSED)


def lock_joined(main: Ticket) -> Iterator[Ticket]:
    """Locks the tickets joined to the main one, one after the other, and moves them to resolved.

    A step of resolving the main ticket, which saves each of them.
    """
    # In the order of keys, so that two people who resolve wait for each other in turn.
    for joined in main.joined.filter(state=TicketState.JOINED).order_by("pk"):
        locked_joined = lock_ticket(joined)
        locked_joined.state = TICKET.next_state(locked_joined.state, "resolve_joined")
        yield locked_joined


def check_joined_work(joined: Ticket, main_visit: Visit | None, *, by: Actor) -> None:
    """Refuses to end a joined ticket with its main one by work where its own conditions fail."""
    if joined.kind == TicketKind.ENQUIRY:
        raise _separate_first(joined, _("是咨询，须单独答复"))
    if joined.kind == TicketKind.REPAIR and not is_repaired(joined, main_visit):
        raise _separate_first(joined, _("是报修，没有修复它的上门"))
    if joined.redo_count:
        check_verifier(joined, main_visit, by=by)


def check_joined_answer(joined: Ticket) -> None:
    """Refuses to end a joined ticket by the answer to its main one, unless it is an enquiry."""
    if joined.kind != TicketKind.ENQUIRY:
        raise _separate_first(joined, _("不是咨询，不能以答复办结"))


def last_work(ticket: Ticket) -> Visit | None:
    """Returns the last visit of this round if it mended the fault.

    A later visit that found it not mended undoes an earlier one; a visit to nobody says nothing.
    """
    visits = ticket.visits.filter(
        state=VisitState.COMPLETED,
        outcome__in=(VisitOutcome.FIXED, VisitOutcome.NOT_FIXED),
        redo_round=ticket.redo_count,
    )
    visit = visits.select_related("repairer").order_by("completed_at", "ordinal").last()
    return visit if visit is not None and visit.outcome == VisitOutcome.FIXED else None


def is_repaired(ticket: Ticket, main_visit: Visit | None = None) -> bool:
    """Returns whether a repair has a visit that fixed it or an incident that explains it.

    An incident does not suffice where the flat was cold again afterwards, or for a fault such as a
    leak: there a crew has to go. A joined ticket is mended by the visit of its main one, after a
    redo only by a later visit.
    """
    warm_again = ticket.incident is not None and ticket.incident.state in _WARM_AGAIN
    if warm_again and explains(ticket) and not ticket.redo_count:
        return True
    if last_work(ticket) is not None:
        return True
    if main_visit is None or main_visit.completed_at is None:
        return False
    redo = ticket.clock_events.filter(kind=EventKind.REDO).order_by("ordinal").last()
    return redo is None or main_visit.completed_at >= redo.at


def check_verifier(ticket: Ticket, main_visit: Visit | None = None, *, by: Actor) -> None:
    """Refuses a verifier of a redo who worked on the ticket or resolved it the time before."""
    if by.user is None:
        raise NotAllowed(_("返工须由人员验收。"))
    number = ticket.number
    repairers = {ticket.repaired_by_id, main_visit.repairer_id if main_visit else None}
    if by.user.pk in repairers or ticket.visits.filter(repairer=by.user).exists():
        raise NotAllowed(
            _("工单 %(number)s 的返工须由未参与维修的人员验收，请换人办结。"), number=number
        )
    if ticket.resolved_by_id == by.user.pk:
        raise NotAllowed(
            _("工单 %(number)s 上次是您办结的，返工须由另一人验收，请换人办结。"), number=number
        )


def _separate_first(joined: Ticket, why: object) -> Refused:
    return Refused(
        "joined_not_done",
        _("并入的工单 %(number)s %(why)s，不能随主单办结：请先把它拆单，再办结主单。"),
        number=joined.number,
        why=why,
    )
