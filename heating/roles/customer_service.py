"""The desks of customer service: agents, dispatchers and their manager."""

from heating.roles.staff_role import (
    BILLS,
    CONNECTIONS,
    CUSTOMER_FILE,
    DEPARTMENT,
    KPIS,
    PRICES,
    SERVICE,
    StaffRole,
    edits,
)
from office.roles import Role

# Who takes tickets in and keeps them in order.
TICKETS = (
    "complaints.open_ticket",
    "complaints.add_note",
    "complaints.reclassify_ticket",
    "complaints.join_duplicate",
    "complaints.separate_duplicate",
    "complaints.resolve_ticket",
    "complaints.reopen_ticket",
)

# Who takes applications for a grid connection.
_APPLICATIONS = (
    *CONNECTIONS,
    "customers.apply_for_connection",
    "customers.hand_in_connection_paper",
    "customers.accept_application",
)

AGENT = StaffRole(
    Role.AGENT,
    (
        *CUSTOMER_FILE,
        *BILLS,
        *PRICES,
        "customers.reveal_customer",
        "customers.transfer_ownership",
        "office.attach_document",
        "billing.print_bill",
        *SERVICE,
        *TICKETS,
        "complaints.attach_tickets",
        "complaints.pause_ticket",
        "complaints.resume_ticket",
        "complaints.hand_over_enquiry",
        "complaints.answer_enquiry",
        "complaints.close_ticket",
        "complaints.record_call_back",
        "complaints.issue_call_back_link",
        "complaints.draft_article",
        *_APPLICATIONS,
    ),
)
SERVICE_MANAGER = StaffRole(
    Role.SERVICE_MANAGER,
    (
        *CUSTOMER_FILE,
        *SERVICE,
        *DEPARTMENT,
        *edits("complaints", "crew"),
        "complaints.add_article",
        "office.view_documentaccess",
        "customers.reveal_customer",
        "office.attach_document",
        *TICKETS,
        "complaints.close_ticket",
        "complaints.record_call_back",
        "complaints.record_escalated_call_back",
        "complaints.issue_call_back_link",
        "complaints.notify_affected",
        "complaints.close_incident",
        "customers.resend_message",
        "complaints.draft_article",
        "complaints.publish_article",
        "complaints.publish_promise_rule",
        "complaints.publish_duty",
        "complaints.withdraw_duty",
        "complaints.publish_call_back_policy",
        "office.publish_calendar",
        *KPIS,
        "complaints.plan_spot_checks",
        "complaints.draw_spot_checks",
        "complaints.skip_spot_check",
        *_APPLICATIONS,
        "customers.hold_connection",
        "customers.reject_connection",
        *edits("customers", "connectionrule", "connectionpaperrule"),
    ),
)
DISPATCHER = StaffRole(
    Role.DISPATCHER,
    (
        *CUSTOMER_FILE,
        *SERVICE,
        "customers.reveal_customer",
        "office.attach_document",
        *TICKETS,
        "complaints.assign_ticket",
        "complaints.publish_duty",
        "complaints.withdraw_duty",
        "complaints.pause_ticket",
        "complaints.resume_ticket",
        # Who switches the network off draws it too, also at night; repairers only read it.
        *edits("customers", "heatsource", "loop"),
        "complaints.register_incident",
        "complaints.announce_outage",
        "complaints.begin_incident",
        "complaints.attach_tickets",
        "complaints.notify_affected",
        "complaints.restore_incident",
        "complaints.close_incident",
        "complaints.cancel_incident",
        *KPIS,
    ),
)
