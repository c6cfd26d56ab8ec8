"""True times of events reported by a phone whose clock may be wrong."""

from datetime import datetime, timedelta

# A difference up to this may come from the network and is not corrected.
TOLERANCE = timedelta(minutes=2)


def by_our_clock(phone_time: datetime, sent_at: datetime | None, at: datetime) -> datetime:
    """Returns the instant by the server's clock; the phone showed `sent_at` when sending, received
    `at`.

    A clock that is plainly wrong is corrected by its difference.
    """
    skew = at - sent_at if sent_at is not None else timedelta()
    return phone_time + skew if abs(skew) > TOLERANCE else phone_time


def settled(when: datetime, *, last: datetime, at: datetime) -> datetime:
    """Returns the time adjusted within `TOLERANCE`: not after now, not before the last step.

    A larger deviation stays, so that the operation refuses it.
    """
    if at < when <= at + TOLERANCE:
        return at
    if last - TOLERANCE <= when < last <= at:
        return last
    return when
