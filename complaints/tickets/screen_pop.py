"""The screen pop: what an agent sees of the caller before answering.

The number of queries is constant, however many accounts the number belongs to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet

from billing.ledger.open_bills import open_bills_of
from complaints.incidents.reach import Spot, open_incidents_at
from complaints.models import Incident, Ticket
from complaints.states import LIVE_TICKETS
from customers.models import Account, Customer, SupplyContract
from office.identity import check_phone
from office.models import User

MOST_ACCOUNTS = 10
MOST_TICKETS = 5
_MOST_CUSTOMERS = 50
_MOST_ROWS = 60
SEE_ARREARS = "billing.view_bill"


@dataclass(frozen=True)
class CallersAccount:
    """An account as the agent sees it during the call.

    `arrears_fen` is None if the user may not see bills; `former` marks a contract that has ended.
    `neighbours` are the tickets in work of the same building.
    """

    account: Account
    contract: SupplyContract | None
    arrears_fen: int | None
    tickets: list[Ticket] = field(default_factory=list)
    neighbours: list[Ticket] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)

    @property
    def former(self) -> bool:
        return self.contract is not None and self.contract.ends is not None


@dataclass(frozen=True)
class ScreenPop:
    """What is on file about a number; `more` if it has more accounts than are shown.

    `tickets` are the latest reported from the number, about any account.
    """

    phone: str
    accounts: list[CallersAccount]
    tickets: list[Ticket]
    more: bool = False


def screen_pop(phone: str, user: User) -> ScreenPop:
    """Returns the accounts and tickets of a number, within the user's companies.

    The number may have the forms that telephone exchanges send: with +86, a leading zero, spaces.
    """
    spellings = phone_spellings(phone)
    if not spellings:
        return ScreenPop(phone.strip()[:20], [], [])
    companies = user.visible_company_ids
    customers = Customer.objects.filter(company__in=companies, phone__in=spellings)
    customer_keys = list(customers.order_by().values_list("pk", flat=True)[:_MOST_CUSTOMERS])
    contracts = (
        _contracts(Q(customer__in=customer_keys) | Q(payer__in=customer_keys))
        .filter(company__in=companies)
        .order_by(F("ends").desc(nulls_first=True), "pk")
    )
    # A caller's former and present contract of one account are one account.
    by_account: dict[int, SupplyContract] = {}
    for contract in contracts[:_MOST_ROWS] if customer_keys else ():
        by_account.setdefault(contract.account_id, contract)
    shown = list(by_account.values())[:MOST_ACCOUNTS]
    return ScreenPop(
        phone=spellings[0],
        accounts=_seen([(contract.account, contract) for contract in shown], user),
        tickets=_latest(_tickets().filter(company__in=companies, caller_phone__in=spellings)),
        more=len(by_account) > len(shown),
    )


def account_pop(account_id: int, user: User) -> CallersAccount | None:
    """Returns an account as `screen_pop` does, with its present or last contract.

    Returns None if it does not exist or is not the user's.
    """
    rows = Account.objects.visible_to(user).select_related(*_places("premise"), "company")
    account = rows.filter(pk=account_id).first()
    if account is None:
        return None
    contracts = _contracts(Q(account=account)).order_by(F("ends").desc(nulls_first=True), "-starts")
    return _seen([(account, contracts.first())], user)[0]


def phone_spellings(phone: str) -> list[str]:
    """Returns the spellings in which a number may be on file, the longest first.

    A text that is no number has none.
    """
    text = phone.strip()
    for candidate in (text, text.lstrip("+").removeprefix("86"), text.removeprefix("0")):
        try:
            number = check_phone(candidate)
        except ValueError:
            continue
        area, _dash, local = number.partition("-")
        return [number, local] if len(area) in (3, 4) and len(local) >= 7 else [number]
    return []


def neighbours_of(building_ids: Iterable[int], user: User) -> QuerySet[Ticket]:
    """Returns the tickets in work of these buildings that another could be joined to, newest
    first.
    """
    return (
        _tickets()
        .filter(
            company__in=user.visible_company_ids, building__in=building_ids, state__in=LIVE_TICKETS
        )
        .order_by("-pk")
    )


def _seen(
    pairs: Sequence[tuple[Account, SupplyContract | None]], user: User
) -> list[CallersAccount]:
    ids = [account.pk for account, _contract in pairs]
    premises = [account.premise for account, _contract in pairs]
    arrears = _arrears([contract for _account, contract in pairs if contract], user)
    tickets = list(_tickets().filter(account__in=ids).order_by("-pk")[:_MOST_ROWS]) if ids else []
    nearby = (
        list(neighbours_of({p.building_id for p in premises}, user)[:_MOST_ROWS]) if ids else []
    )
    incidents = open_incidents_at([Spot.of(premise) for premise in premises])
    return [
        CallersAccount(
            account=account,
            contract=contract,
            arrears_fen=None if arrears is None else arrears.get(contract.pk if contract else 0, 0),
            tickets=[t for t in tickets if t.account_id == account.pk][:MOST_TICKETS],
            neighbours=[t for t in nearby if t.building_id == account.premise.building_id],
            incidents=incidents[place],
        )
        for place, (account, contract) in enumerate(pairs)
    ]


def _arrears(contracts: Sequence[SupplyContract], user: User) -> dict[int, int] | None:
    """Returns the open amount by contract, in fen; None for users who may not see bills."""
    if not user.has_perm(SEE_ARREARS):
        return None
    open_fen: dict[int, int] = {}
    for item in open_bills_of([contract.pk for contract in contracts]) if contracts else ():
        open_fen[item.bill.contract_id] = open_fen.get(item.bill.contract_id, 0) + item.open_fen
    return open_fen


def _contracts(condition: Q) -> QuerySet[SupplyContract]:
    return SupplyContract.objects.filter(condition).select_related(
        "customer", "account__company", *_places("account__premise")
    )


def _places(premise: str) -> tuple[str, str]:
    return f"{premise}__building__community", f"{premise}__heat_station"


def _tickets() -> QuerySet[Ticket]:
    return Ticket.objects.select_related("premise", "building__community")


def _latest(tickets: QuerySet[Ticket]) -> list[Ticket]:
    return list(tickets.order_by("-pk")[:MOST_TICKETS])
