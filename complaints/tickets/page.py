"""The content of a ticket's page, in a constant number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from complaints.actor_names import name_of, names_of
from complaints.hand_overs.open_hand_overs import contract_of, with_replies
from complaints.models import (
    CallBack,
    ClockEvent,
    HandOver,
    Promise,
    PromiseCause,
    Ticket,
    TicketNote,
    Visit,
)
from complaints.promises.words import due_text
from complaints.states import LIVE_TICKETS
from customers.models import SupplyContract
from office.clock import EventKind
from office.models import User
from office.roles import Role

_LOOKS = {
    EventKind.RECEIVED: "good",
    EventKind.PAUSED: "warn",
    EventKind.RESUMED: "good",
    EventKind.DONE: "good",
    EventKind.REDO: "bad",
}
_MOST_JOINED = 100


@dataclass(frozen=True)
class Moment:
    """An event at its true time; `entered_at` is set if it was entered later."""

    at: datetime
    title: str
    actor: str = ""
    text: str = ""
    look: str = "quiet"
    entered_at: datetime | None = None


@dataclass(frozen=True)
class TicketPage:
    """The content of a ticket's page besides the ticket's own columns."""

    contract: SupplyContract | None
    promises: list[Promise]
    story: list[Moment]
    visits: list[Visit]
    call_backs: list[CallBack]
    joined: list[Ticket]
    notes: list[TicketNote]
    hand_overs: list[HandOver]


def ticket_page(ticket: Ticket) -> TicketPage:
    """Returns the content of the page; the history is merged from all tables of events."""
    promises = list(ticket.promises.select_related("rule").order_by("-pk"))
    visits = list(
        ticket.visits.select_related("crew", "repairer", "assigned_by", "confirmation")
        .prefetch_related("items")
        .order_by("ordinal")
    )
    call_backs = list(
        ticket.call_backs.select_related("taken_by", "policy")
        .prefetch_related("attempts__by")
        .order_by("ordinal")
    )
    notes = list(ticket.notes.select_related("by").order_by("pk"))
    hand_overs = list(with_replies(ticket.hand_overs.all()))
    story = [
        *_clock(ticket),
        *_promises(promises),
        *_visits(visits),
        *_call_backs(call_backs),
        *_hand_overs(hand_overs),
        *_answers(ticket),
        *_escalations(ticket),
        *_notes(notes),
    ]
    return TicketPage(
        contract=contract_of(ticket),
        promises=promises,
        # Newest first. The sort is stable, so of two events at one instant the one from the later
        # list stands first.
        story=sorted(story, key=lambda moment: moment.at)[::-1],
        visits=visits,
        call_backs=call_backs,
        joined=list(
            ticket.joined.select_related("premise", "building__community").order_by("pk")[
                :_MOST_JOINED
            ]
        ),
        notes=notes,
        hand_overs=hand_overs,
    )


def joinable(ticket: Ticket) -> QuerySet[Ticket]:
    """Returns the tickets of the same building and fault that this one can be joined to."""
    return (
        Ticket.objects.filter(
            company=ticket.company_id,
            building=ticket.building_id,
            building__isnull=False,
            kind=ticket.kind,
            subject=ticket.subject,
            state__in=LIVE_TICKETS,
        )
        .exclude(pk=ticket.pk)
        .select_related("premise", "building__community")
        .order_by("-pk")
    )


def _name(user: User | None) -> str:
    """Returns the user's name; empty for actions without a user."""
    return name_of(user, "")


def _clock(ticket: Ticket) -> Iterator[Moment]:
    """Yields the events of the ticket's clock."""
    events: QuerySet[ClockEvent] = ticket.clock_events.select_related("entered_by", "evidence")
    for event in events.order_by("ordinal"):
        paper = event.evidence.title if event.evidence else ""
        parts = [event.get_reason_display(), event.note, paper]
        yield Moment(
            event.at,
            _("时钟：%(what)s") % {"what": event.get_kind_display()},
            _name(event.entered_by),
            "；".join(part for part in parts if part),
            _LOOKS[EventKind(event.kind)],
            event.entered_at if event.entered_at != event.at else None,
        )


