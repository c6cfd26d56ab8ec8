"""The background job of an annual rating; it can be killed anywhere and started again."""

from typing import Any

from django.utils import timezone

from office.jobs.queue import RunningJob, job
from office.runs.jobs import work_through
from suppliers.models import RatingRun
from suppliers.rating.runs import finish_scoring
from suppliers.rating.score_rows import score_suppliers
from suppliers.rating_states import RatingRunState


@job("rating_run")
def carry_on_rating_run(work: RunningJob) -> dict[str, Any]:
    """Scores all suppliers in one transaction, then lets the panel begin."""
    run = RatingRun.objects.get(pk=work.params["run"])
    if run.state == RatingRunState.SCORING:

        def score() -> int:
            score_suppliers(run)
            return 1

        work_through(
            work,
            score,
            lambda: finish_scoring(run, by=work.actor(), at=timezone.now()),
            done=1 if run.supplier_count else 0,
            total=1,
        )
    run.refresh_from_db()
    return {"state": run.state, "suppliers": run.supplier_count}
