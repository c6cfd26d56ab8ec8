from datetime import UTC, date, datetime, timedelta

import pytest

from office.clock import (
    BadHistory,
    BadRule,
    CalendarDays,
    ClockError,
    ClockEvent,
    ClockReading,
    ClockState,
    Elapsed,
    EventKind,
    NotReceived,
    Rule,
    SameDay,
    WorkingCalendar,
    WorkingDays,
    breached,
    due,
    elapsed,
    explain,
    promise,
    read_clock,
    remaining,
    state,
    time_of_day,
)
from office.zone import SHANGHAI

H = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MIDNIGHT = 24 * H
NEW_YEAR = [date(2026, 1, day) for day in (1, 2, 3)]
SPRING = [date(2026, 2, day) for day in range(15, 24)]
CALENDAR = WorkingCalendar(
    frozenset(NEW_YEAR + SPRING),
    frozenset({date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)}),
)
SMALL_REPAIR = SameDay(18 * H, MIDNIGHT, 12 * H)
THREE_DAYS = CalendarDays(3, MIDNIGHT)
ENQUIRY = WorkingDays(3, MIDNIGHT)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def history(*events: str) -> list[ClockEvent]:
    """Events written as "received 01-12 09:00"."""
    clock_events = []
    for event in events:
        kind, when = event.split(" ", 1)
        clock_events.append(ClockEvent(at(when), EventKind(kind)))
    return clock_events


def read(rule: Rule, as_of: str, *events: str) -> ClockReading:
    return read_clock(rule, history(*events), at(as_of), CALENDAR)


class TestPromise:
    @pytest.mark.parametrize(
        ("rule", "received", "promised"),
        [
            (Elapsed(2 * H), "01-12 23:30", "01-13 01:30"),
            (Elapsed(0 * H), "01-12 23:30", "01-12 23:30"),
            (SMALL_REPAIR, "01-12 00:00", "01-13 00:00"),
            (SMALL_REPAIR, "01-12 18:00", "01-13 00:00"),
            (SMALL_REPAIR, "01-12 18:00:01", "01-13 12:00"),
            (SMALL_REPAIR, "01-12 18:01", "01-13 12:00"),
            (SMALL_REPAIR, "02-28 23:59", "03-01 12:00"),
            (THREE_DAYS, "01-16 15:00", "01-20 00:00"),
            (CalendarDays(1, 18 * H), "01-16 23:59", "01-17 18:00"),
            (CalendarDays(0, MIDNIGHT), "01-16 23:59", "01-17 00:00"),
            (ENQUIRY, "03-03 10:00", "03-07 00:00"),
            (ENQUIRY, "02-12 10:00", "02-25 00:00"),
            (WorkingDays(1, 17 * H + 30 * MINUTE), "01-02 12:00", "01-04 17:30"),
            (WorkingDays(1, MIDNIGHT), "02-27 12:00", "03-01 00:00"),
            (WorkingDays(2, MIDNIGHT), "02-27 12:00", "03-03 00:00"),
        ],
    )
    def test_is_kept_to_the_rule(self, rule: Rule, received: str, promised: str) -> None:
        assert promise(rule, at(received), CALENDAR) == at(promised)

    def test_days_are_those_of_shanghai(self) -> None:
        evening = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)  # the 13th, 01:00
        assert promise(SMALL_REPAIR, evening, CALENDAR) == at("01-14 00:00")

    @pytest.mark.parametrize(
        ("rule", "reason"),
        [
            (WorkingDays(0, MIDNIGHT), "工作日数须大于零"),
            (WorkingDays(-1, MIDNIGHT), "天数超出范围"),
            (CalendarDays(-1, MIDNIGHT), "天数超出范围"),
            (CalendarDays(10**9, MIDNIGHT), "天数超出范围"),
            (CalendarDays(0, 8 * H), "早于受理"),
            (Elapsed(-H), "小时数超出范围"),
            (Elapsed(10**6 * H), "小时数超出范围"),
            (SameDay(18 * H, 8 * H, 12 * H), "早于受理"),
        ],
    )
    def test_refuses_rules_that_promise_nothing(self, rule: Rule, reason: str) -> None:
        with pytest.raises(BadRule, match=reason):
            promise(rule, at("01-12 09:00"), CALENDAR)

    def test_a_calendar_without_working_days_ends(self) -> None:
        closed = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(5000))
        with pytest.raises(BadRule, match="没有足够的工作日"):
            promise(ENQUIRY, at("01-12 09:00"), WorkingCalendar(closed))

    def test_a_day_is_not_both_holiday_and_working(self) -> None:
        day = frozenset({date(2026, 1, 4)})
        with pytest.raises(BadRule, match="2026-01-04 既是假日又是调休上班日"):
            WorkingCalendar(day, day)


