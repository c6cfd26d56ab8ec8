"""What a new reading of a meter must agree with, and what holds it back."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from billing.metering.on_record import counted_readings, limit_in_force, replaced_on
from billing.models import Meter, MeterReading, ReadingKind
from billing.rules.meter_readings import BackwardReading, exceeds, plain, register_difference
from office.money import exact
from office.refusals import Invalid, Refused


def check_reading(reading: MeterReading, today: date) -> str:
    """Refuses a reading that cannot be right; returns why a possible one waits for a person.

    The caller has the lock of the meter. A true reading is compared with true ones only: it
    overrules estimates. Raises `Invalid` for a day out of the meter's time or a number that the
    register cannot show, and `Refused` for a second reading of a day and one that goes backwards.
    """
    meter = reading.meter
    counted = list(counted_readings(meter))
    _check_day(reading, counted, today)
    comparable = [row for row in counted if reading.is_estimate or not row.is_estimate]
    place = _place(reading)
    if any(_place(row) == place for row in comparable):
        raise Refused(
            "read_already",
            _("热表 %(meter)s 在 %(day)s 已有读数，请核对日期。"),
            meter=meter.number,
            day=reading.read_on,
        )
    earlier = [row for row in comparable if _place(row) < place]
    later = [row for row in comparable if _place(row) > place]
    if later:
        _difference(meter, reading, later[0])
    if reading.kind != ReadingKind.START and all(_place(row) > place for row in counted):
        raise Refused(
            "start_missing",
            _("热表 %(meter)s 的起始读数已撤回，请先重新登记 %(day)s 的起始读数。"),
            meter=meter.number,
            day=meter.installed_on,
        )
    if not earlier:
        return ""
    return _held_reason(reading, earlier[-1], _difference(meter, earlier[-1], reading))


def _place(reading: MeterReading) -> tuple[date, bool]:
    """Returns where a reading stands among those of its meter.

    What was read in the morning does not hinder taking the meter out in the afternoon.
    """
    return reading.read_on, reading.kind == ReadingKind.FINAL


def check_shown(value: Decimal, digits: int | None) -> None:
    """Refuses a number that is negative or longer than the register."""
    if value < 0:
        raise Invalid("reading_negative", _("读数不能为负。"))
    if digits is not None and value >= Decimal(10) ** digits:
        raise Invalid(
            "reading_too_long",
            _("表盘整数只有 %(digits)s 位，显示不了 %(value)s，请核对。"),
            digits=digits,
            value=plain(value),
        )


def _check_day(reading: MeterReading, counted: Sequence[MeterReading], today: date) -> None:
    meter = reading.meter
    if reading.read_on > today:
        raise Invalid("reading_ahead", _("抄表日期不能晚于今天。"))
    if reading.read_on < meter.installed_on:
        raise Invalid(
            "reading_before_meter",
            _("热表 %(meter)s 自 %(day)s 装表，此前没有读数。"),
            meter=meter.number,
            day=meter.installed_on,
        )
    final = next((row for row in counted if row.kind == ReadingKind.FINAL), None)
    removed_on = final.read_on if final is not None else replaced_on(meter)
    if removed_on is not None and reading.read_on > removed_on:
        raise Refused(
            "meter_removed",
            _("热表 %(meter)s 已于 %(day)s 拆除，此后没有读数。"),
            meter=meter.number,
            day=removed_on,
        )
    check_shown(reading.value, meter.register_digits)


def _difference(meter: Meter, before: MeterReading, after: MeterReading) -> Decimal:
    """Returns how far the register went between two readings; refuses one that goes backwards."""
    try:
        return register_difference(before.value, after.value, meter.register_digits)
    except BackwardReading:
        advice = (
            _(
                "热表 %(meter)s 于 %(day)s 读数 %(before)s，不能在 %(next)s 变成 %(after)s；"
                "表盘归零的，须先有登记的表盘位数。请核对读数、日期或是否换表。"
            )
            if meter.register_digits is None
            else _(
                "热表 %(meter)s 于 %(day)s 读数 %(before)s，不能在 %(next)s 变成 %(after)s。"
                "请核对读数、日期或是否换表。"
            )
        )
        raise Refused(
            "reading_backwards",
            advice,
            meter=meter.number,
            day=before.read_on,
            before=plain(before.value),
            next=after.read_on,
            after=plain(after.value),
        ) from None


def _held_reason(reading: MeterReading, before: MeterReading, difference: Decimal) -> str:
    """Returns why a reading waits for a person; an empty text when it is plausible.

    The limit is one of heat: the difference is multiplied by the correction factor of the meter.
    """
    meter = reading.meter
    limit = limit_in_force(meter, reading.read_on)
    days = (reading.read_on - before.read_on).days
    with exact():
        heat = difference * meter.factor
    if limit is None or not exceeds(heat, days, limit.most_per_day):
        return ""
    factor = "" if meter.factor == 1 else f"（{plain(difference)} × {plain(meter.factor)}）"
    return (
        f"{days} 日用热 {plain(heat)} {meter.unit}{factor}，"
        f"超过每日 {plain(limit.most_per_day)} {meter.unit} 的限值（{limit.source}）"
    )[:200]
