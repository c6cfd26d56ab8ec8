"""What every price of a run rests on: the terms of its season, its tariffs and its policy.

They are frozen when a preview begins, so that all its stretches are priced alike, and compared when
issuing begins. What a single account rests on is compared draft by draft (`recheck.py`).
"""

from datetime import timedelta
from typing import Any

from billing.models import HeatingSeason
from billing.prices.in_force import area_change_way, season_terms, tariffs_in_force


def basis_of(season: HeatingSeason) -> dict[str, Any]:
    """Returns terms, tariffs and the way of changed areas as plain JSON, dates as "2025-11-01"."""
    terms = season_terms(season)
    last_day = season.starts + timedelta(days=terms.days - 1)
    months = season.billable_months
    return {
        "starts": season.starts.isoformat(),
        "last_day": last_day.isoformat(),
        "days": terms.days,
        "months": None if months is None else f"{months:.2f}",
        "due_on": season.due_on.isoformat(),
        "area_change": area_change_way(season).value,
        "tariffs": sorted(tariff.pk for tariff in tariffs_in_force(season).values()),
    }
