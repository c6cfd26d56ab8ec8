"""Lists ask the database as often with 3,000 rows as with 30; tests/bench times a million."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import Bill
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
)
from heating.roles import CLERK, MANAGER
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company, User
from tests.bench.city import NOW, build_city
from tests.builders import a_company, a_member_of_staff

pytestmark = pytest.mark.django_db

LISTS = (
    "customers_account_changelist",
    "customers_customer_changelist",
    "customers_supplycontract_changelist",
    "customers_premise_changelist",
    "customers_community_changelist",
    "billing_bill_changelist",
    "billing_transfer_changelist",
)


def billed_city(code: str, accounts: int) -> tuple[Company, User]:
    """A company of `accounts` accounts, all billed, and somebody who sees only that company."""
    company = a_company(code)
    clerk = Actor.staff(a_member_of_staff(f"计费{code}", CLERK, company))
    manager = a_member_of_staff(f"主管{code}", MANAGER, company)
    run = create_billing_run(build_city(company, accounts), by=clerk, at=NOW)
    run_job(preview_billing_run(run, by=clerk, at=NOW).pk)
    approve_billing_run(run, by=Actor.staff(manager), at=NOW)
    run_job(issue_billing_run(run, by=Actor.staff(manager), at=NOW).pk)
    return company, manager


def questions(user: User, name: str, **query: str) -> int:
    client = Client()
    client.force_login(user)
    # The sidebar's counts are remembered for a while; each page counts them here.
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(reverse(f"admin:{name}"), query)
    assert answer.status_code == 200
    return len(captured)


def test_lists_search_and_account_page_do_not_grow() -> None:
    _, few = billed_city("11", 30)
    big, many = billed_city("21", 3_000)
    assert Bill.objects.filter(company=big).count() == 3_000
    # Once each beforehand: content types and the like are asked for once in a process.
    for name in LISTS:
        questions(few, name)
    counts = {name: (questions(few, name), questions(many, name)) for name in LISTS}
    assert {name: pair for name, pair in counts.items() if pair[0] != pair[1]} == {}
    assert max(pair[0] for pair in counts.values()) <= 15
    search_counts = questions(few, "search", s="1000007"), questions(many, "search", s="1000007")
    assert search_counts[0] == search_counts[1]
