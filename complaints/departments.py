"""Which roles answer for which department; one that nobody stands for is handed nothing."""

from collections.abc import Iterable

from django.utils.translation import gettext_noop

from complaints.classes import Department

# Names of roles as in heating/roles.py, whose groups bear them; a test keeps them so. The audit
# and the information departments are missing: auditors only read, and who looks after the system
# sees no customer.
ANSWERING: dict[Department, tuple[str, ...]] = {
    Department.CUSTOMER_SERVICE: (gettext_noop("客服主管"),),
    Department.FINANCE: (gettext_noop("计费员"), gettext_noop("计费主管")),
    Department.ENGINEERING: (gettext_noop("工程"),),
    Department.PROCUREMENT: (gettext_noop("采购"),),
}
ROLES = sorted({name for names in ANSWERING.values() for name in names})


def departments_of_roles(names: Iterable[str]) -> list[Department]:
    """The departments these roles answer for, in the order in which they stand above."""
    held = set(names)
    return [department for department, roles in ANSWERING.items() if held.intersection(roles)]


def choices() -> list[tuple[str, str]]:
    """The departments that can be handed something, as a form offers them."""
    return [(department.value, str(department.label)) for department in ANSWERING]
