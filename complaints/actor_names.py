"""Who did it, by name: of staff a record may keep only the name they sign in with."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from office.models import User

# What the house calls itself in records of customer service.
HOUSE = {"firm_up_promises": _("系统")}


def name_of(user: User | None, label: str) -> str:
    """The person's name; without a person the label in words: a customer's, a machine's, ours."""
    return user.display_name if user else str(HOUSE.get(label, label))


def names_of(labels: Iterable[str]) -> dict[str, str]:
    """The same for records that keep the label alone, in one query."""
    wanted = set(labels)
    staff = {user.username: user for user in User.objects.filter(username__in=wanted)}
    return {label: name_of(staff.get(label), label) for label in wanted}
