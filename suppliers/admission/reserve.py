"""Categories that lack reserve: fewer than three independent suppliers are qualified for them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from suppliers.admission.standing import qualified_suppliers
from suppliers.models import SupplyCategory
from suppliers.registry.independence import independent_groups
from suppliers.registry.relations import related_pairs

LEAST_INDEPENDENT = 3


@dataclass(frozen=True)
class Reserve:
    """How many suppliers are qualified for a category, and how many independent ones they are."""

    qualified: int
    independent: int

    @property
    def is_short(self) -> bool:
        """Whether a comparison of three independent suppliers is impossible."""
        return self.independent < LEAST_INDEPENDENT


def leaf_categories() -> QuerySet[SupplyCategory]:
    """Returns the categories for which suppliers qualify: those in use with none below them."""
    below = SupplyCategory.objects.filter(parent=OuterRef("pk"))
    return SupplyCategory.objects.filter(~Exists(below), in_use=True)


def reserves_at(at: datetime) -> dict[int, Reserve]:
    """Returns the reserve of each leaf category at a moment; eight statements for all of them."""
    leaves = list(leaf_categories().values_list("pk", flat=True))
    qualified = qualified_suppliers(leaves, at)
    pairs = related_pairs()
    return {
        leaf: Reserve(len(qualified[leaf]), len(independent_groups(qualified[leaf], pairs)))
        for leaf in leaves
    }


def short_categories(at: datetime) -> QuerySet[SupplyCategory]:
    """Returns the leaf categories that lack reserve at a moment."""
    short = [pk for pk, reserve in reserves_at(at).items() if reserve.is_short]
    return SupplyCategory.objects.filter(pk__in=short).order_by("code")
