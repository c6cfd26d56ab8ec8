"""Secrets that open something without an account: one-time links, and tokens of machines."""
