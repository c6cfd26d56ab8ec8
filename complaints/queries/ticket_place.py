"""Where tickets are, for lists: one text a row instead of five joins a page."""

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from complaints.models import Ticket
from customers.models import Building, Community, HeatStation, Premise


def with_place(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Annotate `place_text`, which says what `Ticket.place` says, looked up for shown rows only."""
    whole = Concat("community__name", "name", output_field=CharField())
    premise = Premise.objects.filter(pk=OuterRef("premise_id"))
    building = Building.objects.filter(pk=OuterRef("building_id")).annotate(whole=whole)
    community = Community.objects.filter(pk=OuterRef("community_id"))
    station = HeatStation.objects.filter(pk=OuterRef("heat_station_id"))
    return rows.annotate(
        place_text=Coalesce(
            Subquery(premise.order_by().values("address")[:1]),
            Subquery(building.order_by().values("whole")[:1]),
            Subquery(community.order_by().values("name")[:1]),
            Subquery(station.order_by().values("name")[:1]),
            Value(""),
        )
    )