def _promises(promises: list[Promise]) -> Iterator[Moment]:
    """Yields the promises after the first, which the receipt already shows."""
    later_promises = [promise for promise in promises if promise.cause != PromiseCause.OPENED]
    names = names_of(promise.made_by for promise in later_promises)
    for promise in later_promises:
        facts = {"what": promise.get_ticket_class_display(), "due": due_text(promise.due_at)}
        yield Moment(
            promise.made_at,
            _("改判为%(what)s，承诺 %(due)s") % facts,
            names[promise.made_by],
            promise.reason,
            "warn",
        )


def _visits(visits: list[Visit]) -> Iterator[Moment]:
    """Yields the assignment and each step of every visit."""
    for visit in visits:
        crew, repairer = visit.crew.name, _name(visit.repairer)
        yield Moment(visit.assigned_at, _("派工"), _name(visit.assigned_by), crew, "quiet")
        steps = (
            (visit.accepted_at, _("接单"), crew),
            (visit.departed_at, _("出发"), ""),
            (visit.arrived_at, _("到场"), ""),
            (visit.found_at, _("查明"), visit.finding),
            (
                visit.completed_at,
                _("完成上门：%(outcome)s") % {"outcome": visit.get_outcome_display()},
                visit.work_done,
            ),
        )
        for at, title, text in steps:
            if at is not None:
                yield Moment(at, title, repairer, text)


def _call_backs(call_backs: list[CallBack]) -> Iterator[Moment]:
    """Yields each call and each answer of the customer."""
    for call_back in call_backs:
        for attempt in call_back.attempts.all():
            title = _("回访：%(outcome)s") % {"outcome": attempt.get_outcome_display()}
            yield Moment(attempt.at, title, _name(attempt.by), attempt.note)
        if call_back.answered_at is not None:
            bad = call_back.satisfaction == "dissatisfied"
            yield Moment(
                call_back.answered_at,
                _("用户评价：%(opinion)s") % {"opinion": call_back.get_satisfaction_display()},
                call_back.get_heard_through_display(),
                call_back.remark,
                "bad" if bad else "good",
            )


def _hand_overs(hand_overs: list[HandOver]) -> Iterator[Moment]:
    """Yields each hand-over and its reply."""
    for hand_over in hand_overs:
        facts = {"department": hand_over.get_department_display()}
        title = _("转办%(department)s") % facts
        yield Moment(hand_over.handed_at, title, _name(hand_over.handed_by), hand_over.question)
        reply = getattr(hand_over, "reply", None)
        if reply is not None:
            title = _("%(department)s逾期答复") if reply.late else _("%(department)s答复")
            look = "bad" if reply.late else "good"
            yield Moment(reply.replied_at, title % facts, _name(reply.replied_by), reply.text, look)


def _answers(ticket: Ticket) -> Iterator[Moment]:
    """Yields the answers to an enquiry with the article that they cite."""
    for answer in ticket.answers.select_related("answered_by", "cites__article"):
        cited = f"{answer.cites.article} v{answer.cites.ordinal}"
        yield Moment(
            answer.answered_at,
            _("答复，依据 %(cited)s") % {"cited": cited},
            _name(answer.answered_by),
            answer.text,
            "good",
        )


def _escalations(ticket: Ticket) -> Iterator[Moment]:
    """Yields the escalations of the ticket and its call-backs."""
    for escalation in ticket.escalations.order_by("pk"):
        facts = {"clock": escalation.get_clock_display(), "step": escalation.get_step_display()}
        yield Moment(
            escalation.found_at,
            _("升级：%(clock)s%(step)s") % facts,
            _("通知%(role)s") % {"role": Role(escalation.role).label},
            _("到期 %(due)s") % {"due": due_text(escalation.due_at)},
            "bad",
        )


def _notes(notes: list[TicketNote]) -> Iterator[Moment]:
    """Yields the notes of staff and customer."""
    for note in notes:
        title = _("补充说明（%(source)s）") % {"source": note.get_source_display()}
        yield Moment(note.at, title, name_of(note.by, note.author), note.text)
