"""One box finds an account: by number, name, phone tail, ID number or any part of the address.

Every way is its own indexed look-up, so the slowest of them bounds the search, not their sum of
rows; addresses are narrowed by community or room before their text is compared.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.functions import Reverse

from customers.identity import check_credit_code, check_id_number, mask_phone
from customers.models import Account, Community, Customer, Premise, SupplyContract
from customers.models.customer import ID_NUMBER
from office.models import Company, User
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
    words = split_words(text)
    if not words:
        return []
    companies = _companies(user)
    found: dict[int, None] = {}
    for ids in _ways(words, _compact(text), companies, limit):
        found.update(dict.fromkeys(ids))
        if len(found) >= limit:
            break
    return _describe(list(found)[:limit])


def split_words(text: str) -> list[str]:
    """The words of a query, digits apart from letters: "迎泽花园28-1504" are three."""
    narrow = unicodedata.normalize("NFKC", text)[:_LONGEST_QUERY].replace("\x00", "")
    return [word for word in _WORD.findall(narrow) if word not in _FILLERS]


def _compact(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text)[:_LONGEST_QUERY].replace("\x00", "").split())


def _companies(user: User) -> list[int]:
    """Always named, also for who sees all: the indexes begin with the company."""
    if user.sees_every_company:
        return list(Company.objects.values_list("pk", flat=True))
    return user.company_ids


def _ways(
    words: Sequence[str], compact: str, companies: Sequence[int], limit: int
) -> Iterable[Iterable[int]]:
    accounts = Account.objects.filter(company__in=companies)
    if len(words) == 1 and compact.isascii():
        yield accounts.filter(number__startswith=compact).values_list("pk", flat=True)[:limit]
    if compact.isascii() and compact.isalnum():
        yield _by_id_number(compact, companies)
    digits = compact.replace("-", "").removeprefix("+86")
    if digits.isdigit() and len(digits) >= _SHORTEST_TAIL:
        yield _of_customers(_with_phone_tail(digits, companies), limit)
    if len(words) == 1 and not compact.isdigit():
        named = Customer.objects.filter(company__in=companies, name__startswith=compact)
        yield _of_customers(named, limit)
    yield _at_address(words, companies, limit)


def _by_id_number(text: str, companies: Sequence[int]) -> Iterable[int]:
    for check in (check_id_number, check_credit_code):
        try:
            number = check(text)
        except ValueError:
            continue
        same = Customer.objects.filter(
            company__in=companies, id_digest=digest(number, ID_NUMBER)
        ).exclude(id_digest="")
        return _of_customers(same, MOST_FOUND)
    return []


def _with_phone_tail(digits: str, companies: Sequence[int]) -> QuerySet[Customer]:
    return (
        Customer.objects.annotate(tail=Reverse("phone"))
        .filter(company__in=companies, tail__startswith=digits[::-1])
        .exclude(phone="")
    )


def _of_customers(customers: QuerySet[Customer], limit: int) -> Iterable[int]:
    few = customers.order_by().values("pk")[: limit * 5]
    return (
        SupplyContract.objects.filter(customer__in=list(few.values_list("pk", flat=True)))
        .order_by(F("ends").asc(nulls_first=True))
        .values_list("account_id", flat=True)[:limit]
    )


def _at_address(words: Sequence[str], companies: Sequence[int], limit: int) -> Iterable[int]:
    every_word = Q()
    for word in words:
        every_word &= Q(address__contains=word)
    premises = Premise.objects.filter(every_word, company__in=companies).order_by()
    communities = _communities_named(words, companies)
    if communities:
        premises = premises.filter(building__community__in=communities)
    return (
        Account.objects.filter(premise__in=premises).values_list("pk", flat=True).order_by()[:limit]
    )


def _communities_named(words: Sequence[str], companies: Sequence[int]) -> list[int]:
    names = Q()
    for word in words:
        if not word.isdigit() and len(word) > 1:
            names |= Q(name__contains=word)
    if not names:
        return []
    found = Community.objects.filter(names, company__in=companies).order_by()
    ids = list(found.values_list("pk", flat=True)[: _MOST_COMMUNITIES + 1])
    return ids if len(ids) <= _MOST_COMMUNITIES else []


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
