"""Locked sign-ins: after five failures axes refuses a user name for half an hour."""

from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum

from office.models import User


def is_locked(person: User, at: datetime) -> bool:
    """Returns whether the person's sign-in is refused at that moment, even with the right
    password.
    """
    counted = AccessAttempt.objects.filter(
        username=person.username, attempt_time__gte=at - settings.AXES_COOLOFF_TIME
    ).aggregate(failures=Sum("failures_since_start"))
    return (counted["failures"] or 0) >= settings.AXES_FAILURE_LIMIT
