"""Approval chains: by whom and in which order a record must be approved, and who has done so."""
