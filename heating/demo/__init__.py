"""The demo's world: two companies, a few thousand accounts, one season's story."""
