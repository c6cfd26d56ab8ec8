"""The desk of audit, which only reads."""

from heating.roles.staff_role import (
    APPROVALS,
    BILLS,
    CONNECTIONS,
    CUSTOMER_FILE,
    EVERYBODY,
    KPIS,
    MONEY_WATCH,
    ORGANISATION,
    PRICES,
    RECONCILIATION,
    RUNS,
    SERVICE,
    STATEMENTS,
    SUPPLIER_FILE,
    TILLS,
    TRAIL,
    StaffRole,
    views,
)
from office.roles import Role

AUDITOR = StaffRole(
    Role.AUDITOR,
    (
        *EVERYBODY,
        *CUSTOMER_FILE,
        *CONNECTIONS,
        *BILLS,
        *PRICES,
        *RUNS,
        *TILLS,
        *STATEMENTS,
        *RECONCILIATION,
        *MONEY_WATCH,
        *TRAIL,
        *APPROVALS,
        *SERVICE,
        *KPIS,
        *SUPPLIER_FILE,
        "customers.view_contracttemplate",
        *ORGANISATION,
        "office.read_interests",
        *views("office", "user", "machinetoken"),
        *views("axes", "accessattempt", "accessfailurelog"),
    ),
)
