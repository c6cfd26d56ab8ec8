"""Codes by which anybody confirms a paper on its public page."""

import secrets

# Without 0/O, 1/I/L: people read these codes to each other over the phone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12


def new_codes(count: int) -> list[str]:
    """Returns many codes like `new_code`, drawn from one stretch of random bytes."""
    whole = 256 - 256 % len(ALPHABET)
    letters: list[str] = []
    # Bytes beyond the last whole turn of the alphabet are dropped, so that no letter is likelier.
    while len(letters) < count * LENGTH:
        drawn = secrets.token_bytes((count * LENGTH - len(letters)) * 9 // 8 + 16)
        letters += [ALPHABET[byte % len(ALPHABET)] for byte in drawn if byte < whole]
    return ["".join(letters[at : at + LENGTH]) for at in range(0, count * LENGTH, LENGTH)]


def new_code() -> str:
    """Returns a random verification code of 12 characters, some 59 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
