"""Codes by which anybody confirms a paper on its public page."""

import secrets

# Without 0/O, 1/I/L: people read these codes to each other over the phone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12


def new_code() -> str:
    """Returns a random verification code of 12 characters, some 59 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
