"""Queries of spot checks: the flats that can be drawn, and the progress of a plan."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q

from complaints.flat_sample import Flat
from complaints.models import SpotCheckPlan, TemperatureReading
from customers.models import Account, SupplyState
from office.models import Company


def flats_in_scope(company: Company) -> list[Flat]:
    """Returns all heated accounts of the company with the data that determine their layer."""
    rows = Account.objects.filter(company=company, supply_state=SupplyState.HEATED).values_list(
        "pk", "number", "premise__heat_station__name", "premise__building", "premise__room"
    )
    return [
        Flat(pk, number, station or "", building, room)
        for pk, number, station, building, room in rows.order_by("number").iterator(20_000)
    ]


@dataclass(frozen=True)
class Progress:
    """Counts of drawn, measured, warm enough and skipped flats."""

    drawn: int
    tested: int
    passed: int
    skipped: int

    @property
    def open(self) -> int:
        return self.drawn - self.tested - self.skipped

    @property
    def settled_percent(self) -> int:
        return 100 * (self.tested + self.skipped) // self.drawn if self.drawn else 0

    @property
    def pass_percent(self) -> str:
        """Returns the percentage of measured flats that were warm enough; empty without any."""
        return f"{100 * self.passed / self.tested:.1f}" if self.tested else ""


def progress_of(plan: SpotCheckPlan) -> Progress:
    """Returns the progress of a plan, in one statement."""
    too_cold = TemperatureReading.objects.filter(
        test=OuterRef("test"), celsius__lt=F("test__required")
    )
    counted = plan.items.annotate(cold=Exists(too_cold)).aggregate(
        drawn=Count("pk"),
        tested=Count("pk", filter=Q(test__isnull=False)),
        passed=Count("pk", filter=Q(test__isnull=False, cold=False)),
        skipped=Count("pk", filter=~Q(skip_reason="")),
    )
    return Progress(**counted)
