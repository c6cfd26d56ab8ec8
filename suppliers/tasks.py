"""The Celery tasks of the suppliers' desks."""

from celery import shared_task
from django.utils import timezone

from office.actors import Actor
from suppliers.watch.expiry import warn_of_expiry
from suppliers.watch.rechecks import open_rechecks


@shared_task(name="suppliers.watch_suppliers")
def watch_suppliers() -> int:
    """Warns of papers that end and opens yearly re-checks; a missed night is made up later."""
    at, by = timezone.now(), Actor.system("watch_suppliers")
    return warn_of_expiry(by=by, at=at) + open_rechecks(by=by, at=at)
