"""Figures of concluded cases: counted when a case is closed, shown without small cells."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices

from office.models import Company
from office.organisation.chart import Chart
from office.organisation.on_day import chart_on
from whistleblowing.figures.suppression import FEWEST, publishable
from whistleblowing.models import ConcludedCase, Report
from whistleblowing.words import FraudKind, Rank


@dataclass(frozen=True)
class Cell:
    """A figure by its heading; `count` is None where it is suppressed."""

    heading: str
    count: int | None


def count_case(report: Report, facts: Mapping[str, Any], *, year: int, opened: bool) -> None:
    """Adds a concluded case to the figures, once however often it is closed.

    A step of closing; the caller holds the report's lock.
    """
    if report.counted:
        return
    ConcludedCase.objects.create(
        year=year,
        kind=facts["kind_of_fraud"],
        rank=facts["rank"],
        company=facts["company"],
        opened=opened,
    )
    report.counted = True
    report.save(update_fields=["counted"])


def shown_years(today: date) -> list[int]:
    """Returns the years whose figures are shown: the last five that are over, the latest first.

    In a running year the difference between two days would tell of the one case between them.
    """
    return list(range(today.year - 1, today.year - 6, -1))


def yearly_figures(year: int, today: date) -> dict[str, list[Cell]]:
    """Returns the year's figures by kind, by rank and by company, and their `total`.

    What is small, or would give away what is small, is suppressed in all of them.
    """
    rows = list(ConcludedCase.objects.filter(year=year))
    companies = {company.pk: company.name for company in Company.objects.order_by("code")}
    tables = {
        "kind": _counted(FraudKind.values, (row.kind for row in rows)),
        "rank": _counted(Rank.values, (row.rank for row in rows)),
        "company": _counted([*companies.values(), ""], (row.company for row in rows)),
    }
    small = {companies[key] for key in small_companies(chart_on(today)) if key in companies}
    figures = publishable(tables, {"company": small})
    headings = {**_labels(FraudKind), **_labels(Rank), "": "—"}
    shown = {
        name: [Cell(headings.get(key, key), count) for key, count in table.items()]
        for name, table in figures.tables.items()
    }
    return {"total": [Cell("", figures.total)], **shown}


def small_companies(chart: Chart) -> set[int]:
    """Returns the companies of which the chart knows some people, but fewer than five. Pure."""
    seats = {
        (chart.posts[seat.post].company, seat.person)
        for seat in chart.seats
        if seat.post in chart.posts
    }
    people = Counter(company for company, _person in seats)
    return {company for company, count in people.items() if count < FEWEST}


def _counted(keys: Iterable[str], values: Iterable[str]) -> dict[str, int]:
    """Returns how many of the values fall on each key; the keys without one as zero."""
    return dict.fromkeys(keys, 0) | Counter(values)


def _labels(words: type[TextChoices]) -> dict[str, str]:
    return {value: str(label) for value, label in words.choices}
