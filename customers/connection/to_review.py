"""The designs that wait for a person's opinion."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from customers.models import Connection, DesignReviewer
from office.models import User


def to_review(user: User, at: datetime) -> QuerySet[Connection]:
    """Returns the connections whose open review waits for this person, the oldest first."""
    waiting = DesignReviewer.objects.filter(
        review__connection=OuterRef("pk"), review__closed_at=None, user=user, opinion=None
    )
    rows = Connection.objects.visible_to(user).filter(Exists(waiting), held_at=None)
    return rows.order_by("waiting_since", "pk")
