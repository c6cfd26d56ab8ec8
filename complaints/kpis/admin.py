"""The KPI pages: dashboard, tickets behind a figure, monthly report."""

from datetime import date
from typing import Any

from django.contrib.admin import site
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.classes import Channel, TicketKind
from complaints.kpis.board import (
    LEAST_RANKED,
    MOST_ROWS,
    Row,
    breakdown,
    by_day,
    companies_of,
    corrections_of,
    last_night,
    names_of_chosen,
    worst,
)
from complaints.kpis.choices import Choices, read_choices, read_day
from complaints.kpis.figures import figures_by_day, figures_by_period
from complaints.kpis.periods import Period, day_period, month_period, season_period, whole_month
from complaints.kpis.report import report_pdf, report_xlsx
from complaints.kpis.report_figures import monthly_report
from complaints.kpis.tickets import rows_behind
from complaints.measures import BY_CODE, DEFINITION_VERSION, KPIS, Form, Measure
from complaints.models import Ticket
from office.forms.typed_numbers import read_page
from office.models import Company, User
from office.screens.desk_page import desk_page, require_any

VIEW = "complaints.view_kpis"
MOST_CORRECTIONS = 10
PAGE = 100
SPAN_NAMES = {
    "day": gettext_lazy("当日"),
    "month": gettext_lazy("本月"),
    "season": gettext_lazy("本采暖季"),
}
DIMENSION_NAMES = {
    "company": gettext_lazy("公司"),
    "heat_station": gettext_lazy("换热站"),
    "crew": gettext_lazy("班组"),
    "kind": gettext_lazy("类型"),
    "channel": pgettext_lazy("service", "渠道"),
}
_REPORTS = {
    "pdf": (report_pdf, "application/pdf"),
    "xlsx": (
        report_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


def kpis(request: HttpRequest) -> HttpResponse:
    """Shows headline, trend, worst ten, table, corrections and definitions."""
    user = require_any(request, VIEW)
    night = last_night()
    if night is None:
        return desk_page(request, "complaints/kpis/kpis.html", title=_("服务指标"), night=None)
    choices = read_choices(request.GET, night.day)
    rows = breakdown(choices.slice(user), choices.period, choices.by)
    context = {
        "title": _("服务指标"),
        "night": night,
        "choices": choices,
        "definitions": KPIS,
        "definition_version": DEFINITION_VERSION,
        "focus": BY_CODE[choices.kpi],
        "headline": _headline(user, choices),
        "charts": _charts(user, choices),
        "period": choices.period,
        "period_text": f"{choices.period.since} – {choices.period.last}",
        "report_query": choices.query(),
        "dimension_name": DIMENSION_NAMES[choices.by],
        "table_title": _("各%(what)s指标") % {"what": DIMENSION_NAMES[choices.by]},
        "rows": [_shown(row, choices) for row in rows[:MOST_ROWS]],
        "hidden": max(0, len(rows) - MOST_ROWS),
        "worst": [_shown(row, choices) for row in worst(rows, choices.kpi)],
        "least_ranked": LEAST_RANKED,
        "corrections": corrections_of(choices.slice(user), None, MOST_CORRECTIONS),
        "companies": companies_of(user),
        "spans": SPAN_NAMES,
        "dimensions": DIMENSION_NAMES,
        "kinds": TicketKind.choices,
        "channels": Channel.choices,
        "drilled": _drilled(user, choices),
    }
    return desk_page(request, "complaints/kpis/kpis.html", **context)


def kpi_tickets(request: HttpRequest) -> HttpResponse:
    """Shows the tickets that a figure counts, exactly as the nights froze them."""
    user = require_any(request, VIEW)
    night = last_night()
    if night is None:
        raise Http404
    choices = read_choices(request.GET, night.day)
    kpi = BY_CODE[choices.kpi]
    above = request.GET.get("part") == "above"
    since, until = read_day(request.GET.get("since")), read_day(request.GET.get("until"))
    period = Period("asked", since, until) if since and until else choices.period
    page = read_page(request.GET.get("page"))
    tickets = rows_behind(
        choices.slice(user), period, kpi, above=above, most=PAGE, skip=(page - 1) * PAGE
    )
    context = {
        "title": str(kpi.name),
        "kpi": kpi,
        "above": above,
        "choices": choices,
        "period": period,
        "found": tickets,
        "tests": kpi.measure is Measure.TEMPERATURE,
        "filters": _filters(user, choices),
        "page": page,
        "further": page * PAGE < tickets.total,
        "asked": f"{choices.query()}&{period.query}{'&part=above' if above else ''}",
        "ticket_url": ticket_url(),
        "may_open": user.has_perm("complaints.view_ticket"),
    }
    return desk_page(request, "complaints/kpis/kpi_tickets.html", **context)


def kpi_report(request: HttpRequest, form: str) -> HttpResponse:
    """Returns the monthly report of a company, or of all the user may see, as PDF or XLSX."""
    user = require_any(request, VIEW)
    night = last_night()
    if form not in _REPORTS or night is None:
        raise Http404
    choices = read_choices(request.GET, night.day)
    company_key = choices.company
    if company_key is None and len(user.company_ids) == 1 and not user.sees_every_company:
        company_key = user.company_ids[0]
    month = whole_month(choices.day.replace(day=1))
    company = _company(user, company_key) if company_key is not None else None
    report = monthly_report(user, company, month)
    make, content_type = _REPORTS[form]
    answer = HttpResponse(make(report), content_type=content_type)
    codes = [company.code] if company else [row.code for row in companies_of(user)]
    whose = "group" if company is None and user.sees_every_company else "-".join(codes)
    name = f"kpi-{whose}-{month.since:%Y-%m}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _company(user: User, pk: int) -> Company:
    company = get_object_or_404(Company, pk=pk)
    if not user.works_for(company):
        raise Http404
    return company


def _headline(user: User, choices: Choices) -> list[dict[str, Any]]:
    """Returns every figure of the day, month and season, and of the same days a season earlier."""
    season = season_period(choices.day)
    periods = [
        day_period(choices.day),
        month_period(choices.day),
        season,
        season.year_before("last_season"),
    ]
    figures = figures_by_period(choices.slice(user), periods)
    return [
        {
            "kpi": kpi,
            "query": choices.query(kpi=kpi.code),
            "cells": [(period, figures[period.name][kpi.code]) for period in periods],
        }
        for kpi in KPIS
    ]


def _shown(row: Row, choices: Choices) -> dict[str, Any]:
    """Returns a row of the table with links from its figures to tickets and from its name to a
    dashboard.
    """
    narrower = choices.by in ("heat_station", "crew", "company") and row.key is not None
    return {
        "name": row.name,
        "link": choices.query(**{choices.by: row.key}) if narrower else "",
        "linked": [(figure, choices.query_of(row, figure.kpi.code)) for figure in row.cells],
        "in_focus": row.figures[choices.kpi],
    }


def _charts(user: User, choices: Choices) -> dict[str, Any]:
    """Returns two charts: the focused figure by day with the season before, and tickets in and
    out.
    """
    season = season_period(choices.day)
    before = season.year_before("last_season")
    kpi = BY_CODE[choices.kpi]
    timed = kpi.form is Form.MINUTES
    figures = figures_by_day(choices.slice(user), [season, before], timed=timed)
    days = [date.fromordinal(season.since.toordinal() + n) for n in range(_days(season))]
    return {
        "labels": [f"{day:%m-%d}" for day in days],
        "name": str(kpi.name),
        "unit": {"ratio": "%", "minutes": _("分钟（P90）"), "count": _("单")}[kpi.form.value],
        "percent": kpi.form is Form.RATIO,
        "this_season": [_("本采暖季"), by_day(figures, season, kpi.code)],
        "last_season": [_("上季同期"), by_day(figures, before, kpi.code)],
        "received": [_("受理量"), by_day(figures, season, "received")],
        "solved": [
            _("办结量"),
            [float(figures[day]["redo_rate"].denominator) if day in figures else 0 for day in days],
        ],
    }


def _days(period: Period) -> int:
    return (period.until - period.since).days


def _drilled(user: User, choices: Choices) -> list[tuple[str, str, str]]:
    """Returns the station or crew chosen by a click, with the address that clears the choice."""
    return [
        (str(DIMENSION_NAMES[name]), called, choices.query(**{name: None}))
        for name, called in names_of_chosen(choices.slice(user), user).items()
        if name in ("heat_station", "crew")
    ]


def ticket_url() -> str:
    """Returns the address of the ticket pages if they are registered."""
    is_registered = site.is_registered(Ticket)
    return "admin:complaints_ticket_change" if is_registered else ""


def _filters(user: User, choices: Choices) -> list[tuple[str, str]]:
    named = names_of_chosen(choices.slice(user), user)
    return [(str(DIMENSION_NAMES[name]), called) for name, called in named.items()]
