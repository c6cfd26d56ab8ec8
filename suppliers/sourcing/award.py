"""The award: proposed with reasons, approved or returned by others."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.approvals.steps import (
    Opinion,
    authorise_decision,
    facts_of,
    give_opinion,
    open_approval,
)
from office.calendar import business_date
from office.intake.cells import clean_text
from office.models import Verdict
from office.permissions import authorise
from office.refusals import Invalid, Refused
from office.states import ApprovalState
from suppliers.admission.standing import require_qualified
from suppliers.leads.operations import record_rotation
from suppliers.models import Offer, Sourcing
from suppliers.sourcing.comparison import comparison_of
from suppliers.sourcing.contract_terms import frozen, missing_terms, terms_on
from suppliers.sourcing.kind import AWARD_APPROVAL
from suppliers.sourcing.steps import lock_sourcing, move_sourcing, person_of
from suppliers.states import SOURCING


@transaction.atomic
def propose_award(
    sourcing: Sourcing, offer: Offer, *, reason: str, by: Actor, at: datetime
) -> Sourcing:
    """Proposes an opened offer for the award, with reasons; others decide by its total in fen.

    The supplier must be qualified at this moment: a paper may have expired since the invitation.
    The contract terms of the category are frozen into the proposal, so that the approvers decide
    on what will be signed; refuses a category that lacks a term it must have.
    """
    authorise(by, "suppliers.propose_award", sourcing.company)
    proposer = person_of(by)
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请写明定标理由。"))
    locked_sourcing = lock_sourcing(sourcing)
    SOURCING.next_state(locked_sourcing.state, "propose_award")
    _items, compared = comparison_of(locked_sourcing)
    totals = {row.terms.offer: row.total_fen for row in compared}
    if offer.pk not in totals:
        raise Invalid("foreign_offer", _("请选择本次采购中已开启的报价。"))
    require_qualified(offer.invitation.supplier, locked_sourcing.category, at=at)
    terms = terms_on(locked_sourcing.category, business_date(at))
    if missing := missing_terms(locked_sourcing.category, terms):
        raise Refused(
            "terms_missing",
            _("%(category)s 缺少合同条款：%(kinds)s。请采购主管先在“合同条款”中登记。"),
            category=locked_sourcing.category.name,
            kinds="、".join(str(kind.label) for kind in missing),
        )
    locked_sourcing.award = offer
    locked_sourcing.award_reason = clean_text(reason)
    locked_sourcing.award_terms = frozen(terms)
    move_sourcing(locked_sourcing, "propose_award", at=at)
    open_approval(
        locked_sourcing,
        AWARD_APPROVAL,
        company=locked_sourcing.company,
        amount_fen=totals[offer.pk],
        drafted_by=proposer,
        at=at,
    )
    journal.record(
        "propose_award",
        locked_sourcing,
        by=by,
        at=at,
        supplier=offer.invitation.supplier.name,
        amount_fen=totals[offer.pk],
        reason=locked_sourcing.award_reason,
    )
    return locked_sourcing


@transaction.atomic
def approve_award(sourcing: Sourcing, opinion: Opinion, *, by: Actor, at: datetime) -> Sourcing:
    """Approves the open level of an award; the last level awards, if the supplier still may."""
    authorise_decision(AWARD_APPROVAL, sourcing.company, by=by, at=at)
    locked_sourcing = lock_sourcing(sourcing)
    SOURCING.next_state(locked_sourcing.state, "approve_award")
    decision = give_opinion(locked_sourcing, Verdict.APPROVED, opinion, by=by, at=at)
    if decision.approval.state != ApprovalState.PENDING:
        award = locked_sourcing.award
        assert award is not None  # noqa: S101 – the state says so, and the database keeps it
        require_qualified(award.invitation.supplier, locked_sourcing.category, at=at)
        move_sourcing(locked_sourcing, "approve_award", at=at)
        record_rotation(locked_sourcing, at=at)
    journal.record("approve_award", locked_sourcing, by=by, at=at, **facts_of(decision))
    return locked_sourcing


@transaction.atomic
def return_award(sourcing: Sourcing, opinion: Opinion, *, by: Actor, at: datetime) -> Sourcing:
    """Returns a proposed award with the reason; another may be proposed."""
    authorise_decision(AWARD_APPROVAL, sourcing.company, by=by, at=at)
    locked_sourcing = lock_sourcing(sourcing)
    SOURCING.next_state(locked_sourcing.state, "return_award")
    decision = give_opinion(locked_sourcing, Verdict.RETURNED, opinion, by=by, at=at)
    locked_sourcing.award = None
    locked_sourcing.award_reason = ""
    locked_sourcing.award_terms = None
    move_sourcing(locked_sourcing, "return_award", at=at)
    journal.record("return_award", locked_sourcing, by=by, at=at, **facts_of(decision))
    return locked_sourcing
