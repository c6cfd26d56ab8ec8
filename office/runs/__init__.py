"""Runs: scope → preview → approval by others → stretches in a background job → closed."""
