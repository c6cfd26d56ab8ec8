"""The desk of repairers and engineers."""

from heating.roles.staff_role import (
    CONNECTIONS,
    CUSTOMER_FILE,
    DEPARTMENT,
    EVERYBODY,
    SERVICE,
    StaffRole,
    views,
)
from office.roles import Role

ENGINEER = StaffRole(
    Role.ENGINEER,
    (
        *EVERYBODY,
        *CUSTOMER_FILE,
        *SERVICE,
        *DEPARTMENT,
        "office.attach_document",
        "complaints.add_note",
        "complaints.accept_assignment",
        "complaints.depart",
        "complaints.arrive",
        "complaints.record_finding",
        "complaints.complete_visit",
        "complaints.pause_ticket",
        "complaints.resume_ticket",
        "complaints.record_temperature_test",
        "complaints.link_spot_check",
        "complaints.skip_spot_check",
        # Who builds with a supplier's goods says what they are worth.
        *views("suppliers", "supplier", "admission"),
        "suppliers.give_construction_opinion",
        *CONNECTIONS,
        "customers.draft_annual_plan",
        "customers.plan_survey",
        "customers.report_survey",
        "customers.submit_design",
        "customers.convene_review",
        "customers.give_review_opinion",
        "customers.submit_connection_plan",
        "customers.inspect_node",
    ),
)
