"""The background job that sends the rest of a large notice; it resumes where a killed run ended."""

from typing import Any

from complaints.incidents.notices import tell_stretch
from complaints.incidents.recipients import TELL
from complaints.models import Notice
from office.jobs import RunningJob, job

# Each looks through the whole reach to find its own, so there should not be too many; about a
# second long, in which the incident is held.
STRETCH = 20_000


@job(TELL)
def carry_on_notice(work: RunningJob) -> dict[str, Any]:
    """Sends batch after batch until every account is notified."""
    notice = Notice.objects.select_related("incident__company").get(pk=work.params["notice"])
    told = notice.recipients.count()
    work.progress(told, notice.accounts)
    while new := tell_stretch(notice, last=work.params["last"], most=STRETCH):
        told += new
        work.progress(told, notice.accounts)
    return {"accounts": told}
