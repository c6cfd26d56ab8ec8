"""The desks of procurement: buyers, their manager, the reviewers and the group's leader."""

from heating.roles.staff_role import APPROVERS, DEPARTMENT, SUPPLIER_FILE, StaffRole, edits, views
from office.roles import Role

_OFFICE = (*views("office", "company", "document"), "office.attach_document")

PROCUREMENT = StaffRole(
    Role.PROCUREMENT,
    (
        *_OFFICE,
        *DEPARTMENT,
        *SUPPLIER_FILE,
        "suppliers.register_supplier",
        "suppliers.change_supplier_facts",
        "suppliers.declare_relation",
        "suppliers.propose_bank_account",
        "suppliers.hand_in_paper",
        "suppliers.verify_paper",
    ),
)

PROCUREMENT_MANAGER = StaffRole(
    Role.PROCUREMENT_MANAGER,
    (
        *_OFFICE,
        *SUPPLIER_FILE,
        *APPROVERS,
        *edits("suppliers", "supplycategory", "paperrequirement"),
        "suppliers.register_supplier",
        "suppliers.change_supplier_facts",
        "suppliers.merge_suppliers",
        "suppliers.declare_relation",
        "suppliers.propose_bank_account",
        "suppliers.confirm_bank_account",
        "suppliers.hand_in_paper",
        "suppliers.verify_paper",
    ),
)

TECHNICAL_REVIEWER = StaffRole(
    Role.TECHNICAL_REVIEWER, (*_OFFICE, *SUPPLIER_FILE, *APPROVERS, "suppliers.verify_paper")
)

OPERATIONS_REVIEWER = StaffRole(
    Role.OPERATIONS_REVIEWER, (*_OFFICE, *SUPPLIER_FILE, *APPROVERS, "suppliers.verify_paper")
)

GROUP_LEADER = StaffRole(Role.GROUP_LEADER, (*_OFFICE, *SUPPLIER_FILE, *APPROVERS))
