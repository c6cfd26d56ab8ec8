"""Whether an order may be entered: its supplier is qualified and on no blacklist."""

from datetime import datetime, time, timedelta

from office.calendar import business_date
from office.zone import SHANGHAI
from suppliers.admission.standing import require_qualified
from suppliers.blacklist.gate import refuse_banned
from suppliers.supply_record.facts import OrderFacts

# Older orders are history that is entered for the record, as in a list of earlier years.
NEW_FOR = timedelta(days=31)


def refuse_new_order(facts: OrderFacts, *, at: datetime) -> None:
    """A step of entering an order under the supplier's lock: refuses a supplier that is barred now,
    or was not qualified when the order was placed.

    An order of today was placed at this minute, an earlier one at the end of its day.
    """
    refuse_banned(facts.supplier, facts.category, at=at)
    today = business_date(at)
    if facts.ordered_on < today - NEW_FOR:
        return
    placed_at = at
    if facts.ordered_on < today:
        placed_at = datetime.combine(facts.ordered_on, time.max, SHANGHAI)
    require_qualified(facts.supplier, facts.category, at=placed_at)
