"""Names of actors: a record may store only the user name with which a member of staff signs in."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from office.models import User

# What the house calls itself in records of customer service.
HOUSE = {"firm_up_promises": _("系统")}


def name_of(user: User | None, label: str) -> str:
    """Returns the person's name, or the stored label for customers, machines and the system."""
    return user.display_name if user else str(HOUSE.get(label, label))


def names_of(labels: Iterable[str]) -> dict[str, str]:
    """Returns the names for records that store only the label, in one query."""
    labels_to_resolve = set(labels)
    staff = {user.username: user for user in User.objects.filter(username__in=labels_to_resolve)}
    return {label: name_of(staff.get(label), label) for label in labels_to_resolve}
