"""The sums of a year's supply record for all suppliers at once; the twin of `ratios_of`."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from suppliers.dimensions import Dimension
from suppliers.rating.record import SupplyYear, ratios_of
from suppliers.rating.scoring import Rating, RatingTerms, Ratio, rate

# Each table is read once. An entry counts as it stood at the instant: entered by then, and neither
# withdrawn nor replaced by another entered by then. What was dealt with a record that was merged
# counts for the one that remains.
_STOOD = """entry.entered_at <= %(as_of)s AND NOT entry.withdrawn AND NOT EXISTS (
    SELECT FROM {table} later
    WHERE later.replaces_id = entry.id AND later.entered_at <= %(as_of)s)"""

_SUMS = f"""
WITH delivered AS (
    SELECT entry.supplier_id, sum(entry.accepted) AS accepted, sum(entry.received) AS received,
        count(*) FILTER (WHERE entry.actual_on <= entry.promised_on + %(grace_days)s) AS in_time,
        count(*) AS deliveries
    FROM suppliers_delivery entry
    WHERE entry.promised_on BETWEEN %(first)s AND %(last)s
        AND {_STOOD.format(table="suppliers_delivery")}
    GROUP BY entry.supplier_id
), ordered AS (
    SELECT entry.supplier_id, count(*) FILTER (WHERE NOT entry.breached) AS unbreached,
        count(*) AS orders,
        count(entry.lowest_price_fen) AS compared,
        sum(entry.lowest_price_fen * entry.quantity) AS lowest,
        sum(entry.unit_price_fen * entry.quantity)
            FILTER (WHERE entry.lowest_price_fen IS NOT NULL) AS paid
    FROM suppliers_supplyorder entry
    WHERE entry.ordered_on BETWEEN %(first)s AND %(last)s
        AND {_STOOD.format(table="suppliers_supplyorder")}
    GROUP BY entry.supplier_id
), mended AS (
    SELECT entry.supplier_id, count(*) FILTER (WHERE entry.closed_on <= entry.due_on) AS in_time,
        count(*) AS cases
    FROM suppliers_aftersalescase entry
    WHERE entry.due_on BETWEEN %(first)s AND %(last)s
        AND {_STOOD.format(table="suppliers_aftersalescase")}
    GROUP BY entry.supplier_id
), parts (supplier_id, dimension, numerator, denominator, rows) AS (
    SELECT supplier_id, 'quality', accepted, received, deliveries FROM delivered
    UNION ALL SELECT supplier_id, 'delivery', in_time, deliveries, deliveries FROM delivered
    UNION ALL SELECT supplier_id, 'contract', unbreached, orders, orders FROM ordered
    UNION ALL SELECT supplier_id, 'price', lowest, paid, compared FROM ordered
    UNION ALL SELECT supplier_id, 'after_sales', in_time, cases, cases FROM mended
)
SELECT coalesce(supplier.merged_into_id, supplier.id) AS rated, dimension,
    coalesce(sum(numerator), 0), coalesce(sum(denominator), 0), sum(rows)
FROM parts JOIN suppliers_supplier supplier ON supplier.id = parts.supplier_id
GROUP BY rated, dimension
"""  # noqa: S608

_NOTHING = SupplyYear((), 0, 0, (), ())


def ratios_of_year(
    year: int, *, grace_days: int, as_of: datetime
) -> dict[int, Mapping[Dimension, Ratio]]:
    """Returns numerator, denominator and count of entries of each dimension by the id of each
    supplier with entries in the year, as the record stood at `as_of`.

    A delivery belongs to the year of its promised day, an order to that in which it was made, a
    case to that in which it was due. Quantities are in the units of the orders, prices in fen.
    """
    ratios: dict[int, dict[Dimension, Ratio]] = defaultdict(
        lambda: dict(ratios_of(_NOTHING, grace_days))
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _SUMS,
            {
                "first": date(year, 1, 1),
                "last": date(year, 12, 31),
                "grace_days": grace_days,
                "as_of": as_of,
            },
        )
        for supplier, dimension, numerator, denominator, rows in cursor.fetchall():
            ratios[supplier][Dimension(dimension)] = Ratio(
                Decimal(numerator), Decimal(denominator), int(rows)
            )
    return dict(ratios)


def rate_year(terms: RatingTerms, year: int, *, as_of: datetime) -> dict[int, Rating]:
    """Rates every supplier with entries in the year by its record alone, without a panel.

    A simulation: nothing is written. Where the panel has a share the rating is missing.
    """
    sums = ratios_of_year(year, grace_days=terms.grace_days, as_of=as_of)
    return {supplier: rate(terms, ratios, {}) for supplier, ratios in sums.items()}