class TestReadClock:
    def test_running(self) -> None:
        reading = read(SMALL_REPAIR, "01-12 10:00", "received 01-12 09:00")
        assert reading.state is ClockState.RUNNING
        assert (reading.elapsed_minutes, reading.remaining_minutes) == (60, 840)
        assert (reading.breached, reading.due) == (False, at("01-13 00:00"))

    def test_reaching_the_target_is_not_yet_late(self) -> None:
        on_time = read(SMALL_REPAIR, "01-13 00:00", "received 01-12 09:00")
        assert (on_time.remaining_minutes, on_time.breached) == (0, False)
        late = read(SMALL_REPAIR, "01-13 00:01", "received 01-12 09:00")
        assert (late.remaining_minutes, late.breached) == (-1, True)

    def test_a_second_late_is_late(self) -> None:
        late = read(SMALL_REPAIR, "01-13 00:00:01", "received 01-12 09:00")
        assert (late.remaining_minutes, late.breached) == (-1, True)

    def test_paused_has_no_due_time(self) -> None:
        events = ("received 01-16 15:00", "paused 01-17 08:00")
        reading = read(THREE_DAYS, "01-25 09:00", *events)
        assert (reading.state, reading.due) == (ClockState.PAUSED, None)
        assert (reading.elapsed_minutes, reading.remaining_minutes) == (1020, 3840)

    def test_paused_at_the_very_target_has_no_due_time_either(self) -> None:
        events = ("received 01-12 09:00", "paused 01-12 11:00")
        reading = read(Elapsed(2 * H), "01-12 15:00", *events)
        assert (reading.due, reading.breached, reading.remaining_minutes) == (None, False, 0)

    def test_paused_too_late_keeps_its_due_time(self) -> None:
        events = ("received 01-12 09:00", "paused 01-12 11:01")
        reading = read(Elapsed(2 * H), "01-12 15:00", *events)
        assert (reading.due, reading.breached) == (at("01-12 11:00"), True)

    def test_resumed_moves_the_due_time_by_the_pause(self) -> None:
        events = ("received 01-16 15:00", "paused 01-17 08:00", "resumed 01-18 08:00")
        assert read(THREE_DAYS, "01-18 09:00", *events).due == at("01-21 00:00")

    def test_a_pause_on_days_off_costs_nothing(self) -> None:
        events = ("received 03-05 10:00", "paused 03-07 00:00", "resumed 03-09 00:00")
        reading = read(ENQUIRY, "03-09 12:00", *events)
        assert reading.due == promise(ENQUIRY, at("03-05 10:00"), CALENDAR) == at("03-11 00:00")
        assert reading.elapsed == 50 * H

    def test_due_is_the_earliest_instant(self) -> None:
        # the last counted minute is that of Friday 24:00, not some time on Monday
        events = ("received 03-03 10:00", "paused 03-03 12:00", "resumed 03-03 12:00")
        assert read(ENQUIRY, "03-04 12:00", *events).due == at("03-07 00:00")

    def test_redo_keeps_the_first_clock(self) -> None:
        events = ("received 01-16 15:00", "done 01-17 10:00", "redo 01-19 09:00")
        reading = read(THREE_DAYS, "01-20 09:00", *events)
        assert (reading.state, reading.elapsed_minutes) == (ClockState.RUNNING, 5400)
        assert (reading.breached, reading.due) == (True, at("01-20 00:00"))

    def test_redo_keeps_earlier_pauses_out(self) -> None:
        events = ("received 01-16 15:00", "paused 01-16 16:00", "resumed 01-16 20:00")
        reading = read(THREE_DAYS, "01-17 15:00", *events, "done 01-17 10:00", "redo 01-17 12:00")
        assert reading.elapsed == 20 * H
        assert reading.due == at("01-20 04:00")

    def test_done_while_waiting_ends_the_pause(self) -> None:
        events = ("received 01-12 09:00", "paused 01-12 10:00", "done 01-12 15:00")
        reading = read(SMALL_REPAIR, "01-20 00:00", *events)
        assert (reading.state, reading.elapsed) == (ClockState.DONE, H)
        assert reading.due == at("01-13 05:00")

    def test_what_comes_after_as_of_has_not_happened(self) -> None:
        events = ("received 01-12 09:00", "paused 01-12 10:00", "done 01-12 15:00")
        assert read(SMALL_REPAIR, "01-12 09:30", *events).state is ClockState.RUNNING
        assert read(SMALL_REPAIR, "01-12 10:00", *events).state is ClockState.PAUSED
        assert read(SMALL_REPAIR, "01-12 15:00", *events).state is ClockState.DONE

    def test_events_at_one_instant_keep_their_order(self) -> None:
        events = ("received 01-12 09:00", "done 01-12 09:00", "redo 01-12 09:00")
        assert read(SMALL_REPAIR, "01-12 10:00", *events).elapsed == H

    def test_zones_do_not_matter(self) -> None:
        event = ClockEvent(at("01-12 18:00").astimezone(UTC), EventKind.RECEIVED)
        reading = read_clock(SMALL_REPAIR, [event], at("01-12 19:00").astimezone(UTC), CALENDAR)
        assert (reading.elapsed_minutes, reading.due) == (60, at("01-13 00:00"))

    def test_beyond_the_announced_years_it_is_provisional(self) -> None:
        calendar = WorkingCalendar(known_years=frozenset({2026}))
        received = [ClockEvent(at("12-29 09:00"), EventKind.RECEIVED)]
        now = at("12-29 10:00")
        assert not read_clock(WorkingDays(2, MIDNIGHT), received, now, calendar).provisional
        assert read_clock(WorkingDays(3, MIDNIGHT), received, now, calendar).provisional
        assert not read_clock(CalendarDays(9, MIDNIGHT), received, now, calendar).provisional

    def test_the_short_questions_agree_with_the_reading(self) -> None:
        events = history("received 01-12 09:00", "paused 01-12 10:00")
        question = (SMALL_REPAIR, events, at("01-12 12:00"), CALENDAR)
        reading = read_clock(*question)
        assert due(*question) is None
        assert elapsed(*question) == reading.elapsed == H
        assert remaining(*question) == reading.remaining == 14 * H
        assert breached(*question) is False
        assert explain(*question) == reading.intervals
        assert state(events, at("01-12 12:00")) is ClockState.PAUSED


