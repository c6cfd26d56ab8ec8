"""The figures of the monthly report of a company or of the group."""

from dataclasses import dataclass
from datetime import date, datetime

from complaints.kpis.arithmetic import Figure, figures_of
from complaints.kpis.board import (
    DIMENSIONS,
    MOST_ROWS,
    Corrected,
    Row,
    breakdown,
    companies_of,
    corrections_of,
    versions_of,
)
from complaints.kpis.figures import Figures, Slice, figures_by_day, figures_by_period
from complaints.kpis.periods import Period
from complaints.measures import KPIS, Kpi
from office.models import Company, User

MOST_CORRECTIONS = 500


@dataclass(frozen=True)
class Line:
    """A figure of the month beside that of the same month a year earlier."""

    kpi: Kpi
    now: Figure
    before: Figure


@dataclass(frozen=True)
class MonthlyReport:
    """The whole content of the report; `company` is None for several companies."""

    company: Company | None
    whose: str
    month: Period
    versions: list[int]
    computed_at: datetime | None
    lines: list[Line]
    tables: dict[str, list[Row]]
    days: list[tuple[date, Figures]]
    corrections: list[Corrected]


def monthly_report(user: User, company: Company | None, month: Period) -> MonthlyReport:
    """Returns the report with the dashboard's figures; without a company, of all the user sees."""
    of = Slice.of(user, company=company.pk if company else None)
    before = month.year_before("year_before")
    figures = figures_by_period(of, [month, before])
    versions, computed_at = versions_of(month)
    by_day = figures_by_day(of, [month], timed=True)
    nothing = figures_of((), {})
    dates = [date.fromordinal(n) for n in range(month.since.toordinal(), month.until.toordinal())]
    shown = [name for name in DIMENSIONS if name != "company" or company is None]
    return MonthlyReport(
        company=company,
        whose=_whose(user, company),
        month=month,
        versions=versions,
        computed_at=computed_at,
        lines=[
            Line(kpi, figures[month.name][kpi.code], figures[before.name][kpi.code]) for kpi in KPIS
        ],
        tables={name: breakdown(of, month, name)[:MOST_ROWS] for name in shown},
        days=[(day, by_day.get(day, nothing)) for day in dates],
        corrections=corrections_of(of, month, MOST_CORRECTIONS),
    )


def _whose(user: User, company: Company | None) -> str:
    if company is not None:
        return company.name
    if user.sees_every_company:
        return "全集团"
    return "、".join(row.short_name for row in companies_of(user)) or "—"
