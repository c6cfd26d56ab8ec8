"""Leads that wait for a person's judgement."""

from datetime import datetime

from django.db.models import QuerySet

from office.models import User
from suppliers.models import CollusionLead, Strength


def leads_to_judge(user: User, _at: datetime) -> QuerySet[CollusionLead]:
    """Returns the user's leads without judgement; a weak sign alone is nobody's work."""
    return (
        CollusionLead.objects.visible_to(user)
        .filter(verdict="", strength__gt=Strength.WEAK)
        .select_related("sourcing")
    )
