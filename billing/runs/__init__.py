"""Billing runs: pricing a scope into drafts, the summary, the approval, and issuing the bills."""
