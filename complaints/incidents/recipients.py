"""How far the notices of an incident have been told."""

from collections.abc import Iterable

from complaints.models import Incident, Notice
from office.models import Job, JobState

TELL = "tell_affected"


def job_key(notice: Notice) -> str:
    """By which a notice has one job at a time."""
    return f"{TELL}:{notice.pk}"


def jobs_of(notices: Iterable[Notice]) -> dict[int, Job]:
    """The last job of each notice that was too large for the press of a button; in one query."""
    keys = {job_key(notice): notice.pk for notice in notices}
    rows = Job.objects.filter(kind=TELL, key__in=keys).order_by("pk")
    return {keys[row.key]: row for row in rows}


def stopped_job(incident: Incident) -> Job | None:
    """The failed job of the incident's last notice; what went before is not told after it."""
    last = incident.notices.order_by("-pk").first()
    job = jobs_of([last]).get(last.pk) if last else None
    return job if job and job.state == JobState.FAILED else None
