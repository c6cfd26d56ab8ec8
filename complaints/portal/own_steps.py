"""The course of a ticket as its customer may read it: steps and promises.

Findings, remarks, reasons and names that staff wrote for each other are left out, as are other
tickets. The answer to an enquiry is included, since the customer received it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.models import ClockEvent, NoteSource, Promise, PromiseCause, Ticket, Visit
from complaints.portal.own_tickets import OwnIncident, own_incidents
from complaints.promises.due_words import before
from complaints.states import LIVE_CALL_BACKS, CallBackState, TicketState
from complaints.tickets.notes import PHOTO_CAME
from office.clock import ClockState, EventKind
from office.models import Document

CUSTOMERS_PHOTO = "customer_photo"
# So long after the end a customer can say that it is not solved; then it is a new report.
JUDGED_WITHIN = timedelta(days=7)


class Stage(TextChoices):
    """The state of a ticket for the customer, who does not see that it was joined to another."""

    ACCEPTED = "accepted", _("已受理")
    ASSIGNED = "assigned", _("已安排上门")
    WORKING = "working", _("处理中")
    RESOLVED = "resolved", _("已办结")
    CLOSED = "closed", _("已结束")


_STAGES = {
    TicketState.OPEN: Stage.ACCEPTED,
    TicketState.JOINED: Stage.WORKING,
    TicketState.ASSIGNED: Stage.ASSIGNED,
    TicketState.WORKING: Stage.WORKING,
    TicketState.HANDED_OVER: Stage.WORKING,
    TicketState.RESOLVED: Stage.RESOLVED,
    TicketState.CLOSED: Stage.CLOSED,
}
_OVER = (Stage.RESOLVED, Stage.CLOSED)


@dataclass(frozen=True)
class Step:
    """An event of the ticket; `code` is for machines, `text` and `detail` for people."""

    at: datetime
    code: str
    text: str
    detail: str = ""


@dataclass(frozen=True)
class OwnTicket:
    """A ticket as its customer sees it."""

    ticket: Ticket
    stage: Stage
    promise: str
    steps: list[Step]
    photos: int
    incidents: list[OwnIncident]
    asks_opinion: bool
    asks_solved: bool

    @property
    def due_at(self) -> datetime | None:
        return None if self.stage in _OVER else self.ticket.due_at


def stage_of(ticket: Ticket) -> Stage:
    """Returns the stage of the ticket for its customer."""
    return _STAGES[TicketState(ticket.state)]


def promise_of(ticket: Ticket, at: datetime) -> str:
    """Returns "承诺今天 24:00 前" or that the clock is paused; empty once the ticket is
    resolved.
    """
    if stage_of(ticket) in _OVER:
        return ""
    if ticket.clock_state == ClockState.PAUSED.value:
        return gettext("等您这边的安排，恢复后继续计时")
    if ticket.due_at is None:
        return ""
    text = gettext("承诺%(when)s") % {"when": before(ticket.due_at, at)}
    return text if at <= ticket.due_at else gettext("%(said)s，已超时，正在催办") % {"said": text}


def follow(ticket: Ticket, *, at: datetime) -> OwnTicket:
    """Returns everything that customers may know of their own ticket."""
    photos = Document.objects.filter(
        record_type=ContentType.objects.get_for_model(Ticket),
        record_id=ticket.pk,
        kind=CUSTOMERS_PHOTO,
    ).count()
    history = list(ticket.clock_events.order_by("ordinal"))
    over = own_incidents([ticket.account]) if ticket.account else []
    stage = stage_of(ticket)
    return OwnTicket(
        ticket=ticket,
        stage=stage,
        promise=promise_of(ticket, at),
        steps=sorted(_steps(ticket, history), key=lambda step: step.at),
        photos=photos,
        incidents=[] if stage in _OVER else over,
        asks_opinion=ticket.call_backs.filter(state__in=LIVE_CALL_BACKS).exists(),
        asks_solved=may_judge(ticket, history[-1], at),
    )


def may_judge(ticket: Ticket, last: ClockEvent, at: datetime) -> bool:
    """Returns whether the customer can give a verdict on the resolution now."""
    return (
        stage_of(ticket) in _OVER
        and at < last.entered_at + JUDGED_WITHIN
        and not ticket.verdicts.filter(redo_round=ticket.redo_count).exists()
    )


def _steps(ticket: Ticket, history: list[ClockEvent]) -> Iterator[Step]:
    """Yields all steps of the ticket that its customer may read, in no particular order."""
    for event in history:
        yield _clock_step(event)
    for promise in ticket.promises.filter(cause=PromiseCause.RECLASSIFIED):
        yield _promise_step(promise)
    for visit in ticket.visits.order_by("ordinal"):
        yield from _visit_steps(visit)
    for hand_over in ticket.hand_overs.all():
        department = hand_over.get_department_display()
        yield Step(hand_over.handed_at, "handed_over", gettext("已转专业部门"), str(department))
    for answer in ticket.answers.all():
        yield Step(answer.answered_at, "answered", gettext("答复"), answer.text)
    for note in ticket.notes.filter(source=NoteSource.CUSTOMER):
        # The house wrote this note beside a photo: it is read in the customer's language.
        text = gettext("上传了照片") if note.text == PHOTO_CAME else note.text
        yield Step(note.at, "note", gettext("您的补充"), text)
    for verdict in ticket.verdicts.all():
        text = gettext("您确认已解决") if verdict.solved else gettext("您反映尚未解决")
        yield Step(verdict.said_at, "verdict", text, verdict.remark)
    for call_back in ticket.call_backs.filter(state=CallBackState.ANSWERED):
        text = str(call_back.get_satisfaction_display())
        yield Step(
            call_back.answered_at or call_back.owed_since, "opinion", gettext("您的评价"), text
        )


def _clock_step(event: ClockEvent) -> Step:
    """Returns the step for an event of the clock."""
    labels = {
        EventKind.RECEIVED: gettext("已受理"),
        EventKind.PAUSED: gettext("暂停计时"),
        EventKind.RESUMED: gettext("继续处理"),
        EventKind.DONE: gettext("已办结"),
        EventKind.REDO: gettext("重新处理"),
    }
    kind = EventKind(event.kind)
    reason = event.get_reason_display() if event.reason else ""
    return Step(event.at, kind.value, labels[kind], str(reason))


def _promise_step(promise: Promise) -> Step:
    """Returns the step for a promise that was made anew."""
    when = before(promise.due_at, promise.made_at)
    return Step(promise.made_at, "promised", gettext("承诺时间更新"), when)


def _visit_steps(visit: Visit) -> Iterator[Step]:
    """Yields the steps of a visit that have happened."""
    outcome = str(visit.get_outcome_display()) if visit.outcome else ""
    for at, code, text, detail in (
        (visit.assigned_at, "assigned", gettext("已安排上门"), ""),
        (visit.accepted_at, "accepted", gettext("师傅已接单"), ""),
        (visit.departed_at, "departed", gettext("师傅已出发"), ""),
        (visit.arrived_at, "arrived", gettext("师傅已到场"), ""),
        (visit.completed_at, "visited", gettext("上门结束"), outcome),
    ):
        if at is not None:
            yield Step(at, code, text, detail)
