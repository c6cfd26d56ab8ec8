"""Choices on the KPI pages: read from the address and written into links."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, QueryDict

from complaints.classes import Channel, TicketKind
from complaints.kpis.board import DIMENSIONS, Row
from complaints.kpis.figures import Slice
from complaints.kpis.periods import Period, day_period, month_period, season_period
from complaints.measures import BY_CODE
from office.forms.day_field import is_plausible
from office.forms.typed_numbers import read_number
from office.models import User

# A spot check of temperatures belongs to no ticket: it has neither kind nor channel.
NONE = "none"
SPANS = {"day": day_period, "month": month_period, "season": season_period}


@dataclass(frozen=True)
class Choices:
    """The chosen day, period of the tables, focused figure, and filters."""

    day: date
    span: str = "month"
    by: str = "company"
    kpi: str = "closed_in_time"
    company: int | None = None
    heat_station: int | None = None
    crew: int | None = None
    kind: str | None = None
    channel: str | None = None

    @property
    def period(self) -> Period:
        return SPANS[self.span](self.day)

    @property
    def filters(self) -> dict[str, Any]:
        return {name: value for name in DIMENSIONS if (value := getattr(self, name)) is not None}

    def slice(self, user: User) -> Slice:
        """Returns the selection of facts: the user's companies and the filters."""
        return Slice.of(user, **self.filters)

    def query(self, **changes: Any) -> str:
        """Returns these choices, some of them replaced, as the query of an address."""
        changed = replace(self, **changes)
        values = {name: value for name, value in vars(changed).items() if value is not None}
        return urlencode({name: NONE if value == "" else value for name, value in values.items()})

    def query_of(self, row: Row, kpi: str) -> str:
        """Returns the query for the tickets of one table row; 0 means no station or crew."""
        key = 0 if row.key is None else row.key
        return self.query(kpi=kpi, **{self.by: key})


def read_choices(query: QueryDict, latest: date) -> Choices:
    """Reads the choices from an address; missing ones get the default, invalid ones are 404."""
    return Choices(
        day=min(_day(query.get("day"), latest), latest),
        span=_one_of(query.get("span"), SPANS, "month"),
        by=_one_of(query.get("by"), DIMENSIONS, "company"),
        kpi=_one_of(query.get("kpi"), BY_CODE, "closed_in_time"),
        company=_number(query.get("company")),
        heat_station=_number(query.get("heat_station")),
        crew=_number(query.get("crew")),
        kind=_word(query.get("kind"), TicketKind.values),
        channel=_word(query.get("channel"), Channel.values),
    )


def read_day(text: str | None) -> date | None:
    """Reads a day such as 2026-01-12; anything else is 404."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not is_plausible(day):
        raise Http404
    return day


def _day(text: str | None, default: date) -> date:
    return read_day(text) or default


def _one_of(text: str | None, allowed: Any, default: str) -> str:
    """Returns the text if it is allowed, the default if it is empty; anything else is 404."""
    if not text:
        return default
    if text not in allowed:
        raise Http404
    return text


def _word(text: str | None, allowed: Any) -> str | None:
    """Returns the chosen value; "" for the choice of rows without one, None for no choice."""
    if text == NONE:
        return ""
    return _one_of(text, allowed, "") or None


def _number(text: str | None) -> int | None:
    """Returns the number of the text, None if it is empty; anything else is 404."""
    if not text:
        return None
    number = read_number(text)
    if number is None:
        raise Http404
    return number
