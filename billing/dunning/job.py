"""The background job of dunning runs; it can be killed anywhere and started again."""

from typing import Any

from django.utils import timezone

from billing.change_states import DunningRunState
from billing.dunning.operations import finish_dunning_preview, finish_dunning_run
from billing.dunning.reminding import remind_stretch
from billing.models import DunningRun
from office.jobs.queue import RunningJob, job
from office.runs.jobs import work_through


@job("dunning_run")
def carry_on_dunning_run(work: RunningJob) -> dict[str, Any]:
    """Carries a run from where it stands to the end of its preview, or of its steps."""
    run = DunningRun.objects.select_related("company").get(pk=work.params["run"])
    if run.state == DunningRunState.PREVIEWING:
        finish_dunning_preview(run, by=work.actor(), at=timezone.now())
    elif run.state == DunningRunState.REMINDING:
        work_through(
            work,
            lambda: remind_stretch(run, at=timezone.now()),
            lambda: finish_dunning_run(run, by=work.actor(), at=timezone.now()),
            done=run.drafts.filter(pk__lte=run.reminded_through).count(),
            total=run.draft_count,
        )
    run.refresh_from_db()
    return {"state": run.state, "contracts": run.draft_count, "notices": run.notices.count()}
