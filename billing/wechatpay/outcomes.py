"""The outcomes of a call to WeChat Pay: accepted, rejected, or unknown until a signed query."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Accepted(Generic[T]):
    """The outcome with a verified signature; the only one that proves anything."""

    value: T


@dataclass(frozen=True)
class Rejected:
    """The outcome 4xx, which is never signed: `code` is a hint, so query where money is at
    stake.
    """

    status: int
    code: str
    message: str = ""
    clock_drift_seconds: int | None = None

    @property
    def is_clock_error(self) -> bool:
        """Returns whether our clock is five minutes off WeChat Pay's: set the clock, do not repeat
        the call.
        """
        return self.clock_drift_seconds is not None


class Why(StrEnum):
    """The reasons for which the outcome of a call is unknown."""

    NOT_SENT = "not_sent"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    SERVER_ERROR = "server_error"
    UNEXPECTED_STATUS = "unexpected_status"
    NOT_TRUSTED = "not_trusted"
    UNREADABLE = "unreadable"
    OTHER_ORDER = "other_order"
    TOO_SOON = "too_soon"


@dataclass(frozen=True)
class Unknown:
    """The outcome that is open: query the order, or repeat with the same number and parameters."""

    why: Why
    detail: str = ""


Outcome: TypeAlias = Accepted[T] | Rejected | Unknown
