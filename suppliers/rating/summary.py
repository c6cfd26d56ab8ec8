"""What a rating comes to: classes, the distribution of totals, and what the panel still owes."""

from collections import defaultdict
from typing import Any

from django.db.models import Count

from suppliers.dimensions import LEAST_DEPARTMENTS, RatingClass
from suppliers.models import PanelSheet, RatingRun, SupplierRating

# Width of a column of the distribution, in points of the total.
COLUMN_POINTS = 5


def summary_of(run: RatingRun) -> dict[str, Any]:
    """Returns the counts by class and of the panel's list, as plain JSON."""
    counts = dict(
        SupplierRating.objects.filter(run=run)
        .order_by()
        .values_list("rating_class")
        .annotate(count=Count("pk"))
    )
    return {
        "classes": {
            rating_class.value: counts.get(rating_class, 0) for rating_class in RatingClass
        },
        "for_panel": SupplierRating.objects.filter(run=run, for_panel=True).count(),
    }


def distribution(run: RatingRun) -> list[tuple[int, int]]:
    """Returns how many totals lie in each column of 5 points: lower edge and count.

    The last column includes 100.
    """
    columns = dict.fromkeys(range(0, 100, COLUMN_POINTS), 0)
    totals = SupplierRating.objects.filter(run=run).order_by().values_list("total", flat=True)
    for total in totals:
        if total is not None:
            edge = min(int(total) // COLUMN_POINTS * COLUMN_POINTS, 100 - COLUMN_POINTS)
            columns[edge] += 1
    return list(columns.items())


def departments_of_sheets(run: RatingRun) -> dict[int, set[str]]:
    """Returns, by the id of each supplier, the departments that have filled in a sheet."""
    departments: dict[int, set[str]] = defaultdict(set)
    for supplier, department in (
        PanelSheet.objects.filter(run=run)
        .order_by()
        .values_list("supplier_id", "member__department")
        .distinct()
    ):
        departments[supplier].add(department)
    return departments


def missing_sheets(run: RatingRun) -> list[str]:
    """Returns the names of suppliers that fewer than two departments have seen, in their order."""
    departments = departments_of_sheets(run)
    listed = SupplierRating.objects.filter(run=run, for_panel=True).order_by("supplier__name", "pk")
    return [
        name
        for supplier, name in listed.values_list("supplier_id", "supplier__name")
        if len(departments.get(supplier, ())) < LEAST_DEPARTMENTS
    ]
