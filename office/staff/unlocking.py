"""Ends the lock of a sign-in before its half hour is over."""

from datetime import datetime

from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.models import User
from office.permissions import authorise
from office.refusals import Invalid, Refused
from office.staff.sign_in_locks import is_locked
from office.staff.staff_reach import check_reach


@transaction.atomic
def unlock_sign_in(person: User, *, reason: str, by: Actor, at: datetime) -> int:
    """Lets a locked person try again; returns how many failures were counted against them.

    The record of failed sign-ins keeps every failure.
    """
    authorise(by, "office.unlock_sign_in")
    check_reach(by, person)
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写解除原因。"))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if not is_locked(person, at):
        raise Refused(
            "not_locked", _("%(person)s的登录没有被锁定，无需解除。"), person=person.display_name
        )
    attempts = AccessAttempt.objects.filter(username=person.username)
    failures = attempts.aggregate(failures=Sum("failures_since_start"))["failures"]
    attempts.delete()
    journal.record(
        "unlock_sign_in", person, by=by, at=at, reason=reason.strip()[:200], failures=failures
    )
    return int(failures)
