"""Who may do what: one file a desk. An operation's name is its permission's name."""

from heating.roles.administration import SECURITY_ADMINISTRATOR, SYSTEM_ADMINISTRATOR
from heating.roles.audit import AUDITOR
from heating.roles.billing import CLERK, MANAGER
from heating.roles.counter import CASHIER
from heating.roles.customer_service import AGENT, DISPATCHER, SERVICE_MANAGER
from heating.roles.engineering import ENGINEER
from heating.roles.personnel import PERSONNEL
from heating.roles.procurement import (
    GROUP_LEADER,
    OPERATIONS_REVIEWER,
    PROCUREMENT,
    PROCUREMENT_MANAGER,
    TECHNICAL_REVIEWER,
)
from heating.roles.staff_role import StaffRole

# In the order in which they are listed to people.
STAFF_ROLES = (
    AGENT,
    SERVICE_MANAGER,
    CASHIER,
    CLERK,
    MANAGER,
    ENGINEER,
    DISPATCHER,
    PROCUREMENT,
    PROCUREMENT_MANAGER,
    TECHNICAL_REVIEWER,
    OPERATIONS_REVIEWER,
    GROUP_LEADER,
    PERSONNEL,
    AUDITOR,
    SYSTEM_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
)

__all__ = [
    "STAFF_ROLES",
    "StaffRole",
    "AGENT",
    "AUDITOR",
    "CASHIER",
    "CLERK",
    "DISPATCHER",
    "ENGINEER",
    "MANAGER",
    "PERSONNEL",
    "PROCUREMENT",
    "PROCUREMENT_MANAGER",
    "TECHNICAL_REVIEWER",
    "OPERATIONS_REVIEWER",
    "GROUP_LEADER",
    "SECURITY_ADMINISTRATOR",
    "SERVICE_MANAGER",
    "SYSTEM_ADMINISTRATOR",
]
