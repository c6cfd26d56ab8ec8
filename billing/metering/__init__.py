"""Metered heat: meters of accounts, their readings, and what waits for a person."""
