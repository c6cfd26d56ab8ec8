"""What the suppliers' desks know of outside partners: set from outside, because the island imports
no desk. A name goes out to find a partner; dealings and signed pledges come in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from office.language import Text
from whistleblowing.integrity.queries import PledgeRate


@dataclass(frozen=True)
class Dealing:
    """What happened to a partner on a day, such as an order that was withdrawn, and why."""

    day: date
    what: Text
    subject: str
    reason: str = ""


class PartnerRecords(Protocol):
    """What the island asks of the records of partners."""

    def named(self, name: str) -> list[int]:
        """Returns the partners of this name."""

    def dealings(self, partners: Sequence[int], since: date, today: date) -> list[Dealing]:
        """Returns what ended or became less for partners from a day to today."""

    def pledges(self, year: int, at: datetime) -> tuple[int, int]:
        """Returns how many partners a year had, and how many had signed the integrity pledge."""


_records: list[PartnerRecords] = []


def compose(records: PartnerRecords) -> None:
    """Sets who knows the partners; the last one set counts."""
    _records[:] = [records]


def partner_records() -> PartnerRecords:
    """Returns who knows the partners."""
    if not _records:
        raise RuntimeError("Nobody knows the partners: heating has not composed them.")
    return _records[0]


def partner_rate(year: int, at: datetime) -> PledgeRate:
    """Returns the rate of outside partners, by the papers that the suppliers' desks verified."""
    due, signed = partner_records().pledges(year, at)
    return PledgeRate("", due, signed)
