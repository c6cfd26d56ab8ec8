"""The background job that issues the certificates of a rating and prints them in one pile."""

from typing import Any

from office.jobs.queue import RunningJob, job
from suppliers.certificates.operations import JOB, awaiting, issue_stretch, print_pile
from suppliers.models import RatingRun


@job(JOB)
def carry_on_certificates(work: RunningJob) -> dict[str, Any]:
    """Issues stretch after stretch, then prints what was never printed.

    It can be killed anywhere and started again: issued certificates stay, and the pile is printed
    and filed in one transaction. All bear the moment at which issuing was ordered, also after a
    night's interruption.
    """
    ordered_at = work.row.created_at
    run = RatingRun.objects.get(pk=work.params["run"])
    done = run.certificates.count()
    # One step more than certificates: the pile.
    total = done + awaiting(run).count() + 1
    while awaiting(run).exists():
        before, done = done, issue_stretch(run, by=work.actor(), at=ordered_at)
        if done <= before:
            raise RuntimeError(f"job {work.row.pk}: no progress after {before} certificates")
        work.progress(done, total)
    printed = print_pile(run, by=work.actor(), at=ordered_at)
    work.progress(total, total)
    return {"certificates": done, "printed": printed}
