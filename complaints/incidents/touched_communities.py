"""The affected communities of an incident, by the names residents use."""

from collections import Counter, defaultdict

from django.db.models import Count

from complaints.incidents.notice_texts import MOST_NAMED, Touched
from complaints.incidents.reach import affected_accounts
from complaints.models import Incident
from customers.models import Account

_COMMUNITY = "premise__building__community"


def touched_communities(incident: Incident) -> list[Touched]:
    """Returns the communities of the affected accounts, the largest number first.

    It takes two queries. For the first few it checks whether all their supplied buildings are
    affected.
    """
    accounts: Counter[tuple[int, str]] = Counter()
    buildings: dict[int, list[str]] = defaultdict(list)
    rows = affected_accounts(incident).values_list(
        _COMMUNITY, f"{_COMMUNITY}__name", "premise__building__name"
    )
    for community, name, building, count in rows.annotate(Count("pk")).order_by():
        accounts[community, name] += count
        buildings[community].append(building)
    ordered = sorted(accounts, key=lambda key: (-accounts[key], key[1]))
    supplied = _supplied_buildings([community for community, _name in ordered[:MOST_NAMED]])
    return [
        Touched(
            name,
            sorted(buildings[community], key=lambda building: (len(building), building))
            if len(buildings[community]) < supplied.get(community, 0)
            else (),
        )
        for community, name in ordered
    ]


def _supplied_buildings(communities: list[int]) -> dict[int, int]:
    """Returns how many buildings with accounts these communities have."""
    rows = Account.objects.filter(**{f"{_COMMUNITY}__in": communities}).order_by()
    counted = rows.values_list(_COMMUNITY).annotate(Count("premise__building", distinct=True))
    return dict(counted)
