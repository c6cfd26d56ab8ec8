"""The contract terms of a category on a day, and which ones a contract may not lack."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from office.language import in_chinese
from suppliers.models import CategoryKind, ContractTerm, SupplyCategory, TermKind
from suppliers.registry.category_chain import chain_of

# What contracts of each kind of category must say. Source: the group's ESG report (energy saving
# in equipment contracts, limits of coal quality, wage agreement of construction firms).
REQUIRED_TERMS: Mapping[CategoryKind, tuple[TermKind, ...]] = {
    CategoryKind.EQUIPMENT: (TermKind.ENERGY_SAVING,),
    CategoryKind.FUEL: (
        TermKind.SULPHUR,
        TermKind.MOISTURE,
        TermKind.VOLATILES,
        TermKind.CALORIFIC_VALUE,
    ),
    CategoryKind.WORKS: (TermKind.WAGE_AGREEMENT,),
}


@dataclass(frozen=True)
class AwardTerm:
    """A term as it is frozen into an award: Chinese texts, whatever language is spoken."""

    kind: str
    name: str
    text: str
    source: str


def terms_on(category: SupplyCategory, on: date) -> list[AwardTerm]:
    """Returns the terms of a category on a day, in the order of their kinds; two statements.

    Of one kind the nearest category's latest term counts; "other" terms stand side by side.
    """
    parents = dict(SupplyCategory.objects.values_list("pk", "parent_id"))
    chain = chain_of(category.pk, parents)
    rows = ContractTerm.objects.filter(
        Q(ends=None) | Q(ends__gte=on), category__in=chain, starts__lte=on
    )
    nearest: dict[object, ContractTerm] = {}
    # Later rows of the loop take the place of earlier ones: far before near, early before late.
    for row in sorted(rows, key=lambda row: (-chain.index(row.category_id), row.starts, row.pk)):
        nearest[(row.kind, row.pk) if row.kind == TermKind.OTHER else row.kind] = row
    places = list(TermKind)
    with in_chinese():
        return [
            AwardTerm(row.kind, str(row.get_kind_display()), row.text, row.source)
            for row in sorted(
                nearest.values(), key=lambda row: (places.index(TermKind(row.kind)), row.pk)
            )
        ]


def missing_terms(category: SupplyCategory, terms: list[AwardTerm]) -> list[TermKind]:
    """Returns the kinds of terms that contracts of the category must have and that are missing."""
    present = {term.kind for term in terms}
    required = REQUIRED_TERMS.get(CategoryKind(category.kind), ())
    return [kind for kind in required if kind.value not in present]


def frozen(terms: list[AwardTerm]) -> list[dict[str, Any]]:
    """Returns the terms as the award keeps them."""
    return [asdict(term) for term in terms]


def thawed(stored: list[dict[str, Any]] | None) -> list[AwardTerm]:
    """Returns the terms that an award keeps; none for a sourcing without an award."""
    return [AwardTerm(**term) for term in stored or ()]
