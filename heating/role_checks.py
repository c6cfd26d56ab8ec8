"""Finds people who have two of the three administrator roles, however they received them."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, transaction

from heating.roles.groups import EXCLUSIVE, users_with_exclusive_roles


@register(Tags.database)
def refuse_joined_administrators(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Reports such people; `check --database default` and every migration run it."""
    if not databases:
        return []
    try:
        with transaction.atomic():
            joined = users_with_exclusive_roles()
    except DatabaseError:
        return []  # Before the first migration there are no people.
    return [
        Error(
            f"{user.username} holds more than one of {'、'.join(sorted(EXCLUSIVE))}.",
            "Take all but one of these roles away.",
            id="heating.E040",
        )
        for user in joined
    ]
