"""Which resolved tickets are called back: by their number, so that nobody can pick."""

import hashlib


def in_sample(number: str, percent: int) -> bool:
    """Whether the ticket of this number is among `percent` of a hundred; always the same answer."""
    digest = hashlib.sha256(number.encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100 < percent
