"""Customers a newcomer signs in as on the telephone: they owe, and nobody pays for them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownCustomer:
    """Somebody with a phone number to remember and the first accounts of a company."""

    company: str
    name: str
    phone: str
    accounts: int
    owes_last_season: bool


WANG = KnownCustomer("11", "王秀英", "13800000001", 1, owes_last_season=True)
LI = KnownCustomer("11", "李建国", "13800000002", 2, owes_last_season=False)
MA = KnownCustomer("21", "马玉兰", "13800000003", 1, owes_last_season=True)

KNOWN = (WANG, LI, MA)
PHONES = frozenset(customer.phone for customer in KNOWN)
