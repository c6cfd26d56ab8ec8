"""The desks of procurement: buyers, their manager, the reviewers and the group's leader."""

from heating.roles.staff_role import (
    APPROVERS,
    CONNECTIONS,
    DEPARTMENT,
    EVERYBODY,
    SUPPLIER_FILE,
    StaffRole,
    edits,
    views,
)
from office.roles import Role

_DEALINGS = (
    "suppliers.enter_order",
    "suppliers.record_breach",
    "suppliers.enter_delivery",
    "suppliers.open_case",
    "suppliers.close_case",
    "suppliers.deduct_wages",
    "suppliers.import_supply_list",
    "office.view_job",
)
_WATCH = (
    "suppliers.record_recheck",
    "suppliers.raise_issue",
    "suppliers.report_rectification",
    "suppliers.plan_event",
    "suppliers.record_attendance",
)
_OFFICE = (*views("office", "company", "document"), "office.attach_document")
_VISITS_AND_TRIALS = (
    "suppliers.plan_site_visit",
    "suppliers.pass_site_visit",
    "suppliers.order_trial",
    "suppliers.inspect_trial",
)

# Who brings an annual rating on its way; approving it is for others.
_RATING = (
    "suppliers.create_rating_run",
    "suppliers.score_rating_run",
    "suppliers.name_panel",
    "suppliers.close_panel",
    "suppliers.raise_objection",
)

PROCUREMENT = StaffRole(
    Role.PROCUREMENT,
    (
        *EVERYBODY,
        *_OFFICE,
        *DEPARTMENT,
        *SUPPLIER_FILE,
        "suppliers.register_supplier",
        "suppliers.change_supplier_facts",
        "suppliers.declare_relation",
        "suppliers.propose_bank_account",
        "suppliers.hand_in_paper",
        "suppliers.verify_paper",
        "suppliers.issue_supplier_link",
        "suppliers.apply_for_admission",
        "suppliers.propose_ban",
        "suppliers.enter_appeal",
        *_VISITS_AND_TRIALS,
        *_DEALINGS,
        *_WATCH,
        *_RATING,
        "suppliers.sit_on_panel",
        "suppliers.print_certificate",
        "suppliers.request_sourcing",
        "suppliers.invite_suppliers",
        "suppliers.open_offers",
        "suppliers.propose_award",
    ),
)

PROCUREMENT_MANAGER = StaffRole(
    Role.PROCUREMENT_MANAGER,
    (
        *EVERYBODY,
        *_OFFICE,
        *SUPPLIER_FILE,
        *APPROVERS,
        *edits("suppliers", "supplycategory", "paperrequirement", "commonnetwork"),
        *edits("suppliers", "contractterm", "priorityrule"),
        "suppliers.register_supplier",
        "suppliers.change_supplier_facts",
        "suppliers.merge_suppliers",
        "suppliers.declare_relation",
        "suppliers.propose_bank_account",
        "suppliers.confirm_bank_account",
        "suppliers.hand_in_paper",
        "suppliers.verify_paper",
        "suppliers.issue_supplier_link",
        *_VISITS_AND_TRIALS,
        "suppliers.check_admission_business",
        "suppliers.meet_condition",
        "suppliers.qualify_supplier",
        "suppliers.stop_admission",
        "suppliers.check_ban_procurement",
        "suppliers.review_ban",
        "suppliers.verify_rectification",
        "suppliers.enter_appeal",
        "suppliers.clear_match",
        *_DEALINGS,
        *_WATCH,
        "suppliers.record_evaluation",
        "suppliers.correct_entry",
        *_RATING,
        "suppliers.draft_rating_rule",
        "suppliers.check_rating_run",
        "suppliers.publish_rating_run",
        "suppliers.answer_objection",
        "suppliers.finalise_rating_run",
        "suppliers.issue_certificates",
        "suppliers.print_certificate",
        "suppliers.revoke_certificate",
        "suppliers.reissue_certificate",
        "suppliers.invite_suppliers",
        "suppliers.open_offers",
        "suppliers.approve_award",
        "suppliers.call_off_sourcing",
        "suppliers.judge_lead",
    ),
)

TECHNICAL_REVIEWER = StaffRole(
    Role.TECHNICAL_REVIEWER,
    (
        *EVERYBODY,
        *_OFFICE,
        *SUPPLIER_FILE,
        *APPROVERS,
        "suppliers.verify_paper",
        "suppliers.check_admission_technology",
        *CONNECTIONS,
        "customers.give_review_opinion",
        "customers.check_plan_technology",
        # The acceptance of connection works goes into the contractor's record.
        "customers.accept_construction",
        "suppliers.record_evaluation",
        "suppliers.record_recheck",
        "suppliers.raise_issue",
        "suppliers.verify_rectification",
        "suppliers.pass_site_visit",
        "suppliers.give_technical_opinion",
        "suppliers.sit_on_panel",
        "suppliers.open_offers",
        "suppliers.meet_condition",
    ),
)

OPERATIONS_REVIEWER = StaffRole(
    Role.OPERATIONS_REVIEWER,
    (
        *EVERYBODY,
        *_OFFICE,
        *SUPPLIER_FILE,
        *APPROVERS,
        "suppliers.verify_paper",
        "suppliers.record_recheck",
        "suppliers.raise_issue",
        "suppliers.verify_rectification",
        "suppliers.pass_site_visit",
        "suppliers.give_operations_opinion",
        *CONNECTIONS,
        "customers.give_review_opinion",
        "suppliers.sit_on_panel",
        "suppliers.meet_condition",
        # Who had no part in a ban hears the appeal against it.
        "suppliers.decide_appeal",
    ),
)

GROUP_LEADER = StaffRole(
    Role.GROUP_LEADER,
    (
        *EVERYBODY,
        *_OFFICE,
        *SUPPLIER_FILE,
        *APPROVERS,
        "suppliers.check_admission_group",
        *CONNECTIONS,
        "customers.give_review_opinion",
        "customers.check_plan_group",
        "suppliers.check_ban_group",
        "suppliers.decide_appeal",
        "suppliers.lift_ban",
        "suppliers.exempt_sourcing",
        "suppliers.approve_award",
        "suppliers.judge_lead",
        "suppliers.pass_site_visit",
        "suppliers.meet_condition",
        "suppliers.publish_rating_rule",
        "suppliers.approve_rating_run",
    ),
)
