"""The staff's search on 500,000 accounts: every kind of question, many of each."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from customers.contracts.account_search import search_accounts
from customers.models import Account, Customer
from office.identity import id_check_character
from office.models import Company, User
from tests.bench.city import build_city

ACCOUNTS = 500_000
EACH = 25


@pytest.fixture
def clerk(transactional_db: Any) -> User:
    company = Company.objects.order_by("code")[1]
    with transaction.atomic():
        build_city(company, ACCOUNTS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    user = User.objects.create_user("clerk", is_staff=True)
    user.companies.add(company)
    return user


def timed(ask: Callable[[], Any]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def questions(pick: random.Random) -> Iterator[tuple[str, str]]:
    """What people type, with its kind."""
    rows = list(
        Account.objects.filter(pk__in=_some_pks(pick)).values_list(
            "number", "premise__address", "contracts__customer__name", "contracts__customer__phone"
        )
    )
    for number, address, name, phone in rows:
        community, _, rest = address.partition("小区")
        building, _, rest = rest.partition("号楼")
        _, _, room = rest.partition("单元")
        yield "number", number
        yield "number prefix", number[:5]
        yield "name", name
        yield "family name", name[:1]
        yield "phone", phone
        yield "phone tail", phone[-4:]
        yield "address", f"{community}小区 {building} {room}"
        yield "address in one", address
        yield "rooms only", f"{building} {room}"
        yield "common word", "花园"
        yield "part of a name", community[1:]
        yield "nowhere", f"不存在{pick.randrange(99)}"
        yield "nowhere in numbers", f"{pick.randrange(10**6)} 98765"
        yield "nobody's ID", _id_number(pick)


def _some_pks(pick: random.Random) -> list[int]:
    first = Account.objects.order_by("pk").values_list("pk", flat=True)[0]
    return [first + pick.randrange(ACCOUNTS) for _ in range(EACH)]


def _id_number(pick: random.Random) -> str:
    first = (
        f"1401051980{pick.randrange(1, 13):02d}{pick.randrange(1, 28):02d}{pick.randrange(999):03d}"
    )
    return first + id_check_character(first)


def test_search(clerk: User, capsys: pytest.CaptureFixture[str]) -> None:
    pick = random.Random(7)
    timings: dict[str, list[float]] = {}
    for kind, text in questions(pick):
        timings.setdefault(kind, []).append(timed(partial(search_accounts, text, clerk)))
    pks = list(Customer.objects.values_list("pk", flat=True)[:200])
    bare = statistics.median(timed(partial(Customer.objects.get, pk=pk)) for pk in pks)
    every = sorted(second for seconds in timings.values() for second in seconds)
    p50, p95 = statistics.median(every), every[int(len(every) * 0.95)]
    with capsys.disabled():
        print(f"\nsearch on {ACCOUNTS:,} accounts, {len(every)} questions")
        for kind, seconds in timings.items():
            middle, worst = statistics.median(seconds), max(seconds)
            print(f"  {kind:20} p50 {middle * 1e3:7.1f} ms   worst {worst * 1e3:7.1f} ms")
        print(f"  {'all':20} p50 {p50 * 1e3:7.1f} ms   p95   {p95 * 1e3:7.1f} ms")
        print(f"  bare index look-up {bare * 1e3:.2f} ms; p50 is {p50 / bare:.1f} times that")
