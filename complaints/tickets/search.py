"""Search of tickets by number, account number, telephone, or the beginning of a name."""

import re
import unicodedata
from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.db.models.functions import Collate, Reverse
from django.utils import timezone

from complaints.models import Ticket
from customers.models import Account, Community, Customer, SupplyContract
from office.calendar import business_date
from office.models import Company, User

_NUMBER = re.compile(r"GD[0-9]{2,}", re.IGNORECASE)
_LONGEST = 40
_SHORTEST_TAIL = 4
_MOST_ACCOUNTS = 50
_MOST_CUSTOMERS = 50
_SERIAL_DIGITS = 8
_LAST_YEAR = timedelta(days=365)
# As the index says it (models/ticket.py).
PHONE_TAIL = Collate(Reverse(F("caller_phone")), "C")


def search_tickets(rows: QuerySet[Ticket], text: str, user: User) -> QuerySet[Ticket]:
    """Returns the rows that match the text; each kind of match uses an index."""
    typed = "".join(unicodedata.normalize("NFKC", text).replace("\x00", "").split())[:_LONGEST]
    if not typed:
        return rows
    companies = user.visible_companies
    # Always named, also for who sees all: the indexes begin with the company.
    rows = rows.filter(company__in=companies)
    if _NUMBER.fullmatch(typed):
        return rows.filter(number__startswith=typed.upper())
    digits = typed.removeprefix("+86").replace("-", "")
    if digits.isascii() and digits.isdigit():
        return _by_digits(rows, digits, companies)
    if typed.isascii():
        return rows.filter(outside_reference__startswith=typed)
    accounts, communities = _named(typed, companies)
    return rows.filter(
        Q(caller_name__startswith=typed) | Q(account__in=accounts) | Q(community__in=communities)
    )


def _by_digits(rows: QuerySet[Ticket], digits: str, companies: list[Company]) -> QuerySet[Ticket]:
    condition = Q(outside_reference=digits)
    if len(digits) <= _SERIAL_DIGITS:
        condition |= Q(number__in=_numbers_ending(int(digits), companies))
    if len(digits) >= _SHORTEST_TAIL:
        numbered = Account.objects.filter(company__in=companies, number__startswith=digits)
        accounts = _if_few(numbered)
        rows = rows.annotate(tail=PHONE_TAIL)
        condition |= Q(tail__startswith=digits[::-1]) | Q(account__in=accounts)
    return rows.filter(condition)


def _numbers_ending(serial: int, companies: list[Company]) -> list[str]:
    """Returns the whole numbers that end with these digits, which people read out alone."""
    now = timezone.now()
    years = {business_date(day).year for day in (now, now - _LAST_YEAR)}
    return [f"GD{row.code}{year}{serial:08d}" for row in companies for year in sorted(years)]


def _named(name: str, companies: list[Company]) -> tuple[set[int], set[int]]:
    """Returns the accounts of customers and the communities whose name begins so, by one statement.

    Many customers, as of a family name, identify nobody: then there are no accounts.
    """
    customers = Customer.objects.filter(company__in=companies, name__startswith=name)
    some_customers = customers.order_by().values("pk")[: _MOST_CUSTOMERS + 1]
    contracts = SupplyContract.objects.filter(customer__in=some_customers).order_by()
    places = Community.objects.filter(company__in=companies, name__startswith=name).order_by()
    # Communities stand in the same rows, with no customer.
    pairs = list(
        contracts.values_list("customer_id", "account_id").union(
            places.values_list(Value(None, BigIntegerField()), "pk"), all=True
        )
    )
    accounts = {key for customer, key in pairs if customer is not None}
    communities = {key for customer, key in pairs if customer is None}
    customer_count = len({customer for customer, _key in pairs if customer is not None})
    return (accounts if customer_count <= _MOST_CUSTOMERS else set()), communities


def _if_few(rows: QuerySet[Any]) -> list[int]:
    """Returns the keys if they are few; too many identify nobody."""
    keys = list(rows.order_by().values_list("pk", flat=True)[: _MOST_ACCOUNTS + 1])
    return keys if len(keys) <= _MOST_ACCOUNTS else []
