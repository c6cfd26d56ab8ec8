"""Notices of an incident: stored at once, sent in batches, each in a transaction of its own.

The first batch is sent when the button is pressed, which suffices for a building or a community. A
job sends the rest; it may be killed at any point, since the stored recipients show how far it came.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from complaints.customer_messages import tell_accounts
from complaints.incidents.reach import affected_accounts
from complaints.incidents.recipients import TELL, job_key, jobs_of, stopped_job
from complaints.locking import lock_incident
from complaints.models import Incident, Notice
from complaints.states import IncidentState
from office import journal
from office.actors import Actor
from office.jobs.queue import enqueue_job
from office.models import Job, JobState
from office.permissions import authorise
from office.refusals import Invalid, Refused

# Of the press of the button itself.
AT_ONCE = 2_000


def issue_notice(incident: Incident, text: str, *, by: Actor, at: datetime) -> Notice:
    """A step of notifying accounts: stores the text and sends the first batch.

    The caller holds the incident's lock. A job sends what the first batch leaves.
    """
    if not text.strip():
        raise Invalid("text_missing", _("请填写通知内容。"))
    if incident.notices.filter(text=text.strip()).exists():
        raise Refused("said_already", _("同样的内容已经通知过，没有重复发送。"))
    reached = affected_accounts(incident).aggregate(accounts=Count("pk"), last=Max("pk"))
    notice = Notice.objects.create(
        incident=incident,
        text=text.strip(),
        accounts=reached["accounts"],
        issued_by=by.user,
        issued_at=at,
    )
    last_account = reached["last"] or 0
    if tell_stretch(notice, last=last_account, most=AT_ONCE) < notice.accounts:
        enqueue_job(
            TELL,
            key=job_key(notice),
            by=by,
            at=at,
            company=incident.company,
            notice=notice.pk,
            last=last_account,
        )
    return notice


def check_no_notice_under_way(incident: Incident) -> None:
    """Refuses while an earlier notice is being sent: some customers would get the later one
    first.
    """
    live = (JobState.QUEUED, JobState.RUNNING)
    for job in jobs_of(incident.notices.all()).values():
        if job.state in live:
            raise Refused(
                "notice_under_way",
                _("上一条通知还在发送（%(percent)s %%），请等它发完再发下一条。"),
                percent=job.percent,
            )


@transaction.atomic
def tell_stretch(notice: Notice, *, last: int, most: int) -> int:
    """A step of the job `carry_on_notice`, in a transaction of its own.

    Sends the notice to the next `most` accounts by key, up to `last`; returns how many, 0 at the
    end.
    Recipients and messages are committed together, so that a kill neither leaves an account out nor
    notifies it twice. After a cancellation nothing more is sent.
    """
    incident = lock_incident(notice.incident)
    cancelled = incident.state == IncidentState.CANCELLED
    if cancelled and incident.notices.filter(pk__gt=notice.pk).exists():
        return 0
    last_recipient = notice.recipients.aggregate(last=Max("account_id"))["last"] or 0
    reached = affected_accounts(incident).filter(pk__gt=last_recipient, pk__lte=last)
    select, params = reached.order_by("pk").values_list("pk")[:most].query.sql_with_params()
    insert = "INSERT INTO complaints_noticerecipient (notice_id, account_id)"
    with connection.cursor() as cursor:
        # One INSERT … SELECT, so that the accounts never travel through Python. The SQL is put
        # together from Django's own and ours alone; values are parameters.
        cursor.execute(
            f"{insert} SELECT %s, affected.id FROM ({select}) AS affected (id)",  # noqa: S608
            [notice.pk, *params],
        )
        count = int(cursor.rowcount)
    tell_accounts(notice, notice.recipients.filter(account__gt=last_recipient))
    return count


@transaction.atomic
def resume_notice(incident: Incident, *, by: Actor, at: datetime) -> Job:
    """Resumes the last notice where its failed job stopped."""
    authorise(by, "complaints.notify_affected", incident.company)
    locked_incident = lock_incident(incident)
    stopped = stopped_job(locked_incident)
    if stopped is None:
        raise Refused("nothing_to_resume", _("没有中断的通知。"))
    journal.record("resume_notice", locked_incident, by=by, at=at, notice=stopped.params["notice"])
    return enqueue_job(
        TELL, key=stopped.key, by=by, at=at, company=locked_incident.company, **stopped.params
    )
