"""Steps of every operation on a connection: its lock, its move, its promise."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from customers.connection.promised import days_of, promise_of
from customers.connection_states import CONNECTION, OPEN_CONNECTIONS
from customers.models import Connection, ConnectionStay
from office.actors import Actor
from office.calendar import business_date
from office.clock import ClockEvent, EventKind, read_clock
from office.entered_times import DayBound
from office.intake.cells import clean_text
from office.language import Text
from office.models import User
from office.promises.reckoning import calendar_as_of, calendar_in_force
from office.refusals import Invalid, NotAllowed, Refused


def person_of(by: Actor) -> User:
    """A step of operations that only staff carry out: returns the person."""
    if by.user is None:
        raise NotAllowed()
    return by.user


def written(text: str, sentence: Text, code: str = "reason_missing") -> str:
    """A step of operations with a reason: returns the text cleaned; refuses an empty one."""
    clean = clean_text(text)
    if not clean:
        raise Invalid(code, sentence)
    return clean


def earliest_day(connection: Connection) -> DayBound:
    """Returns the day before which nothing was done about a connection.

    An application may be entered when work is under way: a day more than a year before is a slip.
    """
    entered_on = business_date(connection.applied_at)
    return DayBound(entered_on - timedelta(days=366), _("申请登记前一年"))


def lock_connection(connection: Connection) -> Connection:
    """A step of each operation on a connection: locks its row and returns it, freshly read."""
    return (
        Connection.objects.select_for_update(of=("self",))
        .select_related("company")
        .get(pk=connection.pk)
    )


def refuse_held(connection: Connection) -> None:
    """A step of operations on a connection: refuses one that is on hold."""
    if connection.held_at is not None:
        raise Refused(
            "connection_on_hold",
            _("%(connection)s 已暂缓，请先恢复办理。"),
            connection=connection,
        )


def begin_step(locked_connection: Connection, *, by: Actor, at: datetime) -> None:
    """A step of operations that bring a connection to a step: promises it and saves both."""
    state = locked_connection.state
    days = days_of(locked_connection.company, state, at)
    due_at, provisional, number = at, False, None
    if days:
        rule = promise_of(days)
        calendar = calendar_in_force(rule)
        reading = read_clock(rule, [ClockEvent(at, EventKind.RECEIVED)], at, calendar)
        due_at, provisional, number = reading.promised, reading.provisional, calendar.number
    ConnectionStay.objects.create(
        connection=locked_connection,
        ordinal=locked_connection.stays.count() + 1,
        state=state,
        days=days,
        received_at=at,
        due_at=due_at,
        provisional=provisional,
        # The number of the calendar before any was published is 0, which is no version's.
        calendar_id=number or None,
        made_at=at,
        made_by=by.label,
    )
    locked_connection.waiting_since = at
    locked_connection.due_at = due_at if days else None
    locked_connection.save()


def leave_step(locked_connection: Connection, verb: str, *, at: datetime) -> None:
    """A step of operations that take a connection from its step: closes the stay."""
    locked_connection.stays.filter(left_at=None).update(left_at=at, left_by=verb)


def move_connection(
    locked_connection: Connection, verb: str, *, by: Actor, at: datetime
) -> Connection:
    """A step of operations on a locked connection: moves it by the verb and promises the new step.

    A connection on hold does not move, but it can be ended; that ends its hold.
    """
    state = CONNECTION.next_state(locked_connection.state, verb)
    still_open = state in OPEN_CONNECTIONS
    if still_open:
        refuse_held(locked_connection)
    if state == locked_connection.state:
        locked_connection.save()
        return locked_connection
    leave_step(locked_connection, verb, at=at)
    locked_connection.state = state
    if still_open:
        locked_connection.ended_at = None
        begin_step(locked_connection, by=by, at=at)
        return locked_connection
    end_hold(locked_connection, at=at)
    locked_connection.waiting_since = at
    locked_connection.ended_at = at
    locked_connection.due_at = None
    locked_connection.save()
    return locked_connection


def end_hold(locked_connection: Connection, *, at: datetime) -> None:
    """A step of resuming and ending: closes the hold and lifts it from the locked connection."""
    locked_connection.holds.filter(ended_at=None).update(ended_at=at)
    locked_connection.held_at = None


def due_after_holds(stay: ConnectionStay, at: datetime) -> datetime | None:
    """A step of resuming: returns until when a stay is promised with its holds counted out."""
    if not stay.days:
        return None
    rule = promise_of(stay.days)
    events = [ClockEvent(stay.received_at, EventKind.RECEIVED)]
    for hold in stay.connection.holds.filter(begun_at__gte=stay.received_at).order_by("pk"):
        events.append(ClockEvent(hold.begun_at, EventKind.PAUSED, hold.reason))
        events.append(ClockEvent(hold.ended_at or at, EventKind.RESUMED))
    return read_clock(rule, events, at, calendar_as_of(rule, stay.calendar_id)).due
