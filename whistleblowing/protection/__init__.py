"""Watches over named reporters and helpers: what changes for them, told to one officer only."""
