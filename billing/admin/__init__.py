"""The admin screens of billing; importing this registers them."""

from billing.admin import accounts, alarms, bills, imports, prices, providers, runs, tills

__all__ = ["accounts", "alarms", "bills", "imports", "prices", "providers", "runs", "tills"]
