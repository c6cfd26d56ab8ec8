"""Promises of any record: reckoned by rule, history and calendar; the record keeps its own rows."""
