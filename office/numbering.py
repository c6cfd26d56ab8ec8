"""Gap-free numbers: drawn under a row lock in the transaction that uses them."""

from django.db import connection

# The upsert takes the row lock: a rollback gives the numbers back, so the series has no gap.
_DRAW = """
INSERT INTO office_numberseries (name, next_value) VALUES (%(name)s, 1 + %(count)s)
ON CONFLICT (name) DO UPDATE SET next_value = office_numberseries.next_value + %(count)s
RETURNING next_value - %(count)s
"""


def draw_numbers(series: str, count: int = 1) -> int:
    """Reserves `count` consecutive numbers of the series and returns the first."""
    if count < 1:
        raise ValueError("count must be at least 1")
    if not connection.in_atomic_block:
        raise RuntimeError("numbers are drawn inside the transaction that uses them")
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, {"name": series, "count": count})
        row = cursor.fetchone()
    return int(row[0])