class TestRefusedHistories:
    @pytest.mark.parametrize(
        ("events", "reason"),
        [
            ([], "第一个事件须是受理"),
            (["paused 01-12 09:00"], "第一个事件须是受理"),
            (["done 01-12 09:00", "received 01-12 10:00"], "第一个事件须是受理"),
            (["received 01-12 09:00", "received 01-12 10:00"], "已受理"),
            (["received 01-12 09:00", "resumed 01-12 10:00"], "没有暂停"),
            (["received 01-12 09:00", "redo 01-12 10:00"], "尚未办结"),
            (["received 01-12 09:00", "paused 01-12 10:00", "paused 01-12 11:00"], "未在计时"),
            (["received 01-12 09:00", "paused 01-12 10:00", "redo 01-12 11:00"], "尚未办结"),
            (["received 01-12 09:00", "done 01-12 10:00", "done 01-12 11:00"], "已办结"),
            (["received 01-12 09:00", "done 01-12 10:00", "paused 01-12 11:00"], "未在计时"),
            (["received 01-12 09:00", "done 01-12 10:00", "resumed 01-12 11:00"], "没有暂停"),
            (["received 01-12 09:00", "done 01-12 08:59"], "事件时间倒退"),
            (["received 01-12 09:00", "paused 01-12 11:00", "resumed 01-12 10:00"], "倒退"),
        ],
    )
    def test_each_with_its_reason(self, events: list[str], reason: str) -> None:
        with pytest.raises(BadHistory, match=reason):
            read(SMALL_REPAIR, "01-20 00:00", *events)
        with pytest.raises(BadHistory, match=reason):
            state(history(*events), at("01-20 00:00"))

    def test_nothing_is_known_before_the_receipt(self) -> None:
        with pytest.raises(NotReceived, match="在查询时刻之前没有受理"):
            read(SMALL_REPAIR, "01-12 08:59", "received 01-12 09:00")

    def test_instants_need_a_zone(self) -> None:
        naive = datetime(2026, 1, 12, 9)  # noqa: DTZ001 - the point of the test
        with pytest.raises(ClockError, match="带时区"):
            read_clock(SMALL_REPAIR, history("received 01-12 09:00"), naive, CALENDAR)
        with pytest.raises(ClockError, match="带时区"):
            read_clock(
                SMALL_REPAIR,
                [ClockEvent(naive, EventKind.RECEIVED)],
                at("01-12 10:00"),
                CALENDAR,
            )


