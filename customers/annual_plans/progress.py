"""What came of a year's plan: planned, applied for, signed and connected, in m²."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from customers.models import AnnualPlan, Connection, ConnectionContract, HeatOn
from office.language import Text
from office.zone import SHANGHAI

_WIDTH = Decimal(360)


@dataclass(frozen=True)
class Step:
    """One step of the year: its area in m² and its share of the plan in percent."""

    title: Text
    area: Decimal
    percent: Decimal
    width: Decimal


def progress_of(plan: AnnualPlan) -> list[Step]:
    """Returns the four steps of the plan's year, each with a bar for the chart; three queries.

    Applications count in the year in which they came, contracts in that in which they were signed
    and as amended, heat in that of its first day. What was rejected or withdrawn is left out of the
    applications.
    """
    since, until = (datetime(year, 1, 1, tzinfo=SHANGHAI) for year in (plan.year, plan.year + 1))
    applied = Connection.objects.filter(
        company=plan.company, applied_at__gte=since, applied_at__lt=until
    ).exclude(state__in=("rejected", "withdrawn"))
    signed = ConnectionContract.objects.filter(
        connection__company=plan.company, signed_on__year=plan.year, ended_at=None
    )
    connected = HeatOn.objects.filter(connection__company=plan.company, first_day__year=plan.year)
    return steps_of(
        plan.target_area,
        *(
            rows.aggregate(area=Sum("area", default=Decimal(0)))["area"]
            for rows in (applied, signed, connected)
        ),
    )


def steps_of(planned: Decimal, applied: Decimal, signed: Decimal, connected: Decimal) -> list[Step]:
    """Returns the steps with their shares of the plan; the longest bar fills the chart."""
    areas = (
        (_("计划"), planned),
        (_("申请"), applied),
        (_("签约"), signed),
        (_("通热"), connected),
    )
    highest = max(area for _title, area in areas)
    return [
        Step(
            title,
            area,
            (area * 100 / planned).quantize(Decimal("0.1")),
            (area * _WIDTH / highest).quantize(Decimal("0.1")),
        )
        for title, area in areas
    ]
