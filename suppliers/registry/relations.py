"""The relations between suppliers: those that shared traits show, and those somebody declared."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from suppliers.models import DeclaredRelation, Supplier, SupplierTrait, TraitKind
from suppliers.registry.independence import independent_groups


@dataclass(frozen=True)
class Relation:
    """Another supplier and why it is not independent of this one."""

    other: Supplier
    kind: TraitKind | None
    reason: str


def relations_of(supplier: Supplier) -> list[Relation]:
    """Returns the relations of one supplier, the declared ones last."""
    traits = list(supplier.traits.all())
    matches = Q(pk__in=[])
    for trait in traits:
        matches |= Q(kind=trait.kind, value=trait.value)
    shared = (
        SupplierTrait.objects.filter(matches, supplier__merged_into=None)
        .exclude(supplier=supplier)
        .select_related("supplier")
        .order_by("kind", "supplier__name")
    )
    by_trait = [Relation(trait.supplier, TraitKind(trait.kind), trait.value) for trait in shared]
    declared = (
        DeclaredRelation.objects.filter(ended_at=None)
        .filter(Q(supplier=supplier) | Q(related=supplier))
        .select_related("supplier", "related")
    )
    return by_trait + [
        Relation(
            relation.related if relation.supplier_id == supplier.pk else relation.supplier,
            None,
            relation.reason,
        )
        for relation in declared
    ]


def related_pairs() -> list[tuple[int, int]]:
    """Returns every pair of suppliers with a relation, in two statements.

    Sharers of one trait are chained: a supplier is paired with the next one that shares it.
    """
    pairs: list[tuple[int, int]] = []
    rows = SupplierTrait.objects.filter(supplier__merged_into=None).order_by(
        "kind", "value", "supplier_id"
    )
    previous: tuple[str, str, int] | None = None
    for kind, value, supplier_id in rows.values_list("kind", "value", "supplier_id").iterator():
        if previous is not None and previous[:2] == (kind, value):
            pairs.append((previous[2], supplier_id))
        previous = (kind, value, supplier_id)
    pairs += DeclaredRelation.objects.filter(ended_at=None).values_list("supplier_id", "related_id")
    return pairs


def independent_among(suppliers: Iterable[int]) -> list[set[int]]:
    """Returns the groups that count as one supplier each (`independent_groups`)."""
    return independent_groups(suppliers, related_pairs())
