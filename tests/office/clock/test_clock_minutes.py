"""The service clock against an oracle that goes through a history minute by minute."""

import random
from bisect import bisect_left
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from office.clock import (
    CalendarDays,
    ClockEvent,
    ClockReading,
    Elapsed,
    EventKind,
    Rule,
    SameDay,
    WorkingCalendar,
    WorkingDays,
    read_clock,
)
from office.zone import SHANGHAI

H = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MIDNIGHT = 24 * H
CALENDAR = WorkingCalendar(
    frozenset(date(2026, 2, day) for day in range(15, 24)),
    frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
)


class Oracle:
    """The README minute by minute: a byte per minute, 1 where the rule's time runs."""

    first = date(2026, 1, 25)
    start = datetime(2026, 1, 25, tzinfo=SHANGHAI)
    days = 85

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.always = bytes([1]) * (self.days * 1440)
        self.working = b"".join(
            bytes([calendar.is_working(self.first + timedelta(days=n))]) * 1440
            for n in range(self.days)
        )

    def minute(self, when: datetime) -> int:
        return (when - self.start) // MINUTE

    def answer(
        self, rule: Rule, promised: int, events: list[tuple[int, str]], now: int
    ) -> tuple[str, int, int, bool, int | None]:
        time = self.working if isinstance(rule, WorkingDays) else self.always
        received, last = events[0][0], events[-1]
        target = time[received:promised].count(1)
        running = bytearray(time)
        for (since, kind), (until, _) in pairwise([*events, (len(time), "end")]):
            if kind == "paused":
                running[since:until] = bytes(until - since)
        stop = last[0] if last[1] == "done" else now
        used = running[received:stop].count(1)
        name = {"paused": "paused", "done": "done"}.get(last[1], "running")
        due = bisect_left(
            range(len(time)),
            target,
            lo=received,
            key=lambda minute: running[received:minute].count(1),
        )
        if not any(kind == "paused" and since < promised for since, kind in events):
            due = promised
        resting = name == "paused" and used <= target
        return name, used, target - used, used > target, None if resting else due

    def promised(self, rule: Rule, received: int) -> int:
        """The due time of an unpaused promise, by tearing off one calendar leaf after the other."""
        leaf, time_of_day = received // 1440 * 1440, received % 1440
        if isinstance(rule, Elapsed):
            return received + rule.hours // MINUTE
        if isinstance(rule, SameDay):
            if time_of_day > rule.cutoff // MINUTE:
                return leaf + 1440 + rule.next_day_end // MINUTE
            return leaf + rule.day_end // MINUTE
        left = rule.days
        while left:
            leaf += 1440
            left -= self.working[leaf] if isinstance(rule, WorkingDays) else 1
        return leaf + rule.day_end // MINUTE


RULES: list[Rule] = [
    Elapsed(2 * H),
    Elapsed(24 * H),
    SameDay(18 * H, MIDNIGHT, 12 * H),
    SameDay(12 * H, MIDNIGHT, 12 * H),
    SameDay(21 * H + 30 * MINUTE, MIDNIGHT, 9 * H),
    CalendarDays(1, 18 * H),
    CalendarDays(3, MIDNIGHT),
    WorkingDays(1, 17 * H + 30 * MINUTE),
    WorkingDays(3, MIDNIGHT),
    WorkingDays(5, 17 * H + 30 * MINUTE),
]
NEXT = {
    "received": ("paused", "done"),
    "paused": ("resumed", "resumed", "done"),
    "resumed": ("paused", "done"),
    "done": ("redo",),
    "redo": ("paused", "done"),
}


def random_events(dice: random.Random) -> tuple[list[tuple[int, str]], int]:
    """A possible history in minutes since the oracle's start, and a later minute to ask about."""
    when, kind = dice.randrange(25 * 1440), "received"
    events = [(when, kind)]
    for _ in range(dice.choice((0, 0, 1, 2, 3, 4, 6))):
        when += dice.choice((0, 1, 30, 600, 1440, 4000)) * dice.randrange(3) + dice.randrange(60)
        kind = dice.choice(NEXT[kind])
        events.append((when, kind))
    return events, when + dice.choice((0, 1, 60, 1440, 5000))


class TestAgainstMinuteByMinute:
    @pytest.mark.parametrize("seed", range(10))
    def test_agree(self, seed: int) -> None:
        dice, oracle = random.Random(seed), Oracle(CALENDAR)
        for _ in range(1000):
            minutes, now = random_events(dice)
            rule = dice.choice(RULES)
            events = [
                ClockEvent(oracle.start + when * MINUTE, EventKind(kind)) for when, kind in minutes
            ]
            reading = read_clock(rule, events, oracle.start + now * MINUTE, CALENDAR)
            expected = oracle.answer(rule, oracle.promised(rule, minutes[0][0]), minutes, now)
            got = (
                reading.state.value,
                reading.elapsed_minutes,
                reading.remaining_minutes,
                reading.breached,
                None if reading.due is None else oracle.minute(reading.due),
            )
            assert got == expected, (rule, minutes, now)
            self.assert_explained(reading)

    def assert_explained(self, reading: ClockReading) -> None:
        parts = reading.intervals
        assert sum((part.length for part in parts if part.counted), 0 * H) == reading.elapsed
        assert all(before.ends == after.starts for before, after in pairwise(parts))
        if parts:
            assert parts[0].starts == reading.received
