"""The investigation report as a paper: made in memory, sealed to those who are named, opened."""
