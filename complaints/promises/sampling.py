"""The sample of resolved tickets that are called back; the number decides, so that nobody can
choose.
"""

import hashlib


def in_sample(number: str, percent: int) -> bool:
    """Returns whether the ticket of this number is in the sample of `percent` %; always the same
    answer.
    """
    digest = hashlib.sha256(number.encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100 < percent
