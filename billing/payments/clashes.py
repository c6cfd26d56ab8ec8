"""Two equal entries at the same moment: the unique key that refuses the second becomes a sentence.

The rows of the first are not seen until it commits, so no query before the write can find them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from office.refusals import Refused


def clashing_key(clash: IntegrityError) -> str:
    """Returns the name of the constraint that refused a row; "" where PostgreSQL names none."""
    return getattr(getattr(clash.__cause__, "diag", None), "constraint_name", "") or ""


@contextmanager
def refuse_clash(key: str, refusal: Callable[[], Refused]) -> Iterator[None]:
    """A step of an operation that writes a row, in a transaction of its own (a savepoint): raises
    the refusal where a constraint whose name contains `key` refuses the row.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        if key not in clashing_key(clash):
            raise
        raise refusal() from None
