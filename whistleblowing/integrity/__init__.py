"""Trainings against fraud and signed pledges: who owes one by their post, and the rate."""
