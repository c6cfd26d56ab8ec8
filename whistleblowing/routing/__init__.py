"""Routing before anybody reads: to whom a new report may be sealed. `rules` is pure."""
