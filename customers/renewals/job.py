"""The background job of renewal runs; it can be killed anywhere and started again."""

from typing import Any

from django.utils import timezone

from customers.models import RenewalDraft, RenewalRun
from customers.renewals.drafts import draft_renewals
from customers.renewals.issue import paper_count, print_stretch, renew_stretch
from customers.renewals.operations import finish_renewal, finish_renewal_preview
from customers.states import RenewalRunState
from office.jobs.queue import RunningJob, job
from office.runs.jobs import work_through


@job("renewal_run")
def carry_on_renewal_run(work: RunningJob) -> dict[str, Any]:
    """Carries a run from where it stands to the end of its preview, or of its papers and prints."""
    run = RenewalRun.objects.select_related("company").get(pk=work.params["run"])
    if run.state == RenewalRunState.PREVIEWING:
        draft_renewals(run)
        finish_renewal_preview(run, by=work.actor(), at=timezone.now())
    elif run.state == RenewalRunState.ISSUING:
        _issue(run, work)
    run.refresh_from_db()
    return {"state": run.state, "contracts": run.draft_count, "papers": paper_count(run)}


def _issue(run: RenewalRun, work: RunningJob) -> None:
    """Draws up what is left, then prints what is left; progress counts both halves."""
    drafts, by = run.draft_count, work.actor()
    work_through(
        work,
        lambda: renew_stretch(run),
        lambda: None,
        done=RenewalDraft.objects.filter(run=run, pk__lte=run.renewed_through).count(),
        total=drafts,
    )
    papers = paper_count(run)
    printed = run.papers.filter(pk__lte=run.printed_through).count()
    while printed < papers:
        before, printed = printed, print_stretch(run, by=by, at=timezone.now())
        if printed <= before:
            raise RuntimeError(f"job {work.row.pk}: no progress after {before} prints")
        work.progress(drafts + printed, drafts + papers)
    finish_renewal(run, by=by, at=timezone.now())
