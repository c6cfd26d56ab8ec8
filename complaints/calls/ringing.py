"""Calls that ring at the moment, with the agent and the caller."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from complaints.models import RingingCall
from complaints.tickets.screen_pop import phone_spellings
from customers.models import SupplyContract
from office.calendar import business_date
from office.models import User

# The call centre tells that it rings, not that somebody took it or hung up.
RINGS_FOR = timedelta(minutes=2)
MOST_CALLS = 5
_MOST_CONTRACTS = 50


@dataclass(frozen=True)
class Ringing:
    """A call at an agent's desk, with the first of the number's present contracts."""

    call: RingingCall
    phone: str
    contracts: list[SupplyContract]


def ringing_calls(user: User, at: datetime, *, but: str = "") -> list[Ringing]:
    """Returns the calls that ring at this user's desk, newest first, without the number `but`.

    It takes two queries, also for a user of several companies.
    """
    # The last few by their key: who has taken a hundred thousand calls is asked as quickly.
    rows = RingingCall.objects.visible_to(user).filter(agent=user).select_related("company")
    last = rows.order_by("-pk")[:MOST_CALLS]
    shown: dict[RingingCall, list[str]] = {}
    for call in last:
        ways = phone_spellings(call.number) or [call.number]
        # Who rings off and rings again is there once.
        if at - call.received_at < RINGS_FOR and but not in ways and ways not in shown.values():
            shown[call] = ways
    contracts = _contracts(shown, at) if shown else []
    return [
        Ringing(
            call,
            ways[0],
            [c for c in contracts if c.company_id == call.company_id and c.customer.phone in ways],
        )
        for call, ways in shown.items()
    ]


def _contracts(shown: dict[RingingCall, list[str]], at: datetime) -> list[SupplyContract]:
    day = business_date(at)
    rows = SupplyContract.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=day),
        starts__lte=day,
        company__in={call.company_id for call in shown},
        customer__phone__in={way for ways in shown.values() for way in ways},
    )
    return list(
        rows.select_related("customer", "account__premise").order_by("pk")[:_MOST_CONTRACTS]
    )
