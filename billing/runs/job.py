"""The background job of billing runs; it can be killed anywhere and started again."""

from typing import Any

from django.utils import timezone

from billing.models import BillingRun
from billing.runs.drafts import complete_drafts
from billing.runs.issue import begin_issue, issue_stretch
from billing.runs.operations import finish_issue, finish_preview
from billing.runs.preview import last_account_id, preview_stretch
from billing.states import BillingRunState
from office.jobs.queue import RunningJob, job
from office.runs.jobs import work_through


@job("billing_run")
def carry_on_billing_run(work: RunningJob) -> dict[str, Any]:
    """Carries a run from the stretch where it stands to the end of its preview or issue."""
    run = BillingRun.objects.select_related("season", "company").get(pk=work.params["run"])
    complete_drafts(run)
    if run.state == BillingRunState.PREVIEWING:
        _preview(run, work)
    elif run.state == BillingRunState.ISSUING:
        _issue(run, work)
    run.refresh_from_db()
    return {"state": run.state, "bills": run.bill_count, "amount_fen": run.amount_fen}


def _preview(run: BillingRun, work: RunningJob) -> None:
    last = last_account_id(run)
    work_through(
        work,
        lambda: preview_stretch(run, last=last),
        lambda: finish_preview(run, by=work.actor(), at=timezone.now()),
        done=run.previewed_through,
        total=last,
    )


def _issue(run: BillingRun, work: RunningJob) -> None:
    begin_issue(run)
    work_through(
        work,
        lambda: issue_stretch(run, at=timezone.now()),
        lambda: finish_issue(run, by=work.actor(), at=timezone.now()),
        done=0,
        total=run.bill_count + run.changed_since_preview,
    )
