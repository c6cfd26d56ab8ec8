"""The rules of charging: pure, exact and proved by worked cases (`manage.py check_examples`).

No screen calls these yet, only the worked cases and tests do: cash_rounding, cold_refunds,
late_fees, metering, price_changes.
"""
