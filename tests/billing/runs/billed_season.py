"""A season that is previewed, approved and issued for the tests of billing runs."""

from billing.ledger.checks import check_ledger
from billing.models import BillingRun, HeatingSeason
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
)
from customers.models import Account
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company
from tests.builders import NOW, a_contract, a_customer, an_account


def a_household(company: Company, area: str = "90.00") -> Account:
    account = an_account(company, area=area)
    a_contract(account, a_customer(company))
    return account


def previewed(season: HeatingSeason, by: Actor) -> BillingRun:
    run = create_billing_run(season, by=by, at=NOW)
    assert run_job(preview_billing_run(run, by=by, at=NOW).pk)
    run.refresh_from_db()
    return run


def issued(season: HeatingSeason, clerk: Actor, manager: Actor) -> BillingRun:
    run = previewed(season, clerk)
    approve_billing_run(run, by=manager, at=NOW)
    assert run_job(issue_billing_run(run, by=manager, at=NOW).pk)
    run.refresh_from_db()
    return run


def books_are_whole() -> bool:
    return [result.check.name for result in check_ledger() if not result.holds] == []
