"""When the demo's story happens: a season that has begun, told up to this moment."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from office.calendar import business_date
from office.zone import SHANGHAI

BILLED_BEFORE_START = 14


@dataclass(frozen=True)
class Storyline:
    """The days of one company's season; no instant lies after `now`."""

    now: datetime
    starts: date

    @property
    def today(self) -> date:
        return business_date(self.now)

    @property
    def priced_on(self) -> date:
        return self.starts - timedelta(days=45)

    @property
    def imported_on(self) -> date:
        return self.starts - timedelta(days=24)

    @property
    def billed_on(self) -> date:
        return self.starts - timedelta(days=BILLED_BEFORE_START)

    def paying_days(self, most: int = 60) -> list[date]:
        """The days after billing on which people paid, today left out."""
        count = min(most, (self.today - self.billed_on).days - 1)
        return [self.billed_on + timedelta(days=1 + n) for n in range(max(0, count))]

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """That minute in Shanghai, or now when it is still to come."""
        return min(datetime.combine(day, time(hour, minute), SHANGHAI), self.now)

    def minutes_ago(self, minutes: int) -> datetime:
        """An earlier moment of today."""
        midnight = datetime.combine(self.today, time(0), SHANGHAI)
        return max(midnight, self.now - timedelta(minutes=minutes))


def season_year(today: date) -> int:
    """The year in which the season began that runs today or ran last."""
    return today.year if today >= date(today.year, 11, 1) else today.year - 1
