"""The search for accounts by number, name, phone tail, ID number or any part of the address.

Each of these is an indexed look-up of its own, so that the time is that of the slowest and not
of a scan; addresses are narrowed by community or room before their text is compared.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Reverse

from customers.models import Account, Building, Community, Customer, Premise, SupplyContract
from customers.models.customer import ID_NUMBER
from office.identity import check_credit_code, check_id_number, mask_phone
from office.models import User
from office.sealing import digest

MOST_FOUND = 20
_LONGEST_QUERY = 80
_SHORTEST_TAIL = 4
_MOST_COMMUNITIES = 200
_WORD = re.compile(r"[0-9A-Za-z]+|[^\s0-9A-Za-z,，、;；/\\-]+")
# The separators and words between the numbers of an address, which do not help the search.
_FILLERS = frozenset({"号", "号楼", "栋", "楼", "单元", "室", "房", "层", "户"})


@dataclass(frozen=True)
class FoundAccount:
    """An account as the result list shows it: enough to recognise it, no personal data in full."""

    account_id: int
    number: str
    company: str
    address: str
    customer: str
    phone: str
    contract_id: int | None
    ended: bool


class FoundAccounts(list[FoundAccount]):
    """The accounts that a search shows; `cut` says that there are more."""

    def __init__(self, accounts: Iterable[FoundAccount] = (), *, cut: bool = False) -> None:
        super().__init__(accounts)
        self.cut = cut


def search_accounts(text: str, user: User, *, limit: int = MOST_FOUND) -> FoundAccounts:
    """Returns at most `limit` matching accounts that the user may see, the most certain first."""
    query = _read(text)
    if not query.words:
        return FoundAccounts()
    # One more than is shown, to know whether the search stops.
    ids = _matching(query, user.visible_company_ids, limit + 1)
    return FoundAccounts(_describe(ids[:limit]), cut=len(ids) > limit)


def _matching(query: "_Query", companies: Sequence[int], limit: int) -> list[int]:
    # A dict keeps the order and each account once.
    account_ids = dict.fromkeys(_by_identity(query, companies, limit))
    # A single number that matches an account was not meant as a part of an address, and an ID
    # number never is.
    is_no_address = query.id_number or (account_ids and query.one_number)
    if not is_no_address and len(account_ids) < limit:
        account_ids |= dict.fromkeys(_at_address(query, companies, limit))
    return list(account_ids)[:limit]


@dataclass(frozen=True)
class _Query:
    """What somebody typed, in three forms: without spaces, split at spaces, and as words in which
    digits stand apart from letters. `id_number` is empty unless the whole text is one.
    """

    compact: str
    chunks: list[str]
    words: list[str]
    id_number: str

    @property
    def one_number(self) -> bool:
        """Returns whether the text is one number or code, such as an account number."""
        return len(self.words) == 1 and self.compact.isascii()


def _read(text: str) -> _Query:
    """Parses the text: half-width, at most 80 characters, without NUL, which PostgreSQL refuses."""
    narrow = unicodedata.normalize("NFKC", text)[:_LONGEST_QUERY].replace("\x00", "")
    chunks = narrow.split()
    compact = "".join(chunks)
    return _Query(compact, chunks, split_words(narrow), _id_number(compact))


def split_words(text: str) -> list[str]:
    """Returns the words of a query, digits apart from letters: "迎泽花园28-1504" has three."""
    return [
        word for word in _WORD.findall(unicodedata.normalize("NFKC", text)) if word not in _FILLERS
    ]


def _id_number(compact: str) -> str:
    """Returns the text as a checked ID number or credit code, or an empty text."""
    for check in (check_id_number, check_credit_code):
        try:
            return check(compact)
        except ValueError:
            continue
    return ""


def _by_identity(query: _Query, companies: Sequence[int], limit: int) -> list[int]:
    """Returns the accounts with this number, ID number, phone or name; each is an index look-up."""
    text = query.compact
    customers = Customer.objects.filter(company__in=companies)
    if query.id_number:
        wanted = digest(query.id_number, ID_NUMBER)
        return _of_customers(customers.filter(id_digest=wanted).exclude(id_digest=""), limit)
    account_ids: list[int] = []
    if query.one_number:
        numbered = Account.objects.filter(company__in=companies, number__startswith=text)
        account_ids += numbered.values_list("pk", flat=True)[:limit]
    digits = text.removeprefix("+86").replace("-", "")
    if digits.isdigit() and len(digits) >= _SHORTEST_TAIL and len(account_ids) < limit:
        account_ids += _of_customers(_with_phone_tail(digits, companies), limit)
    if not text.isascii() and len(query.chunks) == 1:
        account_ids += _of_customers(customers.filter(name__startswith=text), limit)
    return account_ids


def _with_phone_tail(digits: str, companies: Sequence[int]) -> QuerySet[Customer]:
    """Returns the customers whose phone ends in these digits.

    The index is on the reversed number: the end of a number is the beginning of its reverse.
    """
    return (
        Customer.objects.annotate(tail=Reverse("phone"))
        .filter(company__in=companies, tail__startswith=digits[::-1])
        .exclude(phone="")
    )


def _of_customers(customers: QuerySet[Customer], limit: int) -> list[int]:
    """Returns the accounts of these customers, those with a running contract first."""
    # More customers than accounts are wanted, since some have no contract.
    few = list(customers.order_by().values_list("pk", flat=True)[: limit * 5])
    contracts = SupplyContract.objects.filter(customer__in=few)
    running_first = contracts.order_by(F("ends").asc(nulls_first=True))
    return list(running_first.values_list("account_id", flat=True)[:limit])


def _at_address(query: _Query, companies: Sequence[int], limit: int) -> list[int]:
    """Returns accounts whose address contains every word.

    It looks in the communities that the text names, and only without a match there in all.
    """
    every_word = Q(company__in=companies)
    for word in query.words:
        every_word &= Q(address__contains=word)
    premises = Premise.objects.filter(every_word).order_by()
    if communities := _communities_named(query, companies):
        # The ids of buildings, so that PostgreSQL uses the index on (building, unit, room).
        buildings = Building.objects.filter(community__in=communities).order_by()
        near = premises.filter(building__in=list(buildings.values_list("pk", flat=True)))
        if account_ids := _accounts_of(near, limit):
            return account_ids
    return _accounts_of(premises, limit)


def _accounts_of(premises: QuerySet[Premise], limit: int) -> list[int]:
    """Returns the accounts of the first of these premises, by number."""
    doors = list(premises.values_list("pk", flat=True)[:limit])
    accounts = Account.objects.filter(premise__in=doors)
    return list(accounts.order_by("number").values_list("pk", flat=True))


def _communities_named(query: _Query, companies: Sequence[int]) -> list[int]:
    """Returns the communities that the text names in whole or in part.

    Returns none where they are too many to narrow the search.
    """
    communities = Community.objects.filter(company__in=companies).order_by()
    # The query becomes a column, so that SQL can ask which names are contained in it.
    communities_and_query = communities.annotate(query_text=Value(query.compact))
    parts = Q(query_text__contains=F("name"))
    for chunk in query.chunks:
        if not chunk.isascii() and len(chunk) > 1:
            parts |= Q(name__contains=chunk)
    named_communities = communities_and_query.filter(parts)
    named = list(named_communities.values_list("pk", flat=True)[: _MOST_COMMUNITIES + 1])
    return named if len(named) <= _MOST_COMMUNITIES else []


def _describe(ids: Sequence[int]) -> list[FoundAccount]:
    """Returns the accounts in this order, each with its running or else its last contract."""
    contracts = SupplyContract.objects.select_related("customer").order_by(
        F("ends").desc(nulls_first=True), "-starts"
    )
    rows = (
        Account.objects.filter(pk__in=ids)
        .select_related("premise", "company")
        .prefetch_related(Prefetch("contracts", queryset=contracts))
    )
    by_id = {row.pk: row for row in rows}
    return [_found_account(by_id[pk]) for pk in ids if pk in by_id]


def _found_account(account: Account) -> FoundAccount:
    """Returns the account's row of the result list."""
    contract = next(iter(account.contracts.all()), None)
    return FoundAccount(
        account_id=account.pk,
        number=account.number,
        company=account.company.short_name,
        address=account.premise.address,
        customer=contract.customer.name if contract else "",
        phone=mask_phone(contract.customer.phone) if contract and contract.customer.phone else "",
        contract_id=contract.pk if contract else None,
        ended=bool(contract and contract.ends),
    )
