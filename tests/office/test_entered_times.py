"""A time or day that a person enters lies between its causes and now; a form knows minutes only."""

from datetime import date, timedelta

import pytest

from office.entered_times import Bound, DayBound, entered_time, refuse_earlier_day
from office.refusals import Invalid, Refused
from tests.service_desk import HOUR, MINUTE, t

NOON = t("2026-01-13 12:00")
ARRIVAL = Bound(t("2026-01-13 10:00"), "到场")
WORK = Bound(t("2026-01-13 10:05:40"), "上门完成")


def read(text: str | None) -> object:
    return entered_time(t(text) if text else None, (ARRIVAL, WORK), time_name="办结", at=NOON)


class TestEnteredTime:
    def test_nothing_written_means_now(self) -> None:
        assert read(None) == NOON

    def test_what_was_written_between_the_last_cause_and_now(self) -> None:
        assert read("2026-01-13 10:06") == t("2026-01-13 10:06")
        assert read("2026-01-13 12:00") == NOON

    def test_the_minute_of_the_cause_is_not_before_it(self) -> None:
        assert read("2026-01-13 10:05") == WORK.at

    def test_a_second_of_that_minute_before_the_cause_is(self) -> None:
        with pytest.raises(Refused, match="办结时间 2026-01-13 10:05 早于上门完成"):
            read("2026-01-13 10:05:39")

    def test_refused_before_the_latest_cause(self) -> None:
        with pytest.raises(Refused) as refusal:
            read("2026-01-12 23:00")
        assert (refusal.value.code, refusal.value.sentence) == (
            "time_too_early",
            "办结时间 2026-01-12 23:00 早于上门完成（2026-01-13 10:05），请核对后重填。",
        )

    def test_refused_ahead_of_now(self) -> None:
        with pytest.raises(Invalid, match="不能晚于现在"):
            read("2026-01-13 12:01")

    def test_refused_while_the_servers_clock_is_behind_what_is_on_file(self) -> None:
        for written in (None, NOON - 3 * HOUR):
            with pytest.raises(Refused, match="服务器时钟可能被调慢"):
                entered_time(written, [WORK], time_name="办结", at=WORK.at - MINUTE)

    def test_without_a_cause_on_file_not_more_than_a_year_ago(self) -> None:
        oldest = NOON - timedelta(days=366)
        assert entered_time(oldest, (), time_name="报告", at=NOON) == oldest
        with pytest.raises(Refused, match="报告时间 2016-01-13 12:00 早于一年前的今天") as refusal:
            entered_time(t("2016-01-13 12:00"), (), time_name="报告", at=NOON)
        assert refusal.value.code == "time_too_early"

    def test_with_a_cause_the_cause_counts_however_old(self) -> None:
        cause = Bound(NOON - timedelta(days=800), "报修")
        assert entered_time(cause.at, [cause], time_name="测温", at=NOON) == cause.at


class TestRefuseEarlierDay:
    def test_not_before_the_latest_of_its_causes(self) -> None:
        signing = DayBound(date(2026, 3, 2), "合同签订")
        application = DayBound(date(2026, 2, 1), "申请")
        refuse_earlier_day(date(2026, 3, 2), application, signing, day_name="启动会日期")
        with pytest.raises(Invalid) as refusal:
            refuse_earlier_day(date(2026, 3, 1), signing, application, day_name="启动会日期")
        assert (refusal.value.code, refusal.value.sentence) == (
            "day_too_early",
            "启动会日期 2026-03-01 早于合同签订（2026-03-02），请核对后重填。",
        )
