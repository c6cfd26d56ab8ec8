"""What each time that a person enters may not lie before, in one table.

A call-back, a reply and a note have no such time: they count when they are entered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.models import (
    Answer,
    Incident,
    SpotCheckItem,
    TemperatureTest,
    Ticket,
    Visit,
    VisitItem,
    VisitOutcome,
)
from complaints.states import VisitState
from office.clock import EventKind
from office.entered_times import AHEAD, Bound, entered_time
from office.language import Text
from office.models.clock_entry import EVENT_NAMES

_STEPS: tuple[tuple[str, Text], ...] = (
    ("assigned_at", _("派工")),
    ("accepted_at", _("接单")),
    ("departed_at", _("出发")),
    ("arrived_at", _("到场")),
    ("found_at", _("登记现场情况")),
)


def last_clock_event(ticket: Ticket) -> Bound:
    """Returns the last event of the ticket's clock: receipt, pause, resumption, end or redo."""
    event = ticket.clock_events.latest("ordinal")
    return Bound(event.at, EVENT_NAMES[EventKind(event.kind)])


def last_step(visit: Visit) -> Bound:
    """Returns the latest step of the visit."""
    steps = [(getattr(visit, column), name) for column, name in _STEPS if getattr(visit, column)]
    instant, name = max(steps, key=lambda step: step[0])
    return Bound(instant, name)


def _work(ticket: Ticket) -> Bound | None:
    """Returns the last visit of this round at which somebody was met."""
    visits = ticket.visits.filter(state=VisitState.COMPLETED, redo_round=ticket.redo_count)
    visit = visits.exclude(outcome=VisitOutcome.NOBODY_HOME).order_by("completed_at").last()
    if visit is None or visit.completed_at is None:
        return None
    return Bound(visit.completed_at, _("上门完成"))


def _restoration(ticket: Ticket) -> Bound | None:
    """Returns the restoration of the ticket's incident; a visit that mended needs none."""
    if ticket.incident is None or ticket.incident.restored_at is None:
        return None
    mended = ticket.visits.filter(outcome=VisitOutcome.FIXED, redo_round=ticket.redo_count)
    if mended.exists():
        return None
    return Bound(ticket.incident.restored_at, _("故障恢复供热"))


def _last_event_of_enquiry(answer: Answer) -> Bound:
    return last_clock_event(answer.ticket)


def _publication(answer: Answer) -> Bound | None:
    """Returns the publication of the article version that the answer cites."""
    published_at = answer.cites.published_at
    return Bound(published_at, _("所引条目发布")) if published_at else None


def _hand_over(answer: Answer) -> Bound | None:
    """Returns the last hand-over: who hands an enquiry over has not answered it yet."""
    hand_over = answer.ticket.hand_overs.order_by("handed_at").last()
    return Bound(hand_over.handed_at, _("转办")) if hand_over else None


def _arrival(item: VisitItem) -> Bound | None:
    arrived_at = item.visit.arrived_at
    return Bound(arrived_at, _("到场")) if arrived_at else None


def _start(incident: Incident) -> Bound:
    return Bound(incident.starts_at, _("停热开始"))


def _report(test: TemperatureTest) -> Bound | None:
    return Bound(test.ticket.reported_at, _("报修")) if test.ticket else None


def _draw(item: SpotCheckItem) -> Bound | None:
    return Bound(item.plan.drawn_at, _("抽取")) if item.plan.drawn_at else None


def _own_report(ticket: Ticket) -> Bound:
    """Returns the report: 12345 cannot want an order done before it was reported."""
    return Bound(ticket.reported_at, _("报告"))


@dataclass(frozen=True)
class EnteredTime:
    """A time on a form or from a phone: its name in sentences, and its lower bounds."""

    name: Text
    bounds: tuple[Callable[[Any], Bound | None], ...] = ()


# The key is the operation that takes the time. Planned times (a deadline of 12345, an expected end,
# a duty) lie ahead and have rules of their own beside their operation.
TIMES: dict[str, EnteredTime] = {
    # First times: nothing on file comes before them.
    "open_ticket": EnteredTime(_("报告")),
    "register_incident": EnteredTime(_("停热开始")),
    "pause_ticket": EnteredTime(_("暂停"), (last_clock_event,)),
    "resume_ticket": EnteredTime(_("恢复"), (last_clock_event,)),
    "resolve_ticket": EnteredTime(_("办结"), (last_clock_event, _work, _restoration)),
    "answer_enquiry": EnteredTime(_("答复"), (_last_event_of_enquiry, _publication, _hand_over)),
    "accept_assignment": EnteredTime(_("接单"), (last_step,)),
    "depart": EnteredTime(_("出发"), (last_step,)),
    "arrive": EnteredTime(_("到场"), (last_step,)),
    "record_finding": EnteredTime(_("登记现场情况"), (last_step,)),
    "complete_visit": EnteredTime(_("上门完成"), (last_step,)),
    "consent": EnteredTime(_("用户同意"), (_arrival,)),
    "measure_on_visit": EnteredTime(_("测温"), (last_step,)),
    "record_temperature_test": EnteredTime(_("测温"), (_report,)),
    "link_spot_check": EnteredTime(_("测温"), (_draw,)),
    "restore_incident": EnteredTime(_("恢复供热"), (_start,)),
}


def true_time(
    operation: str,
    record: Any,
    written: datetime | None,
    *,
    at: datetime,
    ahead: Text = AHEAD,
) -> datetime:
    """Returns when it happened by `office.entered_times.entered_time` and the table above.

    `record` is what the operation's bounds are read from, for an answer or a test the row that is
    about to be saved. Raises what `entered_time` raises.
    """
    bounds = _bounds(operation, record)
    return entered_time(written, bounds, time_name=TIMES[operation].name, at=at, ahead=ahead)


def not_before(operation: str, record: Any, instant: datetime) -> datetime:
    """Returns the instant, or the latest lower bound of this record if that is later.

    For a time that was entered for another record: a joined ticket ends with its main one.
    """
    return max([instant, *(bound.at for bound in _bounds(operation, record))])


def _bounds(operation: str, record: Any) -> list[Bound]:
    return [bound for of in TIMES[operation].bounds if (bound := of(record)) is not None]
