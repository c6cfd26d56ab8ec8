"""The operations of meters: installed at an account, replaced by another, removed."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from billing.metering.checks import check_reading, check_shown
from billing.metering.on_record import counted_readings, lock_meter, next_entry, replaced_on
from billing.models import HeatUnit, Meter, MeterReading, ReadingKind, ReadingSource
from customers.contracts.locking import lock_account
from customers.models import Account
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.entered_times import DayBound, refuse_earlier_day
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, Refused

# No heat meter is in use for so long.
_OLDEST_METER = timedelta(days=20 * 366)
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]{0,39}")
_BETWEEN = re.compile(r"[\s　.·/]+")


@dataclass(frozen=True)
class NewMeter:
    """A meter as it is installed: its number, unit and first reading, and what its plate says.

    `register_digits` is the number of digits before the point; None while nobody has looked.
    """

    number: str
    unit: HeatUnit
    start: Decimal
    register_digits: int | None = None
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class FinalReading:
    """What a meter showed when it was taken out.

    `checked` says that somebody has looked again at a reading above the limit in force.
    """

    value: Decimal
    checked: bool = False


def normal_number(number: str) -> str:
    """Returns a meter's number in half-width capitals without blanks, so that it is found again."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", number)).upper()


@transaction.atomic
def install_meter(
    account: Account, new_meter: NewMeter, *, on: date, source: str, by: Actor, at: datetime
) -> Meter:
    """Puts a meter of an account on record with its first reading.

    Raises `Invalid` for a number, size, factor, day or reading that no meter has, and `Refused`
    for a number that the company has on record already.
    """
    authorise(by, "billing.install_meter", account.company)
    lock_account(account.pk)
    return _install(account, new_meter, on=on, source=source, replaces=None, by=by, at=at)


@transaction.atomic
def replace_meter(
    meter: Meter,
    final: FinalReading,
    new_meter: NewMeter,
    *,
    on: date,
    source: str,
    by: Actor,
    at: datetime,
) -> Meter:
    """Takes a meter out and installs another on the same day: final reading and start together.

    Raises what `remove_meter` and `install_meter` raise; then neither is on record.
    """
    authorise(by, "billing.replace_meter", meter.company)
    lock_account(meter.account_id)
    locked_meter = lock_meter(meter)
    if (day := replaced_on(locked_meter)) is not None:
        raise Refused(
            "meter_replaced",
            _("热表 %(meter)s 已于 %(day)s 换成新表；只补拆表读数的，请用“拆表”。"),
            meter=locked_meter.number,
            day=day,
        )
    _remove(locked_meter, final, "replace_meter", on=on, source=source, by=by, at=at)
    return _install(
        locked_meter.account, new_meter, on=on, source=source, replaces=locked_meter, by=by, at=at
    )


@transaction.atomic
def remove_meter(
    meter: Meter, final: FinalReading, *, on: date, source: str, by: Actor, at: datetime
) -> MeterReading:
    """Takes a meter out with its final reading; afterwards it has no more readings.

    Raises `Refused` for a meter that was removed, for a final reading that goes backwards or lies
    before another, and for one above the limit in force that nobody has checked.
    """
    authorise(by, "billing.remove_meter", meter.company)
    lock_account(meter.account_id)
    locked_meter = lock_meter(meter)
    return _remove(locked_meter, final, "remove_meter", on=on, source=source, by=by, at=at)


def _install(
    account: Account,
    new_meter: NewMeter,
    *,
    on: date,
    source: str,
    replaces: Meter | None,
    by: Actor,
    at: datetime,
) -> Meter:
    """Writes the meter and its first reading; the caller has the lock of the account."""
    number = _checked_number(account.company, new_meter.number)
    _check_plate(new_meter)
    if on > business_date(at):
        raise Invalid("installed_ahead", _("装表日期不能晚于今天。"))
    oldest = DayBound(business_date(at) - _OLDEST_METER, _("二十年前"))
    refuse_earlier_day(on, oldest, day_name=_("装表日期"))
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据（装表单、换表单等的名称或编号）。"))
    meter = Meter(
        company=account.company,
        account=account,
        number=number,
        unit=new_meter.unit,
        register_digits=new_meter.register_digits,
        factor=new_meter.factor,
        installed_on=on,
        replaces=replaces,
        source=source.strip(),
        entered_by=by.user,
        entered_at=at,
    )
    _save_once(meter)
    MeterReading.objects.create(
        meter=meter,
        read_on=on,
        value=new_meter.start,
        kind=ReadingKind.START,
        source=ReadingSource.VISIT,
        entered_by=by.user,
        entered_at=at,
    )
    journal.record(
        "install_meter",
        meter,
        by=by,
        at=at,
        account=account.number,
        meter=number,
        on=f"{on}",
        value=f"{new_meter.start:f}",
        source=meter.source,
    )
    return meter


