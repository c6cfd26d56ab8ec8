"""True times of events reported by a phone whose clock may be wrong."""

from datetime import datetime, timedelta

# So much a phone's clock, or the way of a message, may be off without anybody being told.
TOLERANCE = timedelta(minutes=2)


def by_our_clock(told: datetime, sent_at: datetime | None, at: datetime) -> datetime:
    """Returns the instant by the server's clock; the phone showed `sent_at` when sending, received
    `at`.

    A clock that is plainly wrong is corrected by its difference.
    """
    skew = at - sent_at if sent_at is not None else timedelta()
    return told + skew if abs(skew) > TOLERANCE else told


def settled(when: datetime, *, last: datetime, at: datetime) -> datetime:
    """Returns the time adjusted within `TOLERANCE`: not after now, not before the last step.

    A larger deviation stays, so that the operation refuses it.
    """
    if at < when <= at + TOLERANCE:
        return at
    if last - TOLERANCE <= when < last <= at:
        return last
    return when
