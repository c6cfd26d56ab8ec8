"""The desk of cashiers."""

from heating.roles.staff_role import (
    BILLS,
    CUSTOMER_FILE,
    EVERYBODY,
    PRICES,
    STATEMENTS,
    TILLS,
    StaffRole,
)
from office.roles import Role

CASHIER = StaffRole(
    Role.CASHIER,
    (
        *EVERYBODY,
        *CUSTOMER_FILE,
        *BILLS,
        *PRICES,
        *TILLS,
        *STATEMENTS,
        "customers.reveal_customer",
        "billing.open_shift",
        "billing.close_shift",
        "billing.take_cash",
        "billing.take_card",
        "billing.enter_transfer",
        "billing.ask_large_payment",
        "billing.book_statement_line",
        "billing.start_wechat_payment",
        "billing.print_receipt",
        "billing.print_bill",
        "billing.pay_reward",
    ),
)
