"""A year's supply record of one supplier, reduced to one ratio for each dimension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from office.money import exact
from suppliers.dimensions import Dimension
from suppliers.rating.scoring import Ratio


@dataclass(frozen=True)
class DeliveryFact:
    """A delivery: promised and actual day (None: not there yet), quantity received and accepted."""

    promised: date
    actual: date | None
    received: Decimal
    accepted: Decimal

    def in_time(self, grace_days: int) -> bool:
        """Returns whether it came no more than `grace_days` after the promised day."""
        return self.actual is not None and self.actual <= self.promised + timedelta(grace_days)


@dataclass(frozen=True)
class CaseFact:
    """An after-sales case: the day it was due and the day it was closed (None: still open)."""

    due: date
    closed: date | None

    @property
    def in_time(self) -> bool:
        return self.closed is not None and self.closed <= self.due


@dataclass(frozen=True)
class PriceFact:
    """A purchase: quantity, unit price paid and the lowest comparable unit price, in yuan."""

    quantity: Decimal
    paid: Decimal
    lowest: Decimal


@dataclass(frozen=True)
class SupplyYear:
    """Everything a year's rating is computed from."""

    deliveries: Sequence[DeliveryFact]
    orders: int
    orders_breached: int
    cases: Sequence[CaseFact]
    prices: Sequence[PriceFact]


def ratios_of(year: SupplyYear, grace_days: int) -> Mapping[Dimension, Ratio]:
    """Returns numerator, denominator and count of entries of each dimension.

    The same sums over many suppliers are done by PostgreSQL.
    """
    with exact():
        return {
            Dimension.QUALITY: Ratio(
                sum((delivery.accepted for delivery in year.deliveries), Decimal(0)),
                sum((delivery.received for delivery in year.deliveries), Decimal(0)),
                len(year.deliveries),
            ),
            Dimension.CONTRACT: _counted(year.orders - year.orders_breached, year.orders),
            Dimension.DELIVERY: _counted(
                sum(delivery.in_time(grace_days) for delivery in year.deliveries),
                len(year.deliveries),
            ),
            Dimension.AFTER_SALES: _counted(
                sum(case.in_time for case in year.cases), len(year.cases)
            ),
            Dimension.PRICE: Ratio(
                sum((price.lowest * price.quantity for price in year.prices), Decimal(0)),
                sum((price.paid * price.quantity for price in year.prices), Decimal(0)),
                len(year.prices),
            ),
        }


def _counted(numerator: int, denominator: int) -> Ratio:
    return Ratio(Decimal(numerator), Decimal(denominator), denominator)
