"""Shares of a secret of which any two together give it back and one alone gives nothing. Pure.

Shamir's scheme with a threshold of two: for each byte of the secret a straight line over the field
of 256 elements begins at the byte and has a random slope; share number x holds the points at x.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

# The field of 256 elements is the one of AES: x^8 + x^4 + x^3 + x + 1.
_POLYNOMIAL = 0x11B
MOST_SHARES = 255


@dataclass(frozen=True)
class Share:
    """The points of all bytes at `number`, which is from 1 to 255."""

    number: int
    points: bytes


def split(secret: bytes, count: int) -> list[Share]:
    """Returns `count` shares of the secret; raises ValueError for fewer than two."""
    if not 2 <= count <= MOST_SHARES:
        raise ValueError("A secret is split into 2 to 255 shares.")
    slopes = secrets.token_bytes(len(secret))
    return [
        Share(
            number,
            bytes(
                byte ^ _product(slope, number) for byte, slope in zip(secret, slopes, strict=True)
            ),
        )
        for number in range(1, count + 1)
    ]


def combine(shares: Sequence[Share]) -> bytes:
    """Returns the secret of two different shares; raises ValueError for anything else."""
    numbers = {share.number for share in shares}
    if len(shares) != 2 or len(numbers) != 2:
        raise ValueError("A secret needs two different shares.")
    first, second = shares
    # The line through both points, read at zero; in this field minus is the same as plus.
    distance = _inverse(first.number ^ second.number)
    first_weight = _product(second.number, distance)
    second_weight = _product(first.number, distance)
    return bytes(
        _product(a, first_weight) ^ _product(b, second_weight)
        for a, b in zip(first.points, second.points, strict=True)
    )


def _product(a: int, b: int) -> int:
    """Multiplies in the field, bit by bit."""
    result = 0
    for _ in range(8):
        result ^= a * (b & 1)
        a <<= 1
        a ^= _POLYNOMIAL * (a >> 8)
        b >>= 1
    return result


def _inverse(a: int) -> int:
    """Returns the element whose product with `a` is one: `a` to the power of 254."""
    result = 1
    for _ in range(254):
        result = _product(result, a)
    return result
