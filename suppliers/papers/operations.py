"""Papers of suppliers: handed in, then verified by somebody who looked, or rejected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.head_office import head_office
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed
from suppliers.models import PaperType, PaperVerification, Supplier, SupplierPaper
from suppliers.registry.operations import lock_supplier
from suppliers.states import PAPER, PaperState


@dataclass(frozen=True)
class PaperFacts:
    """What stands on a paper; `valid_until` is the last day on which it counts."""

    paper_type: PaperType
    valid_from: date
    valid_until: date | None = None
    number: str = ""
    issuer: str = ""


@transaction.atomic
def hand_in_paper(
    supplier: Supplier,
    facts: PaperFacts,
    *,
    scans: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> SupplierPaper:
    """Enters a paper with its scans, which counts for nothing until it is verified."""
    authorise(by, "suppliers.hand_in_paper")
    paper = enter_paper(lock_supplier(supplier), facts, by=by, at=at)
    for scan in scans:
        attach_document(
            paper,
            scan,
            company=head_office(),
            kind="paper",
            title=str(paper)[:100],
            by=by,
            at=at,
        )
    return paper


def enter_paper(
    locked_supplier: Supplier, facts: PaperFacts, *, by: Actor, at: datetime
) -> SupplierPaper:
    """A step of handing in a paper at a desk or by the supplier's link; the caller holds the
    supplier's lock.
    """
    if facts.valid_until is not None and facts.valid_until < facts.valid_from:
        raise Invalid("paper_dates", _("有效期止不能早于有效期起。"))
    paper = SupplierPaper.objects.create(
        supplier=locked_supplier,
        paper_type=facts.paper_type,
        number=clean_text(facts.number),
        issuer=clean_text(facts.issuer),
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        handed_in_at=at,
        handed_in_by=by.user,
    )
    journal.record(
        "hand_in_paper",
        locked_supplier,
        by=by,
        at=at,
        title=str(PaperType(paper.paper_type).label),
        number=paper.number,
    )
    return paper


@transaction.atomic
def verify_paper(
    paper: SupplierPaper, *, looked_at: str, seen: str, by: Actor, at: datetime
) -> SupplierPaper:
    """Lets a paper count, with where somebody looked and what was seen there.

    The paper of the same type that it replaces stops counting. Nobody verifies what they entered.
    """
    locked_paper = _decide(paper, "verify_paper", looked_at, seen, by=by, at=at)
    earlier = locked_paper.supplier.papers.filter(
        paper_type=locked_paper.paper_type, state=PaperState.VERIFIED
    ).exclude(pk=locked_paper.pk)
    for replaced_paper in earlier:
        # A renewed paper that begins later leaves the old one to run out by itself.
        if locked_paper.valid_from <= business_date(at):
            replaced_paper.state = PAPER.next_state(replaced_paper.state, "replace_paper")
            replaced_paper.save(update_fields=["state"])
    return locked_paper


@transaction.atomic
def reject_paper(
    paper: SupplierPaper, *, looked_at: str, seen: str, by: Actor, at: datetime
) -> SupplierPaper:
    """Rejects a paper that is not what it says."""
    return _decide(paper, "reject_paper", looked_at, seen, by=by, at=at)


def _decide(
    paper: SupplierPaper, verb: str, looked_at: str, seen: str, *, by: Actor, at: datetime
) -> SupplierPaper:
    authorise(by, "suppliers.verify_paper")
    if by.user is None:
        raise NotAllowed()
    for value, name in ((looked_at, _("核验途径")), (seen, _("核验结果"))):
        if not clean_text(value):
            raise Invalid("fact_missing", _("请填写%(name)s。"), name=name)
    lock_supplier(paper.supplier)
    locked_paper = SupplierPaper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    state = PAPER.next_state(locked_paper.state, verb)
    if locked_paper.handed_in_by_id == by.user.pk:
        raise NotAllowed(_("证照须由登记人以外的人核验。"))
    locked_paper.state = state
    locked_paper.save(update_fields=["state"])
    PaperVerification.objects.create(
        paper=locked_paper,
        accepted=state == PaperState.VERIFIED,
        looked_at=clean_text(looked_at),
        seen=clean_text(seen),
        by=by.user,
        at=at,
    )
    journal.record(
        verb,
        locked_paper.supplier,
        by=by,
        at=at,
        title=str(PaperType(locked_paper.paper_type).label),
        number=locked_paper.number,
        reason=clean_text(seen),
    )
    return locked_paper
