"""Meters and readings as the desk enters them, and records to walk the screens with."""

from datetime import date
from decimal import Decimal

from django.db.models import Model

from billing.metering.limits import publish_meter_reading_limit
from billing.metering.meters import NewMeter, install_meter
from billing.metering.on_record import IN_ORDER
from billing.metering.readings import record_meter_reading
from billing.models import (
    HeatUnit,
    Meter,
    MeterReading,
    MeterReadingLimit,
    ReadingKind,
    ReadingSource,
)
from billing.rules.meter_readings import HeatPart, MeterHistory, heat_between
from customers.models import Account
from office.models import User
from tests.billing.adjustments.desk import Desk
from tests.builders import NOW, a_company

D = Decimal
INSTALLED = date(2025, 10, 1)
READ = date(2025, 11, 1)


def meter_rows(account: Account, clerk: User) -> list[Model]:
    """Builds a meter of the account, a reading that waits and the limit that holds it back."""
    meter = Meter.objects.create(
        company=account.company,
        account=account,
        number=f"M{account.number}",
        unit=HeatUnit.GJ,
        installed_on=date(2025, 10, 1),
        source="装表单",
        entered_by=clerk,
        entered_at=NOW,
    )
    MeterReading.objects.create(
        meter=meter,
        read_on=meter.installed_on,
        value=Decimal(0),
        kind=ReadingKind.START,
        source=ReadingSource.VISIT,
        entered_by=clerk,
        entered_at=NOW,
    )
    reading = MeterReading.objects.create(
        meter=meter,
        read_on=date(2025, 11, 1),
        value=Decimal(1200),
        source=ReadingSource.VISIT,
        held_reason="超过限值",
        entered_by=clerk,
        entered_at=NOW,
    )
    limit = MeterReadingLimit.objects.create(
        company=account.company,
        effective_from=date(2025, 1, 1),
        unit=HeatUnit.GJ,
        most_per_day=Decimal(10),
        source="办法",
        published_at=NOW,
    )
    return [meter, reading, limit]


def install(desk: Desk, account: Account, number: str = "7788", **plate: object) -> Meter:
    new_meter = NewMeter(number, HeatUnit.GJ, D("0"), **plate)  # type: ignore[arg-type]
    return install_meter(account, new_meter, on=INSTALLED, source="装表单 1", by=desk.clerk, at=NOW)


def read(
    desk: Desk,
    meter: Meter,
    value: str,
    on: date = READ,
    source: ReadingSource = ReadingSource.VISIT,
) -> MeterReading:
    return record_meter_reading(meter, D(value), read_on=on, source=source, by=desk.clerk, at=NOW)


def publish(desk: Desk, most_per_day: str = "10") -> MeterReadingLimit:
    return publish_meter_reading_limit(
        a_company(),
        effective_from=date(2025, 1, 1),
        unit=HeatUnit.GJ,
        most_per_day=D(most_per_day),
        source="抄表办法第六条",
        by=desk.manager,
        at=NOW,
    )


def heat(meters: list[MeterHistory], closes: date) -> list[HeatPart]:
    return heat_between(
        meters, INSTALLED, closes, earliest=date(2025, 3, 31), latest=date(2026, 11, 1)
    )


def values(meter: Meter) -> list[tuple[date, Decimal, str]]:
    rows = meter.readings.order_by(*IN_ORDER)
    return [(row.read_on, row.value, row.kind) for row in rows]
