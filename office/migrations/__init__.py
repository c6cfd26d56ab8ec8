"""The tables begin here; a database of the files before these counts as having them."""

REPLACED = [
    ("office", "0001_initial"),
    ("office", "0002_guards"),
    ("office", "0003_companies"),
    ("office", "0004_user_permissions"),
    ("office", "0005_workdays"),
    ("office", "0006_reset_two_factors"),
    ("office", "0007_calendar_versions"),
    ("office", "0008_document_archive"),
    ("office", "0009_machine_tokens"),
    ("office", "0010_drop_workday_overrides"),
]
