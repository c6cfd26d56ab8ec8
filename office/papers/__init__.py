"""Numbered papers: what receipts, contracts, certificates and notices have in common."""
