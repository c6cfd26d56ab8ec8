"""A further event of a promise: when it may be entered. The caller holds the record's lock."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from office.clock import BadHistory, EventKind, check_history
from office.language import Text
from office.models import ClockEntry
from office.models.clock_entry import EVENT_NAMES
from office.refusals import Invalid, Refused
from office.zone import SHANGHAI


def true_time(happened_at: datetime | None, at: datetime) -> datetime:
    """Returns when an event happened: now, or the earlier instant that was written down.

    Raises `Invalid` for an instant ahead of now.
    """
    if happened_at is None:
        return at
    if happened_at > at:
        raise Invalid("time_ahead", _("发生时间不能晚于现在，请核对日期和时间。"))
    return happened_at


def check_entry(
    history: Sequence[ClockEntry], entry: ClockEntry, advice: Mapping[EventKind, Text]
) -> None:
    """Refuses an event that cannot follow the history: by its times or by its order.

    `history` has at least the receipt, in order; `entry` is not saved yet. `advice` is what the
    sentence tells a clerk to do where the order is wrong, by the kind of event.
    """
    last = history[-1]
    if entry.entered_at < max(event.entered_at for event in history):
        raise Refused(
            "clock_moved_back",
            _("系统时间早于上一次录入，服务器时钟可能被调慢；请联系系统管理员校时后再办理。"),
        )
    if entry.at > entry.entered_at:
        raise Invalid("time_ahead", _("发生时间不能晚于现在，请核对日期和时间。"))
    kind = EventKind(entry.kind)
    if entry.at < last.at:
        raise Refused(
            "before_last_event",
            _("%(what)s时间早于上一事件（%(name)s %(when)s），请核对后重填。"),
            what=EVENT_NAMES[kind],
            name=EVENT_NAMES[EventKind(last.kind)],
            when=f"{last.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        )
    try:
        check_history([event.pure() for event in [*history, entry]])
    except BadHistory:
        raise Refused("clock_order", advice[kind]) from None
