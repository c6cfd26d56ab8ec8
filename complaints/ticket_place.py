"""Places of tickets in lists: one text per row instead of five joins per page."""

from typing import Any

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from customers.models import Building, Community, HeatStation, Premise


def with_place(rows: QuerySet[Any], ticket: str = "") -> QuerySet[Any]:
    """Annotates `place_text`, the text of `Ticket.place`, evaluated for shown rows only.

    `ticket` is the lookup from other rows to their ticket, such as "ticket__".
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
