"""Notices of an incident: written down at once, told in stretches, each a transaction of its own.

The first stretch belongs to the press of the button, and for a building or a community there is no
other. The rest of a city is told by a job, which can be killed anywhere: the recipients there are
say how far it came.
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
from office.jobs import enqueue_job
from office.models import Job, JobState
from office.permissions import authorise
from office.refusals import Invalid, Refused

# Of the press of the button itself.
AT_ONCE = 2_000


def issue_notice(incident: Incident, text: str, *, by: Actor, at: datetime) -> Notice:
    """Freeze the words and how many they are for, and begin to tell them.

    Part of the transaction of whoever holds the incident.
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
    last = reached["last"] or 0
    if tell_stretch(notice, last=last, most=AT_ONCE) < notice.accounts:
        enqueue_job(
            TELL,
            key=job_key(notice),
            by=by,
            at=at,
            company=incident.company,
            notice=notice.pk,
            last=last,
        )
    return notice


def check_all_told(incident: Incident) -> None:
    """Refuse while a notice is being told: some would hear the later one first."""
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
    """Tell the next accounts in the order of their keys up to `last`; how many, 0 after the end.

    Recipients and messages are committed together, so nobody is left out or told twice after a
    kill. What was called off meanwhile is told to nobody else.
    """
    incident = lock_incident(notice.incident)
    called_off = incident.state == IncidentState.CANCELLED
    if called_off and incident.notices.filter(pk__gt=notice.pk).exists():
        return 0
    told = notice.recipients.aggregate(last=Max("account_id"))["last"] or 0
    reached = affected_accounts(incident).filter(pk__gt=told, pk__lte=last)
    asked, params = reached.order_by("pk").values_list("pk")[:most].query.sql_with_params()
    insert = "INSERT INTO complaints_noticerecipient (notice_id, account_id)"
    with connection.cursor() as cursor:
        # Our own words around Django's own SQL.
        cursor.execute(
            f"{insert} SELECT %s, affected.id FROM ({asked}) AS affected (id)",  # noqa: S608
            [notice.pk, *params],
        )
        count = int(cursor.rowcount)
    tell_accounts(notice, notice.recipients.filter(account__gt=told))
    return count


@transaction.atomic
def resume_notice(incident: Incident, *, by: Actor, at: datetime) -> Job:
    """Go on with the last notice where its failed job stopped."""
    authorise(by, "complaints.notify_affected", incident.company)
    held = lock_incident(incident)
    stopped = stopped_job(held)
    if stopped is None:
        raise Refused("nothing_to_resume", _("没有中断的通知。"))
    journal.record("resume_notice", held, by=by, at=at, notice=stopped.params["notice"])
    return enqueue_job(TELL, key=stopped.key, by=by, at=at, company=held.company, **stopped.params)
