"""Sourcings whose offers can be opened at a moment."""

from datetime import datetime

from django.db.models import Q, QuerySet

from office.models import User
from suppliers.models import Sourcing
from suppliers.states import SourcingState


def offers_to_open(user: User, at: datetime) -> QuerySet[Sourcing]:
    """Returns the user's sourcings that take no more offers and are not wholly opened yet."""
    return Sourcing.objects.visible_to(user).filter(
        Q(state=SourcingState.INVITING, offers_until__lte=at) | Q(state=SourcingState.UNLOCKED)
    )
