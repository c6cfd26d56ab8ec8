"""Meters of an account and their readings: refused, held back, confirmed, replaced."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from billing.metering.meters import (
    FinalReading,
    NewMeter,
    install_meter,
    remove_meter,
    replace_meter,
)
from billing.metering.on_record import histories, with_counted_readings
from billing.metering.readings import (
    confirm_meter_reading,
    refuse_meter_reading,
)
from billing.models import (
    HeatUnit,
    Meter,
    MeterReadingLimit,
    ReadingSource,
)
from billing.rules.meter_readings import total_heat
from customers.models import Account
from heating.roles import CLERK
from office.actors import Actor
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.adjustments.desk import Desk
from tests.billing.metering.meter_desk import (
    INSTALLED,
    READ,
    D,
    heat,
    install,
    publish,
    read,
    values,
)
from tests.builders import NOW, a_company, a_member_of_staff, an_account

pytestmark = pytest.mark.django_db


class TestInstallMeter:
    def test_a_number_is_kept_in_its_normal_form_and_once_in_a_company(
        self, desk: Desk, account: Account
    ) -> None:
        meter = install(desk, account, " ａb 77/88 ")
        assert (meter.number, values(meter)) == ("AB7788", [(INSTALLED, D("0.000"), "start")])
        other = an_account(a_company())
        with pytest.raises(Refused, match=f"表号 AB7788 已登记在户号 {account.number}"):
            install(desk, other, "AB7788")
        assert Meter.objects.count() == 1

    @pytest.mark.parametrize(
        ("new_meter", "on", "code"),
        [
            (NewMeter("表 7", HeatUnit.GJ, D(0)), INSTALLED, "meter_number_wrong"),
            (NewMeter("7", HeatUnit.GJ, D(0), 2), INSTALLED, "register_digits_wrong"),
            (NewMeter("7", HeatUnit.GJ, D(0), None, D(0)), INSTALLED, "factor_not_positive"),
            (NewMeter("7", HeatUnit.GJ, D(-1)), INSTALLED, "reading_negative"),
            (NewMeter("7", HeatUnit.GJ, D(1000), 3), INSTALLED, "reading_too_long"),
            (NewMeter("7", HeatUnit.GJ, D(0)), date(2025, 11, 11), "installed_ahead"),
            (NewMeter("7", HeatUnit.GJ, D(0)), date(2005, 10, 1), "day_too_early"),
        ],
    )
    def test_what_no_meter_has_is_refused(
        self, desk: Desk, account: Account, new_meter: NewMeter, on: date, code: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            install_meter(account, new_meter, on=on, source="单", by=desk.clerk, at=NOW)
        assert (refusal.value.code, Meter.objects.count()) == (code, 0)

    def test_a_cashier_may_not(self, desk: Desk, account: Account) -> None:
        with pytest.raises(NotAllowed):
            install_meter(
                account, NewMeter("7", HeatUnit.GJ, D(0)), on=INSTALLED, source="单",
                by=desk.cashier, at=NOW,
            )  # fmt: skip
        assert Meter.objects.count() == 0

    def test_the_database_changes_no_meter_and_no_reading(
        self, desk: Desk, account: Account
    ) -> None:
        meter = install(desk, account)
        for rows in (Meter.objects.filter(pk=meter.pk), meter.readings.all()):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                rows.update(entered_at=NOW)


class TestRecordMeterReading:
    def test_1200_typed_for_120_waits_for_another_person(
        self, desk: Desk, account: Account
    ) -> None:
        publish(desk)
        meter = install(desk, account)
        slip = read(desk, meter, "1200")
        assert slip.held_reason == "31 日用热 1,200 GJ，超过每日 10 GJ 的限值（抄表办法第六条）"
        with pytest.raises(Refused, match="正在等待核实"):
            read(desk, meter, "1201")
        refuse_meter_reading(slip, reason="实为 120.0", by=desk.clerk, at=NOW)
        right = read(desk, meter, "120.0")
        assert right.held_reason == ""
        [history] = histories(with_counted_readings(account.meters.all()))
        assert [item.value for item in history.readings] == [D("0.000"), D("120.000")]

    def test_the_limit_is_one_of_heat_and_knows_the_factor(
        self, desk: Desk, account: Account
    ) -> None:
        publish(desk)
        meter = install(desk, account, factor=D("2.5"))
        assert read(desk, meter, "124.0", date(2025, 11, 1)).held_reason == ""
        waiting = read(desk, meter, "129", date(2025, 11, 2))
        assert waiting.held_reason == (
            "1 日用热 12.5 GJ（5 × 2.5），超过每日 10 GJ 的限值（抄表办法第六条）"
        )

    def test_a_confirmed_reading_counts_and_is_decided_once(
        self, desk: Desk, account: Account
    ) -> None:
        publish(desk)
        waiting = read(desk, install(desk, account), "1200")
        with pytest.raises(Refused, match="请由另一人核实"):
            confirm_meter_reading(waiting, reason="看过", by=desk.clerk, at=NOW)
        confirm_meter_reading(waiting, reason="锅炉房实测", by=desk.manager, at=NOW)
        with pytest.raises(Refused, match="不在等待核实"):
            refuse_meter_reading(waiting, reason="再看", by=desk.manager, at=NOW)
        [history] = histories(with_counted_readings(account.meters.all()))
        assert history.readings[-1].value == D("1200.000")

    @pytest.mark.parametrize(
        ("value", "on", "code"),
        [
            ("99", date(2025, 11, 5), "reading_backwards"),
            ("121", date(2025, 10, 20), "reading_backwards"),
            ("130", READ, "read_already"),
            ("130", date(2025, 9, 30), "reading_before_meter"),
            ("130", date(2025, 11, 11), "reading_ahead"),
            ("-1", date(2025, 11, 5), "reading_negative"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_written(
        self, desk: Desk, account: Account, value: str, on: date, code: str
    ) -> None:
        meter = install(desk, account)
        read(desk, meter, "120")
        with pytest.raises(Refused) as refusal:
            read(desk, meter, value, on)
        assert (refusal.value.code, len(values(meter))) == (code, 2)

    def test_a_register_rolls_over_only_when_its_size_is_on_record(
        self, desk: Desk, account: Account
    ) -> None:
        sized_meter = install_meter(
            account, NewMeter("5", HeatUnit.GJ, D("99987"), 5), on=INSTALLED, source="单",
            by=desk.clerk, at=NOW,
        )  # fmt: skip
        unsized_meter = install_meter(
            account, NewMeter("6", HeatUnit.GJ, D("99987")), on=INSTALLED, source="单",
            by=desk.clerk, at=NOW,
        )  # fmt: skip
        read(desk, sized_meter, "45")
        with pytest.raises(Refused, match="须先有登记的表盘位数"):
            read(desk, unsized_meter, "45")
        assert values(sized_meter)[-1] == (READ, D("45.000"), "regular")
        assert len(values(unsized_meter)) == 1

    def test_a_true_reading_overrules_an_estimate_and_an_estimate_no_reading(
        self, desk: Desk, account: Account
    ) -> None:
        meter = install(desk, account)
        read(desk, meter, "20.0", source=ReadingSource.ESTIMATE)
        assert read(desk, meter, "12.0", date(2025, 11, 5)).held_reason == ""
        with pytest.raises(Refused) as refusal:
            read(desk, meter, "11.0", date(2025, 11, 8), ReadingSource.ESTIMATE)
        assert refusal.value.code == "reading_backwards"
        assert len(values(meter)) == 3


class TestReplaceMeter:
    def test_both_readings_of_the_day_are_on_record_together(
        self, desk: Desk, account: Account
    ) -> None:
        old = install_meter(
            account, NewMeter("OLD", HeatUnit.GJ, D("9870.2")), on=INSTALLED, source="单",
            by=desk.clerk, at=NOW,
        )  # fmt: skip
        new = replace_meter(
            old, FinalReading(D("9998.6")), NewMeter("NEW", HeatUnit.GJ, D("0.0")), on=READ,
            source="换表单 3", by=desk.clerk, at=NOW,
        )  # fmt: skip
        read(desk, new, "31.2", date(2025, 11, 9))
        assert (new.replaces, values(old)[-1]) == (old, (READ, D("9998.600"), "final"))
        meters = histories(with_counted_readings(account.meters.all()))
        assert total_heat(heat(meters, date(2025, 11, 9))) == D("159.600")
        with pytest.raises(Refused, match="已于 2025-11-01 拆除"):
            read(desk, old, "9999", date(2025, 11, 5))

    def test_a_number_that_is_taken_leaves_the_old_meter_in_use(
        self, desk: Desk, account: Account
    ) -> None:
        old, taken = install(desk, account, "OLD"), install(desk, account, "TAKEN")
        with pytest.raises(Refused, match="表号 TAKEN 已登记"):
            replace_meter(
                old, FinalReading(D("5")), NewMeter("taken", HeatUnit.GJ, D(0)), on=READ,
                source="换表单", by=desk.clerk, at=NOW,
            )  # fmt: skip
        assert (len(values(old)), len(values(taken))) == (1, 1)


class TestRemoveMeter:
    def test_a_final_reading_above_the_limit_is_looked_at_again(
        self, desk: Desk, account: Account
    ) -> None:
        publish(desk)
        meter = install(desk, account)
        with pytest.raises(Refused, match="已再次核对"):
            remove_meter(
                meter, FinalReading(D("1200")), on=READ, source="单", by=desk.clerk, at=NOW
            )
        assert len(values(meter)) == 1
        final = FinalReading(D("1200"), checked=True)
        remove_meter(meter, final, on=READ, source="单", by=desk.clerk, at=NOW)
        with pytest.raises(Refused, match="已经拆除"):
            remove_meter(meter, final, on=READ, source="单", by=desk.clerk, at=NOW)
        assert values(meter)[-1] == (READ, D("1200.000"), "final")

    def test_a_meter_that_was_read_today_is_removed_today(
        self, desk: Desk, account: Account
    ) -> None:
        meter = install(desk, account)
        read(desk, meter, "5")
        with pytest.raises(Refused) as refusal:
            remove_meter(meter, FinalReading(D("4")), on=READ, source="单", by=desk.clerk, at=NOW)
        assert refusal.value.code == "reading_backwards"
        remove_meter(meter, FinalReading(D("6.5")), on=READ, source="单", by=desk.clerk, at=NOW)
        assert [value for _day, value, _kind in values(meter)] == [D(0), D("5.000"), D("6.500")]
        history = histories(with_counted_readings(account.meters.all()))
        assert total_heat(heat(history, READ)) == D("6.500")


class TestPublishMeterReadingLimit:
    def test_a_second_limit_of_a_day_is_refused(self, desk: Desk) -> None:
        publish(desk)
        with pytest.raises(Refused, match="这一天已有同一单位的限值"):
            publish(desk, "20")
        assert [row.most_per_day for row in MeterReadingLimit.objects.all()] == [D("10.000")]

    def test_a_clerk_may_not(self, desk: Desk) -> None:
        clerk = Actor.staff(a_member_of_staff("抄表", CLERK, a_company()))
        with pytest.raises(NotAllowed):
            publish(Desk(clerk, clerk, clerk))
        assert MeterReadingLimit.objects.count() == 0
