"""What a supplier does itself by a one-time link: hand in papers and sign the integrity pledge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor, ActorKind
from office.calendar import business_date
from office.documents.operations import Upload, attach_paper_by_link
from office.head_office import head_office
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, NotFound
from office.tokens.one_time_links import find_link, issue_link, use_link
from suppliers.models import PaperType, Supplier, SupplierPaper
from suppliers.own_page.links import LINK_PURPOSE
from suppliers.papers.operations import PaperFacts, enter_paper
from suppliers.registry.operations import lock_supplier

LINK_LIFE = timedelta(days=14)


@dataclass(frozen=True)
class HandedIn:
    """A paper that a supplier hands in, with its scan."""

    facts: PaperFacts
    scan: Upload


@transaction.atomic
def issue_supplier_link(supplier: Supplier, *, by: Actor, at: datetime) -> str:
    """Issues the supplier's link for 14 days and returns its secret; an older link is revoked."""
    authorise(by, "suppliers.issue_supplier_link")
    locked_supplier = lock_supplier(supplier)
    secret = issue_link(
        locked_supplier,
        LINK_PURPOSE,
        recipient=locked_supplier.name,
        valid_until=at + LINK_LIFE,
        company=head_office(),
        by=by,
        at=at,
    )
    journal.record("issue_supplier_link", locked_supplier, by=by, at=at)
    return secret


@transaction.atomic
def renew_papers(
    secret: str,
    papers: Sequence[HandedIn],
    *,
    pledged_by: str = "",
    by: Actor,
    at: datetime,
) -> list[SupplierPaper]:
    """Takes in what a supplier hands in by its link, and uses the link up.

    Each paper waits for verification, and so does the pledge that `pledged_by` signs for the
    supplier until the end of the year. Refuses staff, and links that are not valid. No permission:
    the link allows it.
    """
    if by.kind is not ActorKind.CUSTOMER:
        raise NotAllowed(_("须由供应商通过链接提交。"))
    if not papers and not clean_text(pledged_by):
        raise Invalid("nothing_handed_in", _("请至少提交一份证照，或签署廉政责任书。"))
    link = find_link(secret, LINK_PURPOSE)
    if link is None:
        raise NotFound(_("链接无效或已使用。"))
    locked_supplier = lock_supplier(Supplier.objects.get(pk=link.record_id))
    use_link(secret, LINK_PURPOSE, by=by, at=at)
    entered = []
    for handed_in in papers:
        paper = enter_paper(locked_supplier, handed_in.facts, by=by, at=at)
        attach_paper_by_link(
            paper,
            handed_in.scan,
            company=head_office(),
            kind="paper",
            title=str(paper)[:100],
            by=by,
            at=at,
        )
        entered.append(paper)
    if clean_text(pledged_by):
        entered.append(enter_paper(locked_supplier, _pledge(pledged_by, at), by=by, at=at))
    journal.record(
        "renew_papers",
        locked_supplier,
        by=by,
        at=at,
        papers=[paper.paper_type for paper in entered],
        signed_by=clean_text(pledged_by),
    )
    return entered


def _pledge(pledged_by: str, at: datetime) -> PaperFacts:
    today = business_date(at)
    return PaperFacts(
        PaperType.INTEGRITY_PLEDGE,
        valid_from=today,
        valid_until=date(today.year, 12, 31),
        issuer=f"{clean_text(pledged_by)} {_('在线签署')}",
    )
