"""The season billed: a run issued weeks ago, another waiting for the second person."""

from collections.abc import Callable, Sequence
from datetime import datetime

from billing.models import BillingRun, HeatingSeason
from billing.runs.issue import begin_issue, issue_stretch
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    finish_issue,
    finish_preview,
    issue_billing_run,
    preview_billing_run,
)
from billing.runs.preview import last_account_id, preview_stretch
from customers.models import Community
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Job


def bill_communities(
    season: HeatingSeason,
    communities: Sequence[Community],
    *,
    clerk: Actor,
    manager: Actor,
    at: Callable[[int, int], datetime],
) -> BillingRun:
    """Previewed by the clerk, approved and issued by the manager; `at` gives the day's minutes."""
    run = preview_communities(season, communities, clerk=clerk, at=at)
    approve_billing_run(run, by=manager, at=at(14, 5))
    job = issue_billing_run(run, by=manager, at=at(14, 10))
    begin_issue(run)
    run.refresh_from_db()
    written = 0
    while written < run.bill_count:
        written = issue_stretch(run, at=at(14, 11))
    finish_issue(run, by=manager, at=at(14, 12))
    _close(job)
    run.refresh_from_db()
    return run


def preview_communities(
    season: HeatingSeason,
    communities: Sequence[Community],
    *,
    clerk: Actor,
    at: Callable[[int, int], datetime],
) -> BillingRun:
    """Left waiting for the second person."""
    run = create_billing_run(season, communities=communities, by=clerk, at=at(9, 0))
    job = preview_billing_run(run, by=clerk, at=at(9, 5))
    last = last_account_id(run)
    while preview_stretch(run, last=last) < last:
        pass
    finish_preview(run, by=clerk, at=at(9, 6))
    _close(job)
    run.refresh_from_db()
    return run


def _close(job: Job) -> None:
    # Its work was done above, at the hour of the story; the job finds nothing left to do.
    run_job(job.pk)
