"""Data of the dashboard and the monthly report, so that both show the same figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Max, Value
from django.utils.translation import gettext as _

from complaints.classes import Channel, TicketKind
from complaints.kpis.arithmetic import Figure, figures_of, read_kept
from complaints.kpis.figures import Figures, Slice, figures_by
from complaints.kpis.periods import Period
from complaints.measures import BY_CODE, KPIS, Form, Kpi
from complaints.models import Crew, KpiCorrection, KpiNight
from customers.models import HeatStation
from office.models import Company, User

MOST_ROWS = 50
WORST = 10
# Rows with a smaller denominator are not ranked: their share depends on chance.
LEAST_RANKED = 5
DIMENSIONS: tuple[str, ...] = ("company", "heat_station", "crew", "kind", "channel")


@dataclass(frozen=True)
class Row:
    """A company, station, crew, kind or channel with all its figures."""

    key: Any
    name: str
    figures: Figures

    @property
    def cells(self) -> list[Figure]:
        return [self.figures[kpi.code] for kpi in KPIS]


@dataclass(frozen=True)
class Corrected:
    """A correction with both figures formatted for display."""

    correction: KpiCorrection
    kpi: Kpi
    before: Figure
    after: Figure

    @property
    def whole(self) -> str:
        """Returns the old and the new figure as one text."""
        return f"{self.before.whole} → {self.after.whole}"


def breakdown(of: Slice, period: Period, dimension: str) -> list[Row]:
    """Returns a row for each value of the dimension, the most tickets first."""
    figures_by_key = figures_by(of, period, dimension)
    names = _names(dimension, figures_by_key)
    rows = [
        Row(key, names.get(key, _unnamed(dimension)), figures)
        for key, figures in figures_by_key.items()
    ]
    return sorted(rows, key=lambda row: (-_weight(row.figures), row.name))


def worst(rows: Iterable[Row], code: str) -> list[Row]:
    """Returns the ten rows with the worst figure among those with enough tickets to be ranked."""
    kpi = BY_CODE[code]
    ranked = [
        row
        for row in rows
        if row.figures[code].has_value
        and row.figures[code].denominator >= LEAST_RANKED
        and row.key not in (None, "")
    ]
    sign = 1 if kpi.higher_is_better else -1
    return sorted(
        ranked,
        key=lambda row: (sign * _value(row.figures[code]), -row.figures[code].denominator),
    )[:WORST]


def corrections_of(of: Slice, period: Period | None, most: int) -> list[Corrected]:
    """Returns the newest corrections of the user's companies, optionally of a period's days."""
    rows = KpiCorrection.objects.select_related("night", "company")
    if of.companies is not None:
        rows = rows.filter(company__in=of.companies)
    if "company" in of.chosen:
        rows = rows.filter(company=of.chosen["company"])
    if period is not None:
        rows = rows.filter(night__day__gte=period.since, night__day__lt=period.until)
    newest = rows.order_by("-night__computed_at", "-night__day", "pk")[:most]
    return [
        Corrected(
            correction,
            BY_CODE[correction.kpi],
            read_kept(BY_CODE[correction.kpi], correction.before),
            read_kept(BY_CODE[correction.kpi], correction.after),
        )
        for correction in newest
    ]


def last_night() -> KpiNight | None:
    """Returns the night of the last frozen day."""
    return KpiNight.objects.order_by("-day", "-revision").first()


def versions_of(period: Period) -> tuple[list[int], Any]:
    """Returns the definition versions of a period's nights and the time of the last computation."""
    nights = KpiNight.objects.filter(day__gte=period.since, day__lt=period.until)
    versions = sorted(set(nights.values_list("definition_version", flat=True).distinct()))
    return versions, nights.aggregate(last=Max("computed_at"))["last"]


def companies_of(user: User) -> list[Company]:
    """Returns the companies the user may choose from; empty for a user of one company."""
    rows = Company.objects.order_by("code")
    if user.sees_every_company:
        return list(rows)
    return list(rows.filter(pk__in=user.company_ids)) if len(user.company_ids) > 1 else []


def names_of_chosen(of: Slice, user: User) -> dict[str, str]:
    """Returns the names of the chosen station, crew, kind and channel.

    Records that do not exist and those of other companies get the same answer.
    """
    places = {"heat_station": HeatStation, "crew": Crew}
    queries = [
        model.objects.visible_to(user)  # type: ignore[attr-defined]
        .filter(pk=of.chosen[name])
        .order_by()
        .values_list(Value(name), "name")
        for name, model in places.items()
        if of.chosen.get(name)
    ]
    visible = dict(queries[0].union(*queries[1:])) if queries else {}
    choice_names = {
        name: _names(name, ()).get(of.chosen[name], _unnamed(name))
        for name in ("kind", "channel")
        if name in of.chosen
    }
    # Key 0 stands for records without a station or crew. The later of the joined dictionaries wins.
    nothing = {name: _unnamed(name) for name in places if of.chosen.get(name) == 0}
    unknown = {name: "—" for name in places if of.chosen.get(name)}
    return {**unknown, **visible, **nothing, **choice_names}


def by_day(figures: Mapping[date, Figures], period: Period, code: str) -> list[float | None]:
    """Returns the chart heights of one figure for every day of a period."""
    days = (period.until - period.since).days
    nothing = figures_of((), {})
    dates = [date.fromordinal(period.since.toordinal() + n) for n in range(days)]
    return [figures.get(day, nothing)[code].height for day in dates]


def _names(dimension: str, keys: Iterable[Any]) -> dict[Any, str]:
    """Returns the names of these keys; kinds and channels are named without a query."""
    if dimension == "kind":
        return {kind.value: str(kind.label) for kind in TicketKind}
    if dimension == "channel":
        return {channel.value: str(channel.label) for channel in Channel}
    present_keys = [key for key in keys if key is not None]
    if dimension == "company":
        return dict(Company.objects.filter(pk__in=present_keys).values_list("pk", "short_name"))
    model: Any = {"heat_station": HeatStation, "crew": Crew}[dimension]
    rows = model.objects.filter(pk__in=present_keys).values_list(
        "pk", "company__short_name", "name"
    )
    return {pk: f"{company} {name}" for pk, company, name in rows}


def _unnamed(dimension: str) -> str:
    """Returns the name of the row of records that have no station, crew or ticket."""
    if dimension == "heat_station":
        return _("未挂换热站")
    if dimension == "crew":
        return _("未派班组")
    return _("抽查（无工单）")


def _weight(figures: Figures) -> int:
    """Returns how many tickets all figures of a row count, to sort rows by size."""
    return sum(figure.denominator for figure in figures.values())


def _value(figure: Figure) -> Fraction:
    """Returns the exact value of a figure, to sort by it: a share, or the p90 of minutes."""
    if figure.kpi.form is Form.RATIO:
        return Fraction(figure.numerator, figure.denominator)
    return Fraction(figure.times.p90 if figure.times else figure.denominator)
