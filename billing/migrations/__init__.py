"""The tables begin here; a database of the files before these counts as having them."""

REPLACED = [
    ("billing", "0001_initial"),
    ("billing", "0002_guards"),
    ("billing", "0003_state_guards"),
    ("billing", "0004_first_answer"),
    ("billing", "0005_bill_permissions"),
    ("billing", "0006_published_prices_never_change"),
    ("billing", "0007_cash_difference"),
    ("billing", "0008_keep_history"),
    ("billing", "0009_platform_certificates"),
    ("billing", "0010_suspense_assignments"),
]
