"""Which papers were missing at a moment, for many suppliers and categories in three statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from office.calendar import business_date
from suppliers.models import (
    PaperRequirement,
    PaperType,
    PaperVerification,
    SupplierPaper,
    SupplyCategory,
)
from suppliers.papers.gates import MissingPaper, reason_missing

# A supplier and a category, by their keys.
Dealing = tuple[int, int]


def missing_papers_at(
    dealings: Collection[Dealing], at: datetime
) -> dict[Dealing, list[MissingPaper]]:
    """Returns for each dealing what the supplier lacked at the moment, to the minute.

    A paper counts from its verification until another of its type takes its place, on its valid
    days in Shanghai.
    """
    on = business_date(at)
    requirements = list(
        PaperRequirement.objects.filter(Q(ends=None) | Q(ends__gte=on), starts__lte=on).order_by(
            "paper_type", "pk"
        )
    )
    parents = dict(SupplyCategory.objects.values_list("pk", "parent_id"))
    papers = _papers_at({supplier for supplier, _category in dealings}, at)
    missing: dict[Dealing, list[MissingPaper]] = {}
    for supplier, category in dealings:
        scope = {None, *_chain(category, parents)}
        by_type: dict[PaperType, MissingPaper] = {}
        for requirement in requirements:
            if requirement.category_id not in scope:
                continue
            reason = reason_missing(requirement, papers[supplier], on)
            if reason is not None:
                paper_type = PaperType(requirement.paper_type)
                by_type[paper_type] = MissingPaper(paper_type, reason)
        missing[supplier, category] = list(by_type.values())
    return missing


def _chain(category: int, parents: Mapping[int, int | None]) -> list[int]:
    """Returns the category and those above it."""
    chain: list[int] = []
    above: int | None = category
    while above is not None and above not in chain:
        chain.append(above)
        above = parents.get(above)
    return chain


def _papers_at(suppliers: Iterable[int], at: datetime) -> dict[int, list[SupplierPaper]]:
    """Returns each supplier's papers that were verified by then and not replaced yet."""
    counted: dict[tuple[int, str], list[SupplierPaper]] = defaultdict(list)
    verifications = (
        PaperVerification.objects.filter(
            accepted=True, at__lte=at, paper__supplier__in=list(suppliers)
        )
        .select_related("paper")
        .order_by("at", "pk")
    )
    for verification in verifications:
        paper = verification.paper
        row = counted[paper.supplier_id, paper.paper_type]
        # As `verify_paper` does: a renewed paper that begins later leaves the old one to run out.
        if paper.valid_from <= business_date(verification.at):
            row.clear()
        row.append(paper)
    papers: dict[int, list[SupplierPaper]] = defaultdict(list)
    for (supplier, _paper_type), row in counted.items():
        papers[supplier] += row
    return papers
