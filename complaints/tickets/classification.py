"""Classification: moves a ticket to another class, or joins it to a ticket of the same fault."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import SUBJECTS, Severity, Subject, TicketClass, TicketKind
from complaints.dispatch.operations import withdraw_live_visits
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
    """Moves the ticket to another class; the new promise counts from the first receipt.

    The earlier promise stays in the history. Another subject of the same class keeps the promise
    that is in force. A ticket that becomes an enquiry, or stops being one, waits again: its crew is
    called back, or the departments' replies are no longer awaited.
    """
    authorise(by, "complaints.reclassify_ticket", ticket.company)
    locked_ticket = lock_ticket(ticket, seen_version)
    check_live(locked_ticket, _("改判类别"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明改判理由。"))
    check_class(kind, subject, severity)
    old_class, old_subject = locked_ticket.ticket_class, locked_ticket.subject
    locked_ticket.kind, locked_ticket.subject, locked_ticket.severity = (
        kind,
        subject,
        severity or "",
    )
    if (locked_ticket.ticket_class, locked_ticket.subject) == (old_class, old_subject):
        raise Refused(
            "class_unchanged",
            _("工单已经是“%(before)s”，无需改判。"),
            before=f"{old_class.label} {subject.label}",
        )
    changed_columns = _take_back(locked_ticket, old_class, by=by, at=at)
    if locked_ticket.ticket_class == old_class:
        promise = promise_in_force(locked_ticket)
        save_ticket(locked_ticket, "subject")
    else:
        promise = make_promise(
            locked_ticket,
            PromiseCause.RECLASSIFIED,
            clock_history(locked_ticket),
            reason=reason.strip(),
            by=by,
            at=at,
        )
        promise.save(force_insert=True)
        save_ticket(
            locked_ticket, "kind", "subject", "severity", "due_at", "clock_state", *changed_columns
        )
    journal.record(
        "reclassify_ticket",
        locked_ticket,
        by=by,
        at=at,
        before=f"{old_class.value} {old_subject}",
        after=f"{locked_ticket.ticket_class.value} {locked_ticket.subject}",
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
    """Joins the ticket to another one of its building, so that both are worked on together.

    Its own promise continues, and its own customer is called back.
    """
    authorise(by, "complaints.join_duplicate", ticket.company)
    if ticket.pk == main.pk:
        raise Invalid("own_duplicate", _("不能把工单并入它自己。"))
    # Both are locked, the lower number first: of two people who join A to B and B to A at once the
    # second waits for the first; each with one lock, they would wait for each other.
    for either_ticket in sorted((ticket, main), key=lambda record: record.pk):
        lock_ticket(either_ticket)
    locked_ticket = lock_ticket(ticket, seen_version)
    locked_main = lock_ticket(main)
    _check_same_fault(locked_ticket, locked_main)
    locked_ticket.state = TICKET.next_state(locked_ticket.state, "join_duplicate")
    locked_ticket.duplicate_of = locked_main
    save_ticket(locked_ticket, "state", "duplicate_of")
    journal.record("join_duplicate", locked_ticket, by=by, at=at, main=locked_main.number)
    return locked_ticket


@transaction.atomic
def separate_duplicate(
    ticket: Ticket, *, reason: str, seen_version: int | None = None, by: Actor, at: datetime
) -> Ticket:
    """Separates a joined ticket that was another fault after all."""
    authorise(by, "complaints.separate_duplicate", ticket.company)
    locked_ticket = lock_ticket(ticket, seen_version)
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明拆单理由。"))
    locked_ticket.state = TICKET.next_state(locked_ticket.state, "separate_duplicate")
    old_main, locked_ticket.duplicate_of = locked_ticket.duplicate_of, None
    save_ticket(locked_ticket, "state", "duplicate_of")
    journal.record(
        "separate_duplicate",
        locked_ticket,
        by=by,
        at=at,
        main=old_main.number if old_main else "",
        reason=reason.strip(),
    )
    return locked_ticket


def check_class(kind: TicketKind, subject: Subject, severity: Severity | None) -> None:
    """A step of `open_ticket` and `reclassify_ticket`: refuses a subject that the kind does not
    have, a repair without severity, and a severity of anything else.
    """
    if subject not in SUBJECTS[kind]:
        raise Invalid(
            "subject_wrong",
            _("“%(kind)s”没有“%(subject)s”这一事项。"),
            kind=kind.label,
            subject=subject.label,
        )
    if (kind is TicketKind.REPAIR) != (severity is not None):
        raise Invalid("severity_wrong", _("报修须选小修、中修或大修，其他类型不分级别。"))


def _take_back(
    ticket: Ticket, old_class: TicketClass, *, by: Actor, at: datetime
) -> tuple[str, ...]:
    """Ends what was begun for the other kind of work; returns the changed columns.

    Enquiries are answered and the rest is visited: a ticket that is handed over cannot be assigned,
    and one that a crew has cannot be answered.
    """
    answered_before = old_class == TicketClass.ENQUIRY
    if answered_before == (ticket.kind == TicketKind.ENQUIRY) or ticket.state == TicketState.OPEN:
        return ()
    withdraw_live_visits(ticket, by=by, at=at)
    ticket.state = TICKET.next_state(ticket.state, "return_reclassified")
    ticket.crew = None
    return ("state", "crew")


def _check_same_fault(ticket: Ticket, main: Ticket) -> None:
    """Refuses to join tickets of different buildings or faults, or in unsuitable states."""
    if ticket.building_id is None or ticket.building_id != main.building_id:
        raise Refused("other_building", _("只有同一楼栋的工单才能并单。"))
    if (ticket.kind, ticket.subject) != (main.kind, main.subject):
        raise Refused("other_fault", _("事项不同的工单不能并单，请分别处理。"))
    if main.state not in LIVE_TICKETS:
        state_label = TicketState(main.state).label
        raise Refused(
            "main_not_live",
            _("主单 %(number)s 现在是“%(here)s”，不能并入。"),
            number=main.number,
            here=state_label,
        )
    if ticket.clock_state == ClockState.PAUSED:
        raise Refused("clock_paused", _("工单正在暂停计时，请先恢复再并单。"))
    if ticket.joined.filter(state=TicketState.JOINED).exists():
        raise Refused("has_duplicates", _("已有工单并入此单，请把它作为主单。"))
