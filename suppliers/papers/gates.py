"""Which papers suppliers must show at a moment, and which of them are missing."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.language import Text
from suppliers.models import (
    PaperRequirement,
    PaperType,
    PaperVerification,
    SupplierPaper,
    SupplyCategory,
)
from suppliers.registry.category_chain import chain_of

# A supplier and a category, by their keys.
Dealing = tuple[int, int]


@dataclass(frozen=True)
class MissingPaper:
    """A paper that is required and does not count on the day, with the reason."""

    paper_type: PaperType
    reason: Text

    def __str__(self) -> str:
        return f"{self.paper_type.label}：{self.reason}"


def missing_papers_at(
    dealings: Collection[Dealing], at: datetime
) -> dict[Dealing, list[MissingPaper]]:
    """Returns for each dealing what the supplier lacked at the moment, in three statements.

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
        scope = {None, *chain_of(category, parents)}
        by_type: dict[PaperType, MissingPaper] = {}
        for requirement in requirements:
            if requirement.category_id not in scope:
                continue
            reason = _reason_missing(requirement, papers[supplier], on)
            if reason is not None:
                paper_type = PaperType(requirement.paper_type)
                by_type[paper_type] = MissingPaper(paper_type, reason)
        missing[supplier, category] = list(by_type.values())
    return missing


def _reason_missing(
    requirement: PaperRequirement, papers: Iterable[SupplierPaper], on: date
) -> Text | None:
    """Returns why none of a supplier's verified papers meets the requirement; None if one does."""
    of_type: Collection[SupplierPaper] = [
        paper for paper in papers if paper.paper_type == requirement.paper_type
    ]
    if not of_type:
        return _("没有已核验的证照")
    if any(counts_on(paper, on, requirement.most_days) for paper in of_type):
        return None
    return _("已过期或尚未生效")


def counts_on(paper: SupplierPaper, on: date, most_days: int | None = None) -> bool:
    """Returns whether a verified paper counts on the day; its last day is included.

    `most_days` is the longest age in days of a check without an end of its own.
    """
    if paper.valid_from > on:
        return False
    last = paper.valid_until
    if last is None and most_days is not None:
        last = paper.valid_from + timedelta(most_days)
    return last is None or last >= on


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
