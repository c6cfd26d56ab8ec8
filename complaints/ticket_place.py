"""Where tickets are, for lists: one text a row instead of five joins a page."""

from typing import Any

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from customers.models import Building, Community, HeatStation, Premise


def with_place(rows: QuerySet[Any], ticket: str = "") -> QuerySet[Any]:
    """Annotate `place_text`, which says what `Ticket.place` says, looked up for shown rows only.

    `ticket` is the way from other rows to their ticket, as "ticket__".
    """
    whole = Concat("community__name", "name", output_field=CharField())
    premise = Premise.objects.filter(pk=OuterRef(f"{ticket}premise_id"))
    building = Building.objects.filter(pk=OuterRef(f"{ticket}building_id")).annotate(whole=whole)
    community = Community.objects.filter(pk=OuterRef(f"{ticket}community_id"))
    station = HeatStation.objects.filter(pk=OuterRef(f"{ticket}heat_station_id"))
    placed: QuerySet[Any] = rows.annotate(
        place_text=Coalesce(
            Subquery(premise.order_by().values("address")[:1]),
            Subquery(building.order_by().values("whole")[:1]),
            Subquery(community.order_by().values("name")[:1]),
            Subquery(station.order_by().values("name")[:1]),
            Value(""),
        )
    )
    return placed
