"""The desks of billing: who prepares a run and who approves it."""

from heating.roles.staff_role import (
    APPROVALS,
    APPROVERS,
    BILLS,
    CUSTOMER_FILE,
    DEPARTMENT,
    MONEY_WATCH,
    PRICES,
    RUNS,
    TILLS,
    StaffRole,
    edits,
)
from office.roles import Role

CLERK = StaffRole(
    Role.CLERK,
    (
        *CUSTOMER_FILE,
        *BILLS,
        *PRICES,
        *RUNS,
        *APPROVALS,
        *DEPARTMENT,
        *edits("billing", "heatingseason", "pricedocument", "tariff"),
        *edits("customers", "tariffcategory"),
        "billing.delete_tariff",
        "billing.import_accounts",
        "billing.create_billing_run",
        "billing.preview_billing_run",
        "billing.cancel_billing_run",
        "billing.enter_transfer",
        "billing.print_bill",
        "customers.open_account",
        "office.attach_document",
    ),
)
MANAGER = StaffRole(
    Role.MANAGER,
    (
        *CUSTOMER_FILE,
        *BILLS,
        *PRICES,
        *RUNS,
        *APPROVERS,
        *DEPARTMENT,
        *TILLS,
        *MONEY_WATCH,
        *edits("billing", "heatingseason"),
        "billing.publish_price_document",
        "billing.approve_billing_run",
        "billing.issue_billing_run",
        "billing.close_billing_run",
        "billing.cancel_billing_run",
        "billing.resolve_alarm",
        "billing.assign_suspense",
        "billing.print_receipt",
        "billing.print_bill",
        "office.attach_document",
        "customers.reveal_customer",
    ),
)