class TestTimeOfDay:
    @pytest.mark.parametrize(("text", "minutes"), [("00:00", 0), ("17:30", 1050), ("24:00", 1440)])
    def test_reads(self, text: str, minutes: int) -> None:
        assert time_of_day(text) == minutes * MINUTE

    @pytest.mark.parametrize(
        "text",
        ["", "18", "1800", "8:00", "18:60", "24:01", "25:00", "-1:00", "18:00:00", "１８:００"],
    )
    def test_refuses(self, text: str) -> None:
        with pytest.raises(BadRule, match="时刻"):
            time_of_day(text)


class TestExplain:
    def test_tells_every_interval(self) -> None:
        events = history("received 02-13 10:00", "paused 02-14 08:00", "resumed 02-24 09:00")
        events[1] = ClockEvent(events[1].at, events[1].kind, "用户外出")
        reading = read_clock(ENQUIRY, events, at("02-24 12:00"), CALENDAR)
        assert reading.explain().splitlines() == [
            "2026-02-13 10:00 受理，承诺 2026-02-26 00:00，时限 5160 分钟",
            "2026-02-13 10:00 至 2026-02-14 08:00 计时 1320 分钟（工作日）",
            "2026-02-14 08:00 至 2026-02-24 09:00 不计 14460 分钟（等待用户：用户外出）",
            "2026-02-24 09:00 至 2026-02-24 12:00 计时 180 分钟（工作日）",
            "已用 1500 分钟，剩余 3660 分钟",
            "到期 2026-02-27 01:00",
        ]

    def test_tells_days_off_apart(self) -> None:
        reading = read(ENQUIRY, "02-24 12:00", "received 02-12 10:00")
        assert [(part.counted, part.reason) for part in reading.intervals] == [
            (True, "工作日"),
            (False, "法定节假日"),
            (True, "工作日"),
        ]
        weekend = read(ENQUIRY, "03-09 12:00", "received 03-06 10:00")
        assert [part.reason for part in weekend.intervals] == ["工作日", "周末", "工作日"]

    def test_says_why_a_redo_counts(self) -> None:
        events = ("received 01-16 15:00", "done 01-17 10:00", "redo 01-19 09:00")
        reading = read(THREE_DAYS, "01-20 09:00", *events)
        assert [part.reason for part in reading.intervals] == [
            "连续计时",
            "返工，首次计时不停",
            "连续计时",
        ]

    def test_says_that_a_pause_has_no_due_time(self) -> None:
        reading = read(THREE_DAYS, "01-18 09:00", "received 01-16 15:00", "paused 01-17 10:00")
        assert reading.explain().endswith("到期 暂停中，恢复后重新推算")
