"""The background job that sends the rest of a large notice; it resumes where a killed run ended."""

from typing import Any

from complaints.incidents.notices import tell_stretch
from complaints.incidents.recipients import TELL
from complaints.models import Notice
from office.jobs.queue import RunningJob, job

# How many accounts one transaction notifies. Each transaction searches all affected accounts for
# the next ones, so there should be few; and each locks the incident for about a second.
STRETCH = 20_000


@job(TELL)
def carry_on_notice(work: RunningJob) -> dict[str, Any]:
    """Sends batch after batch until every account is notified."""
    notice = Notice.objects.select_related("incident__company").get(pk=work.params["notice"])
    notified = notice.recipients.count()
    work.progress(notified, notice.accounts)
    while new := tell_stretch(notice, last=work.params["last"], most=STRETCH):
        notified += new
        work.progress(notified, notice.accounts)
    return {"accounts": notified}
