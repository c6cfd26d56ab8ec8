"""The declared relations of a day, read from the declarations."""

from datetime import date

from office.interests.relations import Relations, relations_of
from office.models import InterestDeclaration
from office.organisation.on_day import in_force


def relations_on(day: date) -> Relations:
    """Returns every relation that is declared for a day; one statement."""
    return relations_of(
        InterestDeclaration.objects.filter(in_force(day))
        .order_by()
        .values_list("declarant", "related", "party")
    )
