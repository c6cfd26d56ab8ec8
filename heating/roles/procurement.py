"""The desks of procurement: buyers, their manager, the reviewers and the group's leader."""

from heating.roles.staff_role import APPROVERS, DEPARTMENT, SUPPLIER_FILE, StaffRole, edits, views
from office.roles import Role

_OFFICE = (*views("office", "company", "document"), "office.attach_document")
_VISITS_AND_TRIALS = (
    "suppliers.plan_site_visit",
    "suppliers.pass_site_visit",
    "suppliers.order_trial",
    "suppliers.inspect_trial",
)

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
        "suppliers.apply_for_admission",
        *_VISITS_AND_TRIALS,
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
        *_VISITS_AND_TRIALS,
        "suppliers.check_admission_business",
        "suppliers.meet_condition",
        "suppliers.qualify_supplier",
        "suppliers.stop_admission",
    ),
)

TECHNICAL_REVIEWER = StaffRole(
    Role.TECHNICAL_REVIEWER,
    (
        *_OFFICE,
        *SUPPLIER_FILE,
        *APPROVERS,
        "suppliers.verify_paper",
        "suppliers.check_admission_technology",
        "suppliers.pass_site_visit",
        "suppliers.give_technical_opinion",
        "suppliers.meet_condition",
    ),
)

OPERATIONS_REVIEWER = StaffRole(
    Role.OPERATIONS_REVIEWER,
    (
        *_OFFICE,
        *SUPPLIER_FILE,
        *APPROVERS,
        "suppliers.verify_paper",
        "suppliers.pass_site_visit",
        "suppliers.give_operations_opinion",
        "suppliers.meet_condition",
    ),
)

GROUP_LEADER = StaffRole(
    Role.GROUP_LEADER,
    (
        *_OFFICE,
        *SUPPLIER_FILE,
        *APPROVERS,
        "suppliers.check_admission_group",
        "suppliers.pass_site_visit",
        "suppliers.meet_condition",
    ),
)
