"""Copies of files without what says who made them, where and when; `strip` runs in a child."""
