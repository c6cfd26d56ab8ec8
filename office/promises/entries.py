"""A further event of a promise: when it may be entered. The caller holds the record's lock."""

from collections.abc import Mapping, Sequence

from office.clock import BadHistory, EventKind, check_history
from office.entered_times import CLOCK_MOVED_BACK, Bound, entered_time
from office.language import Text
from office.models import ClockEntry
from office.models.clock_entry import EVENT_NAMES
from office.refusals import Refused


def check_entry(
    history: Sequence[ClockEntry], entry: ClockEntry, advice: Mapping[EventKind, Text]
) -> None:
    """Refuses an event that cannot follow the history: by its times or by its order.

    `history` has at least the receipt, in order; `entry` is not saved yet. `advice` is what the
    sentence tells a clerk to do where the order is wrong, by the kind of event.
    """
    last = history[-1]
    if entry.entered_at < max(event.entered_at for event in history):
        raise Refused("clock_moved_back", CLOCK_MOVED_BACK)
    kind = EventKind(entry.kind)
    last_event = Bound(last.at, EVENT_NAMES[EventKind(last.kind)])
    entered_time(entry.at, [last_event], time_name=EVENT_NAMES[kind], at=entry.entered_at)
    try:
        check_history([event.pure() for event in [*history, entry]])
    except BadHistory:
        raise Refused("clock_order", advice[kind]) from None
