"""Promises beyond the published calendar: found and locked in batches once their year is there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.db.models.functions import Coalesce, ExtractYear

from office.calendar import NOTHING_PUBLISHED
from office.models import CalendarVersion
from office.zone import SHANGHAI

M = TypeVar("M", bound=Model)


def of_published_years(rows: QuerySet[M], since: str, by_calendar: Any) -> QuerySet[M]:
    """Returns the rows promised provisionally whose missing year has been published since.

    The table has `provisional` and `due_at`; `since` names its column of the receipt and
    `by_calendar` is an expression for the number of the calendar that it was promised by.
    """
    published = CalendarVersion.objects.filter(
        ordinal=1,
        year__gte=OuterRef("first_year"),
        year__lte=OuterRef("last_year"),
        pk__gt=Coalesce(OuterRef("by_calendar"), NOTHING_PUBLISHED),
    )
    provisional = rows.filter(provisional=True).annotate(
        by_calendar=by_calendar,
        first_year=ExtractYear(since, tzinfo=SHANGHAI),
        last_year=ExtractYear("due_at", tzinfo=SHANGHAI),
    )
    return cast("QuerySet[M]", provisional.filter(Exists(published)))


def lock_batch(rows: QuerySet[M], most: int) -> QuerySet[M]:
    """Locks up to `most` of the rows; leaves those that somebody else has locked to the next scan.

    A step of firming up; the caller is in a transaction.
    """
    return rows.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True)[:most]


def repeat_until_done(batch: Callable[[datetime], int], at: datetime) -> int:
    """Calls a batch, each in a transaction of its own, until it has nothing left; returns the
    total."""
    total = 0
    while done := batch(at):
        total += done
    return total
