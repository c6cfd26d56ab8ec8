"""Errors of the database that people can act on, as refusals with a sentence."""

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _
from psycopg import errors

from office.locks.lock_waits import BUSY
from office.refusals import Invalid, Refused

_WAITED_TOO_LONG = (errors.LockNotAvailable, errors.DeadlockDetected)


def refusal_of(error: DatabaseError) -> Refused | None:
    """Returns the refusal to answer with; None for an error that nobody before the screen caused.

    A lock was not free in time, or a value is too large for its column. Forms check lengths of
    what was typed, but cleaning can make a text longer: one letter may stand for a word.
    """
    cause = error.__cause__
    if isinstance(cause, _WAITED_TOO_LONG):
        return Refused(BUSY, _("该记录正由另一窗口办理，本次没有入账或更改，请稍候再试。"))
    if isinstance(cause, errors.StringDataRightTruncation):
        return Invalid("invalid", _("填写的内容过长，请缩短后再提交。"))
    if isinstance(cause, errors.NumericValueOutOfRange):
        return Invalid("invalid", _("填写的数值过大，请核对。"))
    return None
