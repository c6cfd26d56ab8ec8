"""Papers that end soon: who is warned of them 90, 60 and 30 days before, once each."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from office import journal
from office.actors import Actor
from office.calendar import business_date
from suppliers.models import PaperWarning, SupplierPaper
from suppliers.states import PaperState

STEPS = (90, 60, 30)


def expiring_papers(at: datetime, days: int = STEPS[0]) -> QuerySet[SupplierPaper]:
    """Returns the verified papers that end within so many days or have ended, and that no later
    paper of the supplier is there to replace, also one that waits for verification.
    """
    on = business_date(at)
    renewal = SupplierPaper.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=OuterRef("valid_until")),
        supplier=OuterRef("supplier"),
        paper_type=OuterRef("paper_type"),
        state__in=[PaperState.HANDED_IN, PaperState.VERIFIED],
    )
    return SupplierPaper.objects.filter(
        ~Exists(renewal),
        state=PaperState.VERIFIED,
        valid_until__lte=on + timedelta(days),
        supplier__merged_into=None,
    ).order_by("valid_until", "pk")


@transaction.atomic
def warn_of_expiry(*, by: Actor, at: datetime) -> int:
    """Writes a warning for each paper that has come to the next of its steps; returns how many.

    Each step is written once. After missed nights a paper gets the warning of the step at which it
    stands now, and none for the steps that it has passed meanwhile. No permission: the clock asks.
    """
    on = business_date(at)
    papers = list(
        expiring_papers(at)
        .filter(valid_until__gte=on)
        .select_related("supplier")
        # Two workers in one night: the second finds the warnings of the first.
        .select_for_update(of=("self",))
    )
    latest: dict[int, int] = {}
    for paper_id, days in PaperWarning.objects.filter(paper__in=papers).values_list(
        "paper_id", "days"
    ):
        latest[paper_id] = min(days, latest.get(paper_id, STEPS[0] + 1))
    due = []
    for paper in papers:
        left = ((paper.valid_until or on) - on).days
        step = min(days for days in STEPS if left <= days)
        if step < latest.get(paper.pk, STEPS[0] + 1):
            due.append(PaperWarning(paper=paper, days=step, warned_at=at))
    PaperWarning.objects.bulk_create(due)
    journal.record_each(
        "warn_of_expiry",
        [
            (
                warning.paper.supplier,
                {
                    "title": warning.paper.get_paper_type_display(),
                    "days": warning.days,
                    "valid_until": f"{warning.paper.valid_until}",
                },
            )
            for warning in due
        ],
        by=by,
        at=at,
    )
    return len(due)
