"""The history of a promise: its events, the orders in which they may come, and the spans
between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from office.clock.rules import ClockError, local


class BadHistory(ClockError):
    """The events cannot have happened in this order."""


class NotReceived(BadHistory):
    """The instant asked about lies before the receipt."""


class EventKind(StrEnum):
    RECEIVED = "received"
    PAUSED = "paused"
    RESUMED = "resumed"
    DONE = "done"
    REDO = "redo"


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True)
class ClockEvent:
    """An event of the promise at an aware instant; `reason` explains a pause."""

    at: datetime
    kind: EventKind
    reason: str = ""


@dataclass(frozen=True)
class Span:
    """The time from one event to the next; the last span is open-ended."""

    starts: datetime
    ends: datetime | None
    paused: bool
    reason: str


_MAY_FOLLOW = {
    EventKind.RECEIVED: frozenset[EventKind](),
    EventKind.PAUSED: frozenset({EventKind.RECEIVED, EventKind.RESUMED, EventKind.REDO}),
    EventKind.RESUMED: frozenset({EventKind.PAUSED}),
    EventKind.DONE: frozenset(
        {EventKind.RECEIVED, EventKind.PAUSED, EventKind.RESUMED, EventKind.REDO}
    ),
    EventKind.REDO: frozenset({EventKind.DONE}),
}
_REFUSALS = {
    EventKind.RECEIVED: "已受理，不能再次受理",
    EventKind.PAUSED: "未在计时，不能暂停",
    EventKind.RESUMED: "没有暂停，不能恢复",
    EventKind.DONE: "已办结，不能再次办结",
    EventKind.REDO: "尚未办结，不能返工",
}


def check_history(events: Sequence[ClockEvent]) -> None:
    """Refuses a history that does not begin with a receipt, runs backwards or contradicts
    itself.
    """
    if not events or events[0].kind is not EventKind.RECEIVED:
        raise NotReceived("第一个事件须是受理")
    for event in events:
        local(event.at)
    for before, event in pairwise(events):
        if event.at < before.at:
            raise BadHistory(f"事件时间倒退：{event.kind} 早于 {before.kind}")
        if before.kind not in _MAY_FOLLOW[event.kind]:
            raise BadHistory(_REFUSALS[event.kind])


def spans_of(events: Sequence[ClockEvent]) -> tuple[list[Span], ClockState]:
    """Returns the history as spans without gaps, the last open; after `done` it counts as
    unpaused.
    """
    spans = []
    for event, after in pairwise([*events, None]):
        assert event is not None  # noqa: S101 - only the last of a pair is None
        ends = after.at if after else None
        paused = event.kind is EventKind.PAUSED
        reason = "等待用户" + (f"：{event.reason}" if event.reason else "") if paused else ""
        if event.kind is EventKind.DONE:
            reason = "返工，首次计时不停"
        spans.append(Span(event.at, ends, paused, reason))
    last = events[-1].kind
    if last is EventKind.PAUSED:
        return spans, ClockState.PAUSED
    return spans, ClockState.DONE if last is EventKind.DONE else ClockState.RUNNING
