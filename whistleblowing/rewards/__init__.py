"""Recovered loss and the reward for it: an amount and a code, payable without a name."""
