"""Which papers a supplier must show on a day, and which of them are missing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office.language import Text
from suppliers.models import PaperRequirement, PaperType, Supplier, SupplierPaper, SupplyCategory
from suppliers.states import PaperState


@dataclass(frozen=True)
class MissingPaper:
    """A paper that is required and does not count on the day, with the reason."""

    paper_type: PaperType
    reason: Text

    def __str__(self) -> str:
        return f"{self.paper_type.label}：{self.reason}"


def ancestors_of(category: SupplyCategory) -> list[int]:
    """Returns the ids of the category and of those above it."""
    chain: list[int] = []
    above: SupplyCategory | None = category
    while above is not None and above.pk not in chain:
        chain.append(above.pk)
        above = above.parent
    return chain


def requirements_on(category: SupplyCategory, on: date) -> list[PaperRequirement]:
    """Returns the requirements in force on a day for a category, its ancestors' included."""
    return list(
        PaperRequirement.objects.filter(
            Q(category=None) | Q(category__in=ancestors_of(category)),
            Q(ends=None) | Q(ends__gte=on),
            starts__lte=on,
        ).order_by("paper_type", "pk")
    )


def missing_papers(supplier: Supplier, category: SupplyCategory, on: date) -> list[MissingPaper]:
    """Returns what the supplier lacks on a day (in Shanghai) to be dealt with in the category."""
    papers = list(supplier.papers.filter(state=PaperState.VERIFIED))
    missing: dict[PaperType, MissingPaper] = {}
    for requirement in requirements_on(category, on):
        reason = reason_missing(requirement, papers, on)
        if reason is not None:
            paper_type = PaperType(requirement.paper_type)
            missing[paper_type] = MissingPaper(paper_type, reason)
    return list(missing.values())


def reason_missing(
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
