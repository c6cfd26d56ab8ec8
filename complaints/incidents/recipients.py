"""Progress of the notices of an incident."""

from collections.abc import Iterable

from complaints.models import Incident, Notice
from office.models import Job, JobState

TELL = "tell_affected"


def job_key(notice: Notice) -> str:
    """Returns the key that allows a notice one job at a time."""
    return f"{TELL}:{notice.pk}"


def jobs_of(notices: Iterable[Notice]) -> dict[int, Job]:
    """Returns the last job of each notice that was too large to send at once, in one query."""
    keys = {job_key(notice): notice.pk for notice in notices}
    rows = Job.objects.filter(kind=TELL, key__in=keys).order_by("pk")
    return {keys[row.key]: row for row in rows}


def stopped_job(incident: Incident) -> Job | None:
    """Returns the failed job of the incident's last notice; earlier notices are not resumed."""
    last = incident.notices.order_by("-pk").first()
    job = jobs_of([last]).get(last.pk) if last else None
    return job if job and job.state == JobState.FAILED else None
