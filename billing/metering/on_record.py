"""What is on record about meters: readings that count, histories, and the limit in force."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from billing.models import Meter, MeterReading, MeterReadingLimit, ReadingKind, ReadingVerdict
from billing.rules.meter_readings import MeterHistory, MeterTerms, RegisterReading

# A reading counts when nothing held it back, or when a person has confirmed it; until somebody
# withdraws it.
COUNTS = (Q(held_reason="") | Q(decision__verdict=ReadingVerdict.CONFIRMED)) & Q(
    withdrawal__isnull=True
)
WAITS = ~Q(held_reason="") & Q(decision__isnull=True)


# On one day a start comes before a regular reading and a final one after it: so do their codes
# from behind.
IN_ORDER = ("read_on", "-kind", "pk")


def counted_readings(meter: Meter) -> QuerySet[MeterReading]:
    """Returns the readings of a meter that count, the earliest first."""
    return meter.readings.filter(COUNTS).order_by(*IN_ORDER)


def with_counted_readings(meters: QuerySet[Meter]) -> QuerySet[Meter]:
    """Reads the readings that count with the meters, as `counted`, in one query more."""
    counting = MeterReading.objects.filter(COUNTS).order_by(*IN_ORDER)
    return meters.prefetch_related(Prefetch("readings", counting, to_attr="counted"))


def histories(meters: Iterable[Meter]) -> list[MeterHistory]:
    """Returns the histories of meters that were loaded by `with_counted_readings`."""
    return [_history(meter, getattr(meter, "counted", [])) for meter in meters]


def _history(meter: Meter, readings: Iterable[MeterReading]) -> MeterHistory:
    rows = list(readings)
    removed = [row.read_on for row in rows if row.kind == ReadingKind.FINAL]
    return MeterHistory(
        MeterTerms(meter.number, meter.unit, meter.register_digits, meter.factor),
        meter.installed_on,
        removed[0] if removed else None,
        [RegisterReading(row.read_on, row.value, row.is_estimate) for row in rows],
    )


def replaced_on(meter: Meter) -> date | None:
    """Returns the day on which another meter took the place of this one, if any did."""
    replacement = Meter.objects.filter(replaces=meter).first()
    return replacement.installed_on if replacement else None


def limit_in_force(meter: Meter, on: date) -> MeterReadingLimit | None:
    """Returns the company's limit of daily use on a day, in the meter's unit."""
    return (
        MeterReadingLimit.objects.filter(
            company=meter.company_id, unit=meter.unit, effective_from__lte=on
        )
        .order_by("-effective_from")
        .first()
    )


def next_entry(meter: Meter, kind: ReadingKind) -> int:
    """Returns the number of the next start or final reading; the ones before it are withdrawn.

    The caller has the lock of the meter.
    """
    return meter.readings.filter(kind=kind).count() + 1


def lock_meter(meter: Meter) -> Meter:
    """Locks the meter until the transaction ends and returns it, freshly read.

    Two readings of one meter are compared with each other: the second waits and sees the first.
    """
    return (
        Meter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company", "account")
        .get(pk=meter.pk)
    )
