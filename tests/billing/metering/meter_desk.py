"""A meter with a reading that waits for a person, to walk the screens with."""

from datetime import date
from decimal import Decimal

from django.db.models import Model

from billing.models import (
    HeatUnit,
    Meter,
    MeterReading,
    MeterReadingLimit,
    ReadingKind,
    ReadingSource,
)
from customers.models import Account
from office.models import User
from tests.builders import NOW


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
