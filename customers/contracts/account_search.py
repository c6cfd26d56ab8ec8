"""One box finds an account: by number, name, phone tail, ID number or any part of the address.

Every way is its own indexed look-up, so the slowest of them bounds the search, not their sum of
rows; addresses are narrowed by community or room before their text is compared.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Reverse

from customers.identity import check_credit_code, check_id_number, mask_phone
from customers.models import Account, Building, Community, Customer, Premise, SupplyContract
from customers.models.customer import ID_NUMBER
from office.models import User
from office.sealing import digest

MOST_FOUND = 20
_LONGEST_QUERY = 80
_SHORTEST_TAIL = 4
_MOST_COMMUNITIES = 200
_WORD = re.compile(r"[0-9A-Za-z]+|[^\s0-9A-Za-z,，、;；/\\-]+")
# What stands between the numbers of an address and tells nothing.
_FILLERS = frozenset({"号", "号楼", "栋", "楼", "单元", "室", "房", "层", "户"})


@dataclass(frozen=True)
class FoundAccount:
    """An account as the result list shows it: enough to choose, nothing to copy down."""

    account_id: int
    number: str
    company: str
    address: str
    customer: str
    phone: str
    contract_id: int | None
    ended: bool


def search_accounts(text: str, user: User, *, limit: int = MOST_FOUND) -> list[FoundAccount]:
    """Accounts the user may see that the text finds, the surest way first."""
    asked = _read(text)
    if not asked.words:
        return []
    companies = user.visible_company_ids
    found = dict.fromkeys(_by_identity(asked, companies, limit))
    # A number that led somewhere was not meant as a part of an address.
    if not (found and asked.one_number) and len(found) < limit and not asked.id_number:
        found |= dict.fromkeys(_at_address(asked, companies, limit))
    return _describe(list(found)[:limit])


@dataclass(frozen=True)
class _Question:
    """A query read: as typed, its chunks, and its words with digits apart from letters."""

    compact: str
    chunks: list[str]
    words: list[str]
    id_number: str

    @property
    def one_number(self) -> bool:
        return len(self.words) == 1 and self.compact.isascii()


def _read(text: str) -> _Question:
    narrow = unicodedata.normalize("NFKC", text)[:_LONGEST_QUERY].replace("\x00", "")
    chunks = narrow.split()
    compact = "".join(chunks)
    return _Question(compact, chunks, split_words(narrow), _id_number(compact))


def split_words(text: str) -> list[str]:
    """The words of a query, digits apart from letters: "迎泽花园28-1504" are three."""
    return [
        word for word in _WORD.findall(unicodedata.normalize("NFKC", text)) if word not in _FILLERS
    ]


def _id_number(compact: str) -> str:
    """The text as a checked ID number or credit code, or nothing."""
    for check in (check_id_number, check_credit_code):
        try:
            return check(compact)
        except ValueError:
            continue
    return ""


def _by_identity(asked: _Question, companies: Sequence[int], limit: int) -> list[int]:
    """By account number, ID number, phone or name: each an index look-up."""
    text = asked.compact
    customers = Customer.objects.filter(company__in=companies)
    if asked.id_number:
        wanted = digest(asked.id_number, ID_NUMBER)
        return _of_customers(customers.filter(id_digest=wanted).exclude(id_digest=""), limit)
    found: list[int] = []
    if asked.one_number:
        numbered = Account.objects.filter(company__in=companies, number__startswith=text)
        found += numbered.values_list("pk", flat=True)[:limit]
    digits = text.removeprefix("+86").replace("-", "")
    if digits.isdigit() and len(digits) >= _SHORTEST_TAIL and len(found) < limit:
        found += _of_customers(_with_phone_tail(digits, companies), limit)
    if not text.isascii() and len(asked.chunks) == 1:
        found += _of_customers(customers.filter(name__startswith=text), limit)
    return found


def _with_phone_tail(digits: str, companies: Sequence[int]) -> QuerySet[Customer]:
    return (
        Customer.objects.annotate(tail=Reverse("phone"))
        .filter(company__in=companies, tail__startswith=digits[::-1])
        .exclude(phone="")
    )


def _of_customers(customers: QuerySet[Customer], limit: int) -> list[int]:
    few = list(customers.order_by().values_list("pk", flat=True)[: limit * 5])
    contracts = SupplyContract.objects.filter(customer__in=few)
    running_first = contracts.order_by(F("ends").asc(nulls_first=True))
    return list(running_first.values_list("account_id", flat=True)[:limit])


def _at_address(asked: _Question, companies: Sequence[int], limit: int) -> list[int]:
    """Every word somewhere in the address; first in communities the text names, then anywhere."""
    every_word = Q(company__in=companies)
    for word in asked.words:
        every_word &= Q(address__contains=word)
    premises = Premise.objects.filter(every_word).order_by()
    if communities := _communities_named(asked, companies):
        # By building ids, so that the index on the doors of a building is used.
        buildings = Building.objects.filter(community__in=communities).order_by()
        near = premises.filter(building__in=list(buildings.values_list("pk", flat=True)))
        if found := _accounts_of(near, limit):
            return found
    return _accounts_of(premises, limit)


def _accounts_of(premises: QuerySet[Premise], limit: int) -> list[int]:
    doors = list(premises.values_list("pk", flat=True)[:limit])
    accounts = Account.objects.filter(premise__in=doors)
    return list(accounts.order_by("number").values_list("pk", flat=True))


def _communities_named(asked: _Question, companies: Sequence[int]) -> list[int]:
    """Communities the text names, in whole or by a part; none when they are too many to help."""
    communities = Community.objects.filter(company__in=companies).order_by()
    told = communities.annotate(said=Value(asked.compact))
    parts = Q(said__contains=F("name"))
    for chunk in asked.chunks:
        if not chunk.isascii() and len(chunk) > 1:
            parts |= Q(name__contains=chunk)
    named_so = told.filter(parts)
    named = list(named_so.values_list("pk", flat=True)[: _MOST_COMMUNITIES + 1])
    return named if len(named) <= _MOST_COMMUNITIES else []


def _describe(ids: Sequence[int]) -> list[FoundAccount]:
    contracts = SupplyContract.objects.select_related("customer").order_by(
        F("ends").desc(nulls_first=True), "-starts"
    )
    rows = (
        Account.objects.filter(pk__in=ids)
        .select_related("premise", "company")
        .prefetch_related(Prefetch("contracts", queryset=contracts))
    )
    by_id = {row.pk: row for row in rows}
    return [_found(by_id[pk]) for pk in ids if pk in by_id]


def _found(account: Account) -> FoundAccount:
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
