"""The desk of procurement."""

from heating.roles.staff_role import DEPARTMENT, StaffRole, views
from office.roles import Role

PROCUREMENT = StaffRole(
    Role.PROCUREMENT,
    (*views("office", "company", "document"), "office.attach_document", *DEPARTMENT),
)
