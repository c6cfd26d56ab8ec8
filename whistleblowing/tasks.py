"""The Celery tasks of the island; they carry no arguments, so the queue holds nothing of it."""

from celery import shared_task
from django.utils import timezone

from office.calendar import business_date
from whistleblowing.clocks.notices import remind_and_escalate
from whistleblowing.files.reading import sweep_pieces
from whistleblowing.protection.operations import end_watches
from whistleblowing.retention.operations import warn_and_destroy


@shared_task(name="whistleblowing.watch_deadlines")
def watch_deadlines() -> int:
    """Reminds and escalates; a missed hour is made up by the next."""
    return remind_and_escalate(by="watch_deadlines", at=timezone.now())


@shared_task(name="whistleblowing.sweep_pieces")
def sweep_lost_pieces() -> int:
    """Removes what uploads that broke off have left."""
    return sweep_pieces(timezone.now())


@shared_task(name="whistleblowing.end_retention")
def end_retention() -> int:
    """Announces and carries out the destruction of what is kept no longer, and ends watches."""
    now = timezone.now()
    end_watches(business_date(now))
    return warn_and_destroy(by="end_retention", at=now)
