"""A few flats of the demo with heat meters: read, estimated, replaced, and one slip of the hand."""

from datetime import date, timedelta
from decimal import Decimal

from billing.metering.limits import publish_meter_reading_limit
from billing.metering.meters import FinalReading, NewMeter, install_meter, replace_meter
from billing.metering.readings import record_meter_reading, withdraw_meter_reading
from billing.models import Bill, BillKind, HeatingSeason, HeatUnit, ReadingSource
from customers.models import Account
from heating.demo.calendar import Storyline
from office.actors import Actor
from office.calendar import business_date

_SOURCE = "演示办法（非公开文件）"
_PAPER = "装表单（演示）"


def tell_of_meters(
    season: HeatingSeason, story: Storyline, *, clerk: Actor, manager: Actor
) -> None:
    """Installs three meters; one is replaced, one estimated, one reading waits for a person, and
    one was withdrawn.
    """
    at = story.at(story.priced_on, 10)
    publish_meter_reading_limit(
        season.company,
        effective_from=business_date(at),
        unit=HeatUnit.GJ,
        most_per_day=Decimal("1.5"),
        source=_SOURCE,
        by=manager,
        at=at,
    )
    now = story.minutes_ago(45)
    today = business_date(now)
    installed_on = min(season.starts - timedelta(days=20), today)
    read, replaced, slipped = _accounts(season)
    for account, number in ((read, "RB-70011"), (replaced, "RB-70012"), (slipped, "RB-70013")):
        start = Decimal("9870.2") if account == replaced else Decimal("1.5")
        install_meter(
            account,
            NewMeter(number, HeatUnit.GJ, start, 5),
            on=installed_on,
            source=_PAPER,
            by=clerk,
            at=now,
        )
    day = min(season.starts + timedelta(days=14), today)
    if day <= installed_on:
        return
    _tell_readings(read, replaced, slipped, day, by=clerk, manager=manager, story=story)


def _tell_readings(
    read: Account,
    replaced: Account,
    slipped: Account,
    day: date,
    *,
    by: Actor,
    manager: Actor,
    story: Storyline,
) -> None:
    at = story.minutes_ago(40)
    estimate = (read.meters.get(), Decimal("9.8"), ReadingSource.ESTIMATE)
    # 12.0 was meant.
    slip = (slipped.meters.get(), Decimal(120), ReadingSource.VISIT)
    wrong = (replaced.meters.get(), Decimal("9893.6"), ReadingSource.CUSTOMER)
    for meter, value, source in (estimate, slip, wrong):
        reading = record_meter_reading(meter, value, read_on=day, source=source, by=by, at=at)
    withdraw_meter_reading(reading, reason="用户报错，实为 9883.6", by=manager, at=at)
    record_meter_reading(
        wrong[0], Decimal("9883.6"), read_on=day, source=ReadingSource.CUSTOMER, by=by, at=at
    )
    replace_meter(
        replaced.meters.get(),
        FinalReading(Decimal("9884.6")),
        NewMeter("RB-70112", HeatUnit.GJ, Decimal(0), 5),
        on=day,
        source="换表单（演示）",
        by=by,
        at=at,
    )


def _accounts(season: HeatingSeason) -> list[Account]:
    """Returns three billed accounts of the end of the list: nobody's story runs through them."""
    bills = Bill.objects.filter(season=season, kind=BillKind.SEASON)
    bills = bills.select_related("account__company").order_by("-account_number")
    return [bill.account for bill in bills[2:5]]
