"""Conflicts of interest: what people declare of themselves, and who is related to whom on a day."""
