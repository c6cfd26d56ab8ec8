"""The service clock: when a promise is due, how much of it is used, and why.

*Rule time* is wall-clock time; for `WorkingDays`, the time on working days only, all 24 hours of
them. The target is the rule time from receipt to the promised instant. Only waiting for the
customer pauses the clock; with pauses the due time is the earliest instant at which the unpaused
rule time reaches the target. Events after `as_of` have not happened yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from office.clock.history import (
    ClockEvent,
    ClockState,
    NotReceived,
    Span,
    check_history,
    spans_of,
)
from office.clock.rules import (
    LONGEST_SEARCH,
    BadRule,
    Rule,
    WorkingCalendar,
    WorkingDays,
    local,
    midnight,
    promise,
)

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta(0)


@dataclass(frozen=True)
class Interval:
    """An interval of time, whether it counts, and why."""

    starts: datetime
    ends: datetime
    counted: bool
    reason: str

    @property
    def length(self) -> timedelta:
        return self.ends - self.starts

    def explain(self) -> str:
        """Returns the interval in one line: from when to when, its minutes, counted or not, why."""
        word = "计时" if self.counted else "不计"
        return (
            f"{self.starts:%Y-%m-%d %H:%M} 至 {self.ends:%Y-%m-%d %H:%M} "
            f"{word} {minutes(self.length)} 分钟（{self.reason}）"
        )


@dataclass(frozen=True)
class ClockReading:
    """Everything the clock says at one instant, `as_of`.

    `target` is the rule time from receipt to the promised instant, `elapsed` what is used of it.
    `due` is None while the clock is paused: it depends on when the customer is ready.
    """

    state: ClockState
    received: datetime
    as_of: datetime
    promised: datetime
    target: timedelta
    elapsed: timedelta
    due: datetime | None
    provisional: bool
    intervals: tuple[Interval, ...] = field(repr=False)

    @property
    def remaining(self) -> timedelta:
        """Returns the target less the elapsed time, negative when late."""
        return self.target - self.elapsed

    @property
    def breached(self) -> bool:
        """Returns whether more than the target has been used."""
        return self.elapsed > self.target

    @property
    def elapsed_minutes(self) -> int:
        return minutes(self.elapsed)

    @property
    def remaining_minutes(self) -> int:
        """Returns the whole minutes left, rounded down; negative exactly when breached."""
        return minutes(self.remaining)

    def explain(self) -> str:
        """Returns the receipt, every interval with whether it counts, and the due time."""
        due = "暂停中，恢复后重新推算" if self.due is None else f"{self.due:%Y-%m-%d %H:%M}"
        note = "（日历未公布，暂定）" if self.provisional else ""
        promised = f"承诺 {self.promised:%Y-%m-%d %H:%M}，时限 {minutes(self.target)} 分钟"
        return "\n".join(
            [
                f"{self.received:%Y-%m-%d %H:%M} 受理，{promised}",
                *(interval.explain() for interval in self.intervals),
                f"已用 {self.elapsed_minutes} 分钟，剩余 {self.remaining_minutes} 分钟",
                f"到期 {due}{note}",
            ]
        )


def read_clock(
    rule: Rule, events: Sequence[ClockEvent], as_of: datetime, calendar: WorkingCalendar
) -> ClockReading:
    """Returns state, elapsed, remaining, due and breach at `as_of`.

    `events` are in the order they happened; two at one instant keep the order given. Raises
    ClockError for a bad history.
    """
    now = local(as_of)
    happened = [
        ClockEvent(local(event.at), event.kind, event.reason)
        for event in events
        if local(event.at) <= now
    ]
    check_history(events)
    if not happened:
        raise NotReceived("在查询时刻之前没有受理")
    received = happened[0].at
    promised = promise(rule, received, calendar)
    spans, state = spans_of(happened)
    target = _rule_time(rule, calendar, received, promised)
    stop = happened[-1].at if state is ClockState.DONE else now
    intervals = tuple(_intervals(rule, calendar, spans, stop))
    elapsed = sum((part.length for part in intervals if part.counted), _NOTHING)
    due = _due(rule, calendar, spans, promised, target)
    # A promise that was breached before the pause has its due time, and keeps it.
    if state is ClockState.PAUSED and elapsed <= target:
        due = None
    return ClockReading(
        state=state,
        received=received,
        as_of=now,
        promised=promised,
        target=target,
        elapsed=elapsed,
        due=due,
        provisional=_is_provisional(rule, calendar, received, due or promised),
        intervals=intervals,
    )


def state(events: Sequence[ClockEvent], as_of: datetime) -> ClockState:
    """Returns whether the clock is running, paused or done at `as_of`."""
    check_history(events)
    happened = [event for event in events if event.at <= as_of]
    if not happened:
        raise NotReceived("在查询时刻之前没有受理")
    return spans_of(happened)[1]


def due(
    rule: Rule, events: Sequence[ClockEvent], as_of: datetime, calendar: WorkingCalendar
) -> datetime | None:
    """Returns when the promise is due; None while it is paused and not yet breached."""
    return read_clock(rule, events, as_of, calendar).due


def elapsed(
    rule: Rule, events: Sequence[ClockEvent], as_of: datetime, calendar: WorkingCalendar
) -> timedelta:
    """Returns the unpaused rule time up to `as_of`, or up to the end."""
    return read_clock(rule, events, as_of, calendar).elapsed


def remaining(
    rule: Rule, events: Sequence[ClockEvent], as_of: datetime, calendar: WorkingCalendar
) -> timedelta:
    """Returns the target less what has elapsed, negative when late."""
    return read_clock(rule, events, as_of, calendar).remaining


def breached(
    rule: Rule, events: Sequence[ClockEvent], as_of: datetime, calendar: WorkingCalendar
) -> bool:
    """Returns whether more than the target is used."""
    return read_clock(rule, events, as_of, calendar).breached


def explain(
    rule: Rule, events: Sequence[ClockEvent], as_of: datetime, calendar: WorkingCalendar
) -> tuple[Interval, ...]:
    """Returns every interval from receipt to `as_of` or the end, without gaps, with its reason."""
    return read_clock(rule, events, as_of, calendar).intervals


def minutes(length: timedelta) -> int:
    """Returns whole minutes, rounded down."""
    return length // _MINUTE


def _due(
    rule: Rule,
    calendar: WorkingCalendar,
    spans: Sequence[Span],
    promised: datetime,
    target: timedelta,
) -> datetime | None:
    """Returns when the rule time outside pauses reaches the target.

    Returns None where the history ends in a pause before that.
    """
    # Without a pause it is the promised instant itself, without reckoning there and back.
    if not any(span.paused and span.starts < promised for span in spans):
        return promised
    left = target
    for span in spans:
        if span.paused:
            continue
        if span.ends is None:
            return _advance(rule, calendar, span.starts, left)
        used = _rule_time(rule, calendar, span.starts, span.ends)
        if used >= left:
            return _advance(rule, calendar, span.starts, left)
        left -= used
    return None


def _rule_time(
    rule: Rule, calendar: WorkingCalendar, starts: datetime, ends: datetime
) -> timedelta:
    """Returns how much rule time lies between two instants; nothing if the end comes first."""
    if not isinstance(rule, WorkingDays):
        return max(ends - starts, _NOTHING)
    return sum(
        (
            until - since
            for since, until in _days(starts, ends)
            if calendar.is_working(since.date())
        ),
        _NOTHING,
    )


def _advance(
    rule: Rule, calendar: WorkingCalendar, starts: datetime, length: timedelta
) -> datetime:
    """Returns the earliest instant at which `length` of rule time has passed since `starts`."""
    if not isinstance(rule, WorkingDays) or not length:
        return starts + length
    left = length
    # Twice the length and the longest run of days off: a calendar without working days ends it.
    for since, until in _days(starts, starts + LONGEST_SEARCH * _DAY + 2 * length):
        if not calendar.is_working(since.date()):
            continue
        if until - since >= left:
            return since + left
        left -= until - since
    raise BadRule("日历中没有足够的工作日")


def _intervals(
    rule: Rule, calendar: WorkingCalendar, spans: Sequence[Span], stop: datetime
) -> Iterator[Interval]:
    """Yields the intervals of every span up to `stop`, each counted or not, and why."""
    for span in spans:
        ends = stop if span.ends is None else span.ends
        if ends <= span.starts:
            continue
        if span.paused:
            yield Interval(span.starts, ends, counted=False, reason=span.reason)
        elif isinstance(rule, WorkingDays):
            yield from _working_intervals(calendar, span, ends)
        else:
            yield Interval(span.starts, ends, counted=True, reason=span.reason or "连续计时")


def _working_intervals(calendar: WorkingCalendar, span: Span, ends: datetime) -> Iterator[Interval]:
    """Cuts a span where working days and days off meet; neighbouring days of one kind are
    joined.
    """
    joined: Interval | None = None
    for since, until in _days(span.starts, ends):
        day = since.date()
        counted = calendar.is_working(day)
        reason = span.reason or "工作日" if counted else calendar.why_closed(day)
        if joined and (joined.counted, joined.reason) == (counted, reason):
            joined = Interval(joined.starts, until, counted, reason)
            continue
        if joined:
            yield joined
        joined = Interval(since, until, counted, reason)
    if joined:
        yield joined


def _days(starts: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yields the parts of a span of time between one midnight and the next."""
    since = starts
    while since < ends:
        until = min(midnight(since.date() + _DAY), ends)
        yield since, until
        since = until


def _is_provisional(
    rule: Rule, calendar: WorkingCalendar, received: datetime, until: datetime
) -> bool:
    """Returns whether a year from receipt to `until` has no published calendar yet.

    Only working days depend on it. An `until` of midnight belongs to the day that it ends.
    """
    if not isinstance(rule, WorkingDays):
        return False
    last = max(until - _MINUTE, received).date()
    return not all(calendar.knows(date(year, 1, 1)) for year in range(received.year, last.year + 1))
