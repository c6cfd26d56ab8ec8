"""A run bears one business date, however long it works and whoever resumes it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from billing.models import BillingRun, Transfer
from billing.runs.issue import begin_issue, issue_stretch
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
    resume_billing_run,
)
from heating.roles import CLERK, MANAGER
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Job
from office.zone import SHANGHAI
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    an_account,
)

pytestmark = pytest.mark.django_db

LATE = datetime(2025, 12, 31, 23, 58, tzinfo=SHANGHAI)


@pytest.fixture
def run(settings: Any) -> BillingRun:
    """An approved run over two flats, one to a stretch."""
    company = a_company()
    clerk = Actor.staff(a_member_of_staff("计费员", CLERK, company))
    manager = Actor.staff(a_member_of_staff("主管", MANAGER, company))
    for _ in range(2):
        a_contract(an_account(company), a_customer(company))
    settings.BILLING_STRETCH = 1
    run = create_billing_run(a_season(company), by=clerk, at=NOW)
    assert run_job(preview_billing_run(run, by=clerk, at=NOW).pk)
    return approve_billing_run(run, by=manager, at=NOW)


@pytest.fixture
def manager(run: BillingRun) -> Actor:
    assert run.approved_by
    return Actor.staff(run.approved_by)


def days_of(run: BillingRun) -> list[date]:
    return list(
        Transfer.objects.filter(bill__run=run)
        .order_by("pk")
        .values_list("business_date", flat=True)
    )


class TestBusinessDate:
    def test_is_that_of_the_moment_it_was_issued_past_midnight_and_after_a_failure(
        self, run: BillingRun, manager: Actor
    ) -> None:
        assert run.business_date is None
        job = issue_billing_run(run, by=manager, at=LATE)
        begin_issue(run)
        assert issue_stretch(run, at=LATE + timedelta(minutes=5)) == 1
        Job.objects.filter(pk=job.pk).update(state="failed")
        resumed = resume_billing_run(run, by=manager, at=LATE + timedelta(days=2))
        assert run_job(resumed.pk)
        issued_run = BillingRun.objects.get(pk=run.pk)
        assert (issued_run.state, issued_run.business_date) == ("issued", date(2025, 12, 31))
        assert days_of(run) == [date(2025, 12, 31)] * 2

    def test_of_a_run_that_the_version_before_was_issuing_is_that_of_its_next_stretch(
        self, run: BillingRun, manager: Actor
    ) -> None:
        job = issue_billing_run(run, by=manager, at=LATE)
        BillingRun.objects.filter(pk=run.pk).update(business_date=None)
        begin_issue(run)
        assert issue_stretch(run, at=LATE + timedelta(minutes=5)) == 1
        assert run_job(job.pk)
        run.refresh_from_db()
        assert run.business_date == date(2026, 1, 1)
        assert days_of(run) == [date(2026, 1, 1)] * 2
