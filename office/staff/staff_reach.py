"""Whose sign-in an administrator may touch."""

from office.actors import Actor
from office.models import User
from office.refusals import NotAllowed
from office.roles import ADMINISTRATORS, Role, roles_of_groups


def check_reach(by: Actor, person: User) -> None:
    """Raises NotAllowed for colleagues of other companies, and for superusers unless by one."""
    if by.user is None:
        return
    if person.is_superuser and not by.user.is_superuser:
        raise NotAllowed()
    if not by.user.sees_every_company and not set(person.company_ids) <= set(by.user.company_ids):
        raise NotAllowed()


def administrator_roles(person: User) -> set[Role]:
    """Returns which of the three administrators the person is; no more than one."""
    names = set(person.groups.values_list("name", flat=True))
    return roles_of_groups(names) & ADMINISTRATORS


def keeps_sign_in_of(user: User, person: User) -> bool:
    """Returns whether the user may set the person's password and edit who they are.

    The three administrators (三员分立) stay apart: none of them enters by the name of another,
    so theirs are kept only by somebody of the same role and by superusers.
    """
    if not user.has_perm("office.change_user"):
        return False
    return user.is_superuser or administrator_roles(person) <= administrator_roles(user)