def _checked_number(company: Company, typed: str) -> str:
    """Returns the number in its normal form; refuses one that the company has already."""
    number = normal_number(typed)
    if not _NUMBER.fullmatch(number):
        raise Invalid("meter_number_wrong", _("表号只能有数字、字母和短横线，请核对。"))
    taken = Meter.objects.filter(company=company, number=number).select_related("account").first()
    if taken is not None:
        raise _number_taken(taken)
    return number


def _save_once(meter: Meter) -> None:
    """Saves the meter; refuses one whose number somebody else enters at the same moment.

    The other meter is not seen until it is committed: the unique key waits for it.
    """
    try:
        with transaction.atomic():
            meter.save(force_insert=True)
    except IntegrityError as clash:
        constraint = getattr(getattr(clash.__cause__, "diag", None), "constraint_name", "")
        if constraint != "one_meter_per_number":
            raise
        other = Meter.objects.select_related("account").get(
            company=meter.company, number=meter.number
        )
        raise _number_taken(other) from None


def _number_taken(meter: Meter) -> Refused:
    return Refused(
        "meter_number_taken",
        _("表号 %(number)s 已登记在户号 %(account)s，请核对。"),
        number=meter.number,
        account=meter.account.number,
    )


def _check_plate(new_meter: NewMeter) -> None:
    digits = new_meter.register_digits
    if digits is not None and not 3 <= digits <= 9:
        raise Invalid("register_digits_wrong", _("表盘整数位数应在 3 至 9 之间；不清楚的请留空。"))
    if new_meter.factor <= 0:
        raise Invalid("factor_not_positive", _("修正系数必须大于零；没有修正的填 1。"))
    check_shown(new_meter.start, digits)


def _remove(
    meter: Meter,
    final: FinalReading,
    verb: str,
    *,
    on: date,
    source: str,
    by: Actor,
    at: datetime,
) -> MeterReading:
    """Writes the final reading; the caller has the locks of the account and of the meter."""
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据（装表单、换表单等的名称或编号）。"))
    reading = MeterReading(
        meter=meter,
        read_on=on,
        value=final.value,
        kind=ReadingKind.FINAL,
        source=ReadingSource.VISIT,
        entry=next_entry(meter, ReadingKind.FINAL),
        entered_by=by.user,
        entered_at=at,
    )
    if counted_readings(meter).filter(kind=ReadingKind.FINAL).exists():
        raise Refused("meter_removed", _("热表 %(meter)s 已经拆除。"), meter=meter.number)
    replaced = replaced_on(meter)
    if replaced not in (None, on):
        raise Refused(
            "removed_on_another_day",
            _("换上的新表于 %(day)s 装表，旧表应在同日拆除。"),
            day=replaced,
        )
    if later := counted_readings(meter).filter(read_on__gt=on).first():
        raise Refused(
            "read_after_removal",
            _("热表 %(meter)s 在 %(day)s 还有读数，拆表日期不能更早。"),
            meter=meter.number,
            day=later.read_on,
        )
    held_reason = check_reading(reading, business_date(at))
    if held_reason and not final.checked:
        raise Refused(
            "final_reading_implausible",
            _("拆表读数：%(reason)s。请核对；确属如此，请勾选“已再次核对”。"),
            reason=held_reason,
        )
    reading.save()
    journal.record(
        verb, meter, by=by, at=at, on=f"{on}", value=f"{final.value:f}", source=source.strip()
    )
    return reading
