"""When something truly happened, told by a telephone whose clock may be wrong."""

from datetime import datetime, timedelta

# So much a phone's clock, or the way of a message, may be off without anybody being told.
TOLERANCE = timedelta(minutes=2)


def by_our_clock(told: datetime, sent_at: datetime | None, at: datetime) -> datetime:
    """The instant by our clock: the phone's said `sent_at` when its message arrived `at`.

    A clock that is plainly wrong is corrected by how wrong it is.
    """
    skew = at - sent_at if sent_at is not None else timedelta()
    return told + skew if abs(skew) > TOLERANCE else told


def settled(when: datetime, *, last: datetime, at: datetime) -> datetime:
    """Within `TOLERANCE` a time after now is now, and one before the last step is that step's.

    What is further off stays as it is, for whoever asks to refuse.
    """
    if at < when <= at + TOLERANCE:
        return at
    if last - TOLERANCE <= when < last <= at:
        return last
    return when
