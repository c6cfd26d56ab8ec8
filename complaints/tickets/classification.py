"""What a ticket turns out to be: another class, or the same fault as another ticket."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import SUBJECTS, Severity, Subject, TicketKind
from complaints.locking import check_live, lock_ticket, save_ticket
from complaints.models import Promise, PromiseCause, Ticket
from complaints.promises.clock_entries import make_promise
from complaints.promises.explain import clock_history, promise_in_force
from complaints.states import LIVE_TICKETS, TICKET, TicketState
from office import journal
from office.actors import Actor
from office.clock import ClockState
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def reclassify_ticket(
    ticket: Ticket,
    *,
    kind: TicketKind,
    subject: Subject,
    severity: Severity | None,
    reason: str,
    seen_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Promise:
    """Put the ticket into the class it belongs to; the new promise counts from the first receipt.

    The promise made before stays in its history. Another subject of the same class keeps the
    promise that is in force.
    """
    authorise(by, "complaints.reclassify_ticket", ticket.company)
    held = lock_ticket(ticket, seen_version)
    check_live(held, _("改判类别"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明改判理由。"))
    if subject not in SUBJECTS[kind]:
        raise Invalid(
            "subject_wrong",
            _("“%(kind)s”没有“%(subject)s”这一事项。"),
            kind=kind.label,
            subject=subject.label,
        )
    if (kind is TicketKind.REPAIR) != (severity is not None):
        raise Invalid("severity_wrong", _("报修须选小修、中修或大修，其他类型不分级别。"))
    before, fault = held.ticket_class, held.subject
    held.kind, held.subject, held.severity = kind, subject, severity or ""
    if (held.ticket_class, held.subject) == (before, fault):
        raise Refused(
            "class_unchanged",
            _("工单已经是“%(before)s”，无需改判。"),
            before=f"{before.label} {subject.label}",
        )
    if held.ticket_class == before:
        promise = promise_in_force(held)
        save_ticket(held, "subject")
    else:
        promise = make_promise(
            held,
            PromiseCause.RECLASSIFIED,
            clock_history(held),
            reason=reason.strip(),
            by=by,
            at=at,
        )
        promise.save(force_insert=True)
        save_ticket(held, "kind", "subject", "severity", "due_at", "clock_state")
    journal.record(
        "reclassify_ticket",
        held,
        by=by,
        at=at,
        before=f"{before.value} {fault}",
        after=f"{held.ticket_class.value} {held.subject}",
        reason=reason.strip(),
        promised=promise.due_at.isoformat(),
    )
    return promise


@transaction.atomic
def join_duplicate(
    ticket: Ticket,
    main: Ticket,
    *,
    seen_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Ticket:
    """Work on the ticket together with another of its building.

    Its own promise goes on, and its customer is called back like the other's.
    """
    authorise(by, "complaints.join_duplicate", ticket.company)
    if ticket.pk == main.pk:
        raise Invalid("own_duplicate", _("不能把工单并入它自己。"))
    # Both, the lower first: two people joining A to B and B to A wait for each other in turn.
    first, second = sorted((ticket, main), key=lambda one: one.pk)
    lock_ticket(first)
    lock_ticket(second)
    held = lock_ticket(ticket, seen_version)
    into = lock_ticket(main)
    _check_same_fault(held, into)
    held.state = TICKET.next_state(held.state, "join_duplicate")
    held.duplicate_of = into
    save_ticket(held, "state", "duplicate_of")
    journal.record("join_duplicate", held, by=by, at=at, main=into.number)
    return held


@transaction.atomic
def separate_duplicate(
    ticket: Ticket, *, reason: str, seen_version: int | None = None, by: Actor, at: datetime
) -> Ticket:
    """It was another fault after all: the ticket is worked on by itself again."""
    authorise(by, "complaints.separate_duplicate", ticket.company)
    held = lock_ticket(ticket, seen_version)
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明拆单理由。"))
    held.state = TICKET.next_state(held.state, "separate_duplicate")
    was, held.duplicate_of = held.duplicate_of, None
    save_ticket(held, "state", "duplicate_of")
    journal.record(
        "separate_duplicate",
        held,
        by=by,
        at=at,
        main=was.number if was else "",
        reason=reason.strip(),
    )
    return held


def _check_same_fault(ticket: Ticket, main: Ticket) -> None:
    if ticket.building_id is None or ticket.building_id != main.building_id:
        raise Refused("other_building", _("只有同一楼栋的工单才能并单。"))
    if (ticket.kind, ticket.subject) != (main.kind, main.subject):
        raise Refused("other_fault", _("事项不同的工单不能并单，请分别处理。"))
    if main.state not in LIVE_TICKETS:
        here = TicketState(main.state).label
        raise Refused(
            "main_not_live",
            _("主单 %(number)s 现在是“%(here)s”，不能并入。"),
            number=main.number,
            here=here,
        )
    if ticket.clock_state == ClockState.PAUSED:
        raise Refused("clock_paused", _("工单正在暂停计时，请先恢复再并单。"))
    if ticket.joined.filter(state=TicketState.JOINED).exists():
        raise Refused("has_duplicates", _("已有工单并入此单，请把它作为主单。"))
