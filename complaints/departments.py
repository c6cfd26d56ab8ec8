"""The roles that answer for each department; a department without one can be handed nothing."""

from collections.abc import Iterable

from complaints.classes import Department
from office.roles import Role, roles_of_groups

# The audit and the information departments are missing: auditors only read, and the system
# administrator sees no customer.
ANSWERING: dict[Department, tuple[Role, ...]] = {
    Department.CUSTOMER_SERVICE: (Role.SERVICE_MANAGER,),
    Department.FINANCE: (Role.CLERK, Role.MANAGER),
    Department.ENGINEERING: (Role.ENGINEER,),
    Department.PROCUREMENT: (Role.PROCUREMENT,),
}


def departments_of_groups(group_names: Iterable[str]) -> list[Department]:
    """Returns the departments for which the roles of these groups answer, in the order above."""
    own_roles = roles_of_groups(set(group_names))
    return [department for department, roles in ANSWERING.items() if own_roles.intersection(roles)]


def choices() -> list[tuple[str, str]]:
    """Returns the departments that can be handed something, as choices of a form."""
    return [(department.value, str(department.label)) for department in ANSWERING]
