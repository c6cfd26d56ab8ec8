"""The same bidders of a category who win in turn."""

from collections import defaultdict
from collections.abc import Sequence

from suppliers.leads.bids import Bid, CommonGround, Lead, by_sourcing
from suppliers.models import Signal, Strength

_LEAST_BIDDERS = 3


def rotation(bids: Sequence[Bid], _common: CommonGround) -> list[Lead]:
    """Returns a lead for each group of three bidders or more that took turns twice round.

    The sourcings are those of one category in which exactly this group offered, in their order in
    time; whatever their number, the last two rounds must repeat one order of winners in which each
    won once.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[int, str, str]]] = defaultdict(list)
    for sourcing, rivals in by_sourcing(bids).items():
        winners = [bid for bid in rivals if bid.won]
        group = tuple(sorted({bid.supplier for bid in rivals}))
        if len(group) >= _LEAST_BIDDERS and len(winners) == 1:
            winner = winners[0]
            groups[winner.category, group].append((winner.sequence, sourcing, winner.supplier))
    leads: list[Lead] = []
    for (_category, group), awards in sorted(groups.items()):
        size = len(group)
        latest = sorted(awards)[-2 * size :]
        winners_in_order = [supplier for _sequence, _sourcing, supplier in latest]
        first_round, second_round = winners_in_order[:size], winners_in_order[size:]
        if first_round == second_round and set(first_round) == set(group):
            leads.append(
                Lead(
                    Signal.ROTATION,
                    Strength.MEDIUM,
                    group,
                    tuple(sourcing for _sequence, sourcing, _supplier in latest),
                    " → ".join(winners_in_order),
                )
            )
    return leads
