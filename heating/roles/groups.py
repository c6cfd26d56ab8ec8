"""The groups of the database that carry the roles, kept in step with `heating/roles/`.

`sync_roles` runs after every migration.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Count, Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from heating.roles import STAFF_ROLES
from office.language import listed
from office.models import User
from office.refusals import Refused
from office.roles import ADMINISTRATORS

EXCLUSIVE = frozenset(role.group_name for role in ADMINISTRATORS)


@transaction.atomic
def sync_roles(using: str = "default") -> None:
    """Gives every role its group, and the group exactly the permissions of its desk."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0, using=using)
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for staff_role in STAFF_ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=staff_role.name)
        group.permissions.set([permissions[name] for name in staff_role.permissions])


def sync_after_migrations(sender: Any, using: str, **kwargs: Any) -> None:
    """Runs `sync_roles` once, after the last app's migrations."""
    if sender is list(apps.get_app_configs())[-1]:
        sync_roles(using)


def refuse_exclusive_roles(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Refuses a second of the three administrator roles before it reaches the table."""
    if action != "pre_add" or not pk_set:
        return
    if reverse:
        pairs = [(user, {instance.pk}) for user in User.objects.filter(pk__in=pk_set)]
    else:
        pairs = [(instance, pk_set)]
    for user, added in pairs:
        wanted = Group.objects.filter(Q(pk__in=added) | Q(user=user), name__in=EXCLUSIVE)
        names = sorted(set(wanted.values_list("name", flat=True)))
        if len(names) > 1:
            raise Refused(
                "roles_exclude",
                _("%(roles)s不能由同一人兼任，请先取消其中一个角色。"),
                roles=lazy(listed, str)(names),
            )


def users_with_exclusive_roles() -> list[User]:
    """Returns people who have two of the three administrator roles, however they got them."""
    return list(
        User.objects.annotate(
            exclusive=Count("groups", filter=Q(groups__name__in=EXCLUSIVE), distinct=True)
        ).filter(exclusive__gt=1)
    )
