"""The operations of readings: recorded, confirmed or refused when held back, and withdrawn."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.metering.checks import check_reading
from billing.metering.on_record import COUNTS, counted_readings, lock_meter, next_entry
from billing.models import (
    Meter,
    MeterReading,
    MeterReadingDecision,
    MeterReadingWithdrawal,
    ReadingKind,
    ReadingSource,
    ReadingVerdict,
)
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def record_meter_reading(
    meter: Meter,
    value: Decimal,
    *,
    read_on: date,
    source: ReadingSource,
    by: Actor,
    at: datetime,
) -> MeterReading:
    """Records what a meter showed on a day; a reading above the limit in force waits for a person.

    On the day of installing, where the start reading was withdrawn, it is the new start. Raises
    `Invalid` for a day or a number that the meter cannot have, and `Refused` for a second reading
    of a day, one that goes backwards, and one that waits already.
    """
    authorise(by, "billing.record_meter_reading", meter.company)
    locked_meter = lock_meter(meter)
    reading = MeterReading(
        meter=locked_meter,
        read_on=read_on,
        value=value,
        kind=ReadingKind.REGULAR,
        source=source,
        entered_by=by.user,
        entered_at=at,
    )
    has_start = counted_readings(locked_meter).filter(kind=ReadingKind.START).exists()
    if read_on == locked_meter.installed_on and not has_start:
        reading.kind = ReadingKind.START
        reading.entry = next_entry(locked_meter, ReadingKind.START)
    reading.held_reason = check_reading(reading, business_date(at))
    waiting = locked_meter.readings.filter(read_on=read_on, decision__isnull=True)
    if reading.held_reason and waiting.exclude(held_reason="").exists():
        raise Refused(
            "reading_waits_already",
            _("热表 %(meter)s 在 %(day)s 的读数正在等待核实，请先核实。"),
            meter=locked_meter.number,
            day=read_on,
        )
    reading.save()
    journal.record(
        "record_meter_reading",
        locked_meter,
        by=by,
        at=at,
        read_on=f"{read_on}",
        value=f"{value:f}",
        source=source,
        held_reason=reading.held_reason,
    )
    return reading


@transaction.atomic
def confirm_meter_reading(
    reading: MeterReading, *, reason: str, by: Actor, at: datetime
) -> MeterReadingDecision:
    """Confirms a reading that was held back: from now on it counts.

    Raises `Refused` when it was decided already, when the same person entered it, and when readings
    that were entered since have made it impossible.
    """
    authorise(by, "billing.confirm_meter_reading", reading.meter.company)
    locked_reading = _lock_waiting(reading)
    if by.user is not None and locked_reading.entered_by_id == by.user.pk:
        raise Refused(
            "confirmed_by_who_entered", _("读数由您登记，请由另一人核实；确属笔误可以不采用。")
        )
    check_reading(locked_reading, business_date(at))
    return _decide(
        locked_reading, ReadingVerdict.CONFIRMED, "confirm_meter_reading", reason, by=by, at=at
    )


@transaction.atomic
def refuse_meter_reading(
    reading: MeterReading, *, reason: str, by: Actor, at: datetime
) -> MeterReadingDecision:
    """Refuses a reading that was held back: it never counts and stays to be read."""
    authorise(by, "billing.refuse_meter_reading", reading.meter.company)
    locked_reading = _lock_waiting(reading)
    return _decide(
        locked_reading, ReadingVerdict.REFUSED, "refuse_meter_reading", reason, by=by, at=at
    )


@transaction.atomic
def withdraw_meter_reading(
    reading: MeterReading, *, reason: str, by: Actor, at: datetime
) -> MeterReadingWithdrawal:
    """Takes back a reading that counts, because it was entered wrongly; it stays on record.

    What is right is entered anew. A meter whose final reading is withdrawn is in use again, one
    whose start is withdrawn has none until the start is recorded on the day of installing. Raises
    `Refused` for a reading that does not count and for who entered it, and `Invalid` without a
    reason. No bill is reckoned from readings yet; what bills by them refuses here.
    """
    authorise(by, "billing.withdraw_meter_reading", reading.meter.company)
    locked_meter = lock_meter(reading.meter)
    counted_reading = locked_meter.readings.filter(COUNTS, pk=reading.pk).first()
    if counted_reading is None:
        raise Refused("reading_counts_not", _("这条读数没有计入，不用撤销；待核实的请选不采用。"))
    if by.user is not None and counted_reading.entered_by_id == by.user.pk:
        raise Refused("withdrawn_by_who_entered", _("读数由您登记，请由另一人撤销。"))
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请填写撤销的原因。"))
    withdrawal = MeterReadingWithdrawal.objects.create(
        reading=counted_reading, reason=clean_text(reason), withdrawn_by=by.user, withdrawn_at=at
    )
    journal.record(
        "withdraw_meter_reading",
        locked_meter,
        by=by,
        at=at,
        read_on=f"{counted_reading.read_on}",
        value=f"{counted_reading.value:f}",
        kind=counted_reading.kind,
        reason=withdrawal.reason,
    )
    return withdrawal


def _lock_waiting(reading: MeterReading) -> MeterReading:
    """Locks the meter of a reading that waits and returns the reading, freshly read."""
    locked_meter = lock_meter(reading.meter)
    waiting = locked_meter.readings.filter(pk=reading.pk, decision__isnull=True)
    fresh_reading = waiting.exclude(held_reason="").first()
    if fresh_reading is None:
        raise Refused("reading_not_waiting", _("这条读数不在等待核实，请刷新页面。"))
    fresh_reading.meter = locked_meter
    return fresh_reading


def _decide(
    reading: MeterReading,
    verdict: ReadingVerdict,
    verb: str,
    reason: str,
    *,
    by: Actor,
    at: datetime,
) -> MeterReadingDecision:
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写核实的情况。"))
    decision = MeterReadingDecision.objects.create(
        reading=reading,
        verdict=verdict,
        reason=reason.strip(),
        decided_by=by.user,
        decided_at=at,
    )
    journal.record(
        verb,
        reading.meter,
        by=by,
        at=at,
        read_on=f"{reading.read_on}",
        value=f"{reading.value:f}",
        reason=decision.reason,
    )
    return decision
