"""A connection is put on hold, resumed, rejected, withdrawn and taken up again, with reasons."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.connection.contracts import end_contract
from customers.connection.follow_ups import follow_up
from customers.connection.review_steps import close_review, open_review_of
from customers.connection.steps import (
    due_after_holds,
    end_hold,
    lock_connection,
    move_connection,
    person_of,
    refuse_held,
    written,
)
from customers.connection.surveys import call_off_survey
from customers.connection_states import OPEN_CONNECTIONS
from customers.models import Connection, ConnectionHold
from office import journal
from office.actors import Actor
from office.approvals.steps import withdraw_approval
from office.permissions import authorise
from office.refusals import Refused

WHY = _("请写明原因。")


@transaction.atomic
def hold_connection(connection: Connection, *, reason: str, by: Actor, at: datetime) -> Connection:
    """Puts an open connection on hold where it stands; its promise stands still meanwhile."""
    authorise(by, "customers.hold_connection", connection.company)
    person = person_of(by)
    clean_reason = written(reason, WHY)
    locked_connection = lock_connection(connection)
    refuse_held(locked_connection)
    if locked_connection.state not in OPEN_CONNECTIONS:
        raise Refused("connection_ended", _("已办结的入网不能暂缓。"))
    ConnectionHold.objects.create(
        connection=locked_connection, reason=clean_reason, begun_at=at, begun_by=person
    )
    locked_connection.held_at = at
    locked_connection.due_at = None
    locked_connection.remark = clean_reason
    locked_connection.save()
    journal.record("hold_connection", locked_connection, by=by, at=at, reason=clean_reason)
    return locked_connection


@transaction.atomic
def resume_connection(connection: Connection, *, by: Actor, at: datetime) -> Connection:
    """Resumes a connection on hold; the time on hold is added to what is promised."""
    authorise(by, "customers.hold_connection", connection.company)
    locked_connection = lock_connection(connection)
    if locked_connection.held_at is None:
        raise Refused("connection_not_on_hold", _("这项入网没有暂缓。"))
    end_hold(locked_connection, at=at)
    stay = locked_connection.stays.get(left_at=None)
    locked_connection.due_at = due_after_holds(stay, at)
    locked_connection.save()
    journal.record("resume_connection", locked_connection, by=by, at=at)
    return locked_connection


@transaction.atomic
def reject_connection(
    connection: Connection, *, reason: str, by: Actor, at: datetime
) -> Connection:
    """Ends a connection by the company's word, with the reason for the applicant."""
    authorise(by, "customers.reject_connection", connection.company)
    return _end(connection, "reject_connection", reason, by=by, at=at)


@transaction.atomic
def withdraw_connection(
    connection: Connection, *, reason: str, by: Actor, at: datetime
) -> Connection:
    """Ends a connection at the applicant's wish."""
    authorise(by, "customers.apply_for_connection", connection.company)
    return _end(connection, "withdraw_connection", reason, by=by, at=at)


@transaction.atomic
def reopen_connection(
    connection: Connection, *, reason: str, by: Actor, at: datetime
) -> Connection:
    """Takes an ended connection up again at its acceptance; what was done before stays with it."""
    authorise(by, "customers.reject_connection", connection.company)
    clean_reason = written(reason, WHY)
    locked_connection = lock_connection(connection)
    open_connection = (
        Connection.objects.filter(
            company=locked_connection.company,
            project=locked_connection.project,
            state__in=OPEN_CONNECTIONS,
        )
        .exclude(pk=locked_connection.pk)
        .first()
    )
    if open_connection is not None:
        raise Refused(
            "connection_open",
            _("%(project)s 的入网正在办理（%(number)s），请在那里继续。"),
            project=locked_connection.project,
            number=open_connection.number,
        )
    locked_connection.remark = clean_reason
    move_connection(locked_connection, "reopen_connection", by=by, at=at)
    journal.record("reopen_connection", locked_connection, by=by, at=at, reason=clean_reason)
    return locked_connection


def _end(connection: Connection, verb: str, reason: str, *, by: Actor, at: datetime) -> Connection:
    """Ends the connection by the verb, with the reason and all that was planned for it."""
    clean_reason = written(reason, WHY)
    locked_connection = lock_connection(connection)
    locked_connection.remark = clean_reason
    move_connection(locked_connection, verb, by=by, at=at)
    call_off_survey(locked_connection, at=at)
    review = open_review_of(locked_connection)
    if review is not None:
        close_review(review, passed=False, summary=clean_reason, by=by, at=at)
    withdraw_approval(locked_connection, at=at)
    end_contract(locked_connection, at=at)
    follow_up(locked_connection, at=at)
    journal.record(verb, locked_connection, by=by, at=at, reason=clean_reason)
    return locked_connection
