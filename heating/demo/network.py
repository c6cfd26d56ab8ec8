"""The drawn network of a demo company: one source over its stations, a loop to every community."""

from customers.models import Building, HeatSource, HeatStation, Loop
from office.models import Company

_SOURCES = {"11": "城南热电厂", "21": "中川燃气锅炉房"}


def draw_network(company: Company) -> None:
    """Loops are made of what the account list says: which station feeds which building."""
    source = HeatSource.objects.create(company=company, name=_SOURCES[company.code])
    HeatStation.objects.filter(company=company).update(heat_source=source)
    fed = (
        Building.objects.filter(premises__company=company, premises__heat_station__company=company)
        .order_by("premises__heat_station", "community__name", "pk")
        .values_list("premises__heat_station", "community__name", "pk")
        .distinct()
    )
    pipes: dict[tuple[int, str], list[int]] = {}
    for station, community, building in fed:
        pipes.setdefault((station, community), []).append(building)
    loops = Loop.objects.bulk_create(
        Loop(heat_station_id=station, name=f"{community}环路") for station, community in pipes
    )
    hanging = Loop.buildings.through
    hanging.objects.bulk_create(
        hanging(loop_id=loop.pk, building_id=building)
        for loop, buildings in zip(loops, pipes.values(), strict=True)
        for building in buildings
    )
