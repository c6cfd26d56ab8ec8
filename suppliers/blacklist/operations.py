"""The blacklist: proposed, approved by others, reviewed, lifted."""

from collections.abc import Sequence
from datetime import date, datetime

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
    withdraw_approval,
)
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.intake.cells import clean_text
from office.models import User, Verdict
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState
from suppliers.blacklist.facts import BanFacts, checked_facts, subjects_of
from suppliers.blacklist.kind import BAN_APPROVAL
from suppliers.blacklist.steps import close_open_appeal, lock_ban, refuse_involved
from suppliers.models import Ban, BanReview, BanSubject, CollusionLead, Supplier
from suppliers.registry.operations import lock_supplier
from suppliers.states import BAN, BanState


@transaction.atomic
def propose_ban(
    supplier: Supplier,
    facts: BanFacts,
    *,
    lead: CollusionLead | None = None,
    papers: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> Ban:
    """Proposes to exclude a supplier, its people and its accounts; opens the first level.

    `lead` is the confirmed ring to which the supplier belongs (`suppliers/blacklist/rings.py`).
    """
    authorise(by, "suppliers.propose_ban")
    if by.user is None:
        raise NotAllowed()
    checked = checked_facts(facts, on=business_date(at))
    locked_supplier = lock_supplier(supplier)
    pending = locked_supplier.bans.filter(state__in=[BanState.IN_REVIEW, BanState.RETURNED])
    if pending.exists():
        raise Refused("ban_pending", _("已有一项列入黑名单的提议正在办理，请在那里继续。"))
    ban = Ban.objects.create(
        supplier=locked_supplier,
        lead=lead,
        category=checked.category,
        reason=checked.reason,
        source=checked.source,
        ends_on=checked.ends_on,
        review_on=checked.review_on,
        proposed_by=by.user,
        proposed_at=at,
    )
    BanSubject.objects.bulk_create(
        BanSubject(ban=ban, kind=kind, value=value, text=text)
        for (kind, value), text in subjects_of(locked_supplier, checked).items()
    )
    _attach(ban, papers, by=by, at=at)
    _submit(ban, by.user, at=at)
    journal.record("propose_ban", ban, by=by, at=at, title=str(ban), reason=ban.reason)
    return ban


@transaction.atomic
def approve_ban(ban: Ban, opinion: Opinion, *, by: Actor, at: datetime) -> Ban:
    """Approves the open level; after the last one the ban is in force from this moment."""
    authorise_decision(BAN_APPROVAL, ban.company, by=by, at=at)
    locked_ban = lock_ban(ban)
    state = BAN.next_state(locked_ban.state, "approve_ban")
    decision = give_opinion(locked_ban, Verdict.APPROVED, opinion, by=by, at=at)
    if decision.approval.state == ApprovalState.APPROVED:
        locked_ban.state = state
        locked_ban.starts_at = at
        locked_ban.save(update_fields=["state", "starts_at"])
    journal.record("approve_ban", locked_ban, by=by, at=at, **facts_of(decision))
    return locked_ban


@transaction.atomic
def return_ban(ban: Ban, opinion: Opinion, *, by: Actor, at: datetime) -> Ban:
    """Returns the proposal to who made it, with the reason."""
    return _decide_against(ban, "return_ban", opinion, by=by, at=at)


@transaction.atomic
def reject_ban(ban: Ban, opinion: Opinion, *, by: Actor, at: datetime) -> Ban:
    """Ends the proposal at the open level, with the reason."""
    return _decide_against(ban, "reject_ban", opinion, by=by, at=at)


@transaction.atomic
def resubmit_ban(
    ban: Ban, *, reason: str, papers: Sequence[Upload] = (), by: Actor, at: datetime
) -> Ban:
    """Submits a returned proposal again with a new reason; only who proposed it may."""
    authorise(by, "suppliers.propose_ban")
    _check_reason(reason)
    locked_ban = lock_ban(ban)
    proposer = _proposer(locked_ban, by)
    locked_ban.state = BAN.next_state(locked_ban.state, "resubmit_ban")
    locked_ban.reason = clean_text(reason)
    locked_ban.save(update_fields=["state", "reason"])
    _attach(locked_ban, papers, by=by, at=at)
    _submit(locked_ban, proposer, at=at)
    journal.record("resubmit_ban", locked_ban, by=by, at=at, reason=locked_ban.reason)
    return locked_ban


@transaction.atomic
def withdraw_ban(ban: Ban, *, reason: str, by: Actor, at: datetime) -> Ban:
    """Takes a proposal back that is not approved yet; only who proposed it may."""
    authorise(by, "suppliers.propose_ban")
    _check_reason(reason)
    locked_ban = lock_ban(ban)
    _proposer(locked_ban, by)
    locked_ban.state = BAN.next_state(locked_ban.state, "withdraw_ban")
    locked_ban.remark = clean_text(reason)
    locked_ban.save(update_fields=["state", "remark"])
    withdraw_approval(locked_ban, at=at)
    journal.record("withdraw_ban", locked_ban, by=by, at=at, reason=locked_ban.remark)
    return locked_ban


@transaction.atomic
def review_ban(ban: Ban, *, conclusion: str, next_on: date, by: Actor, at: datetime) -> BanReview:
    """Records that a ban in force is still right, and the day of the next review."""
    authorise(by, "suppliers.review_ban")
    _check_reason(conclusion)
    if next_on <= business_date(at):
        raise Invalid("review_past", _("复核日期须晚于今天。"))
    if by.user is None:
        raise NotAllowed()
    locked_ban = lock_ban(ban)
    BAN.next_state(locked_ban.state, "review_ban")
    review = BanReview.objects.create(
        ban=locked_ban, conclusion=clean_text(conclusion), next_on=next_on, by=by.user, at=at
    )
    locked_ban.review_on = next_on
    locked_ban.save(update_fields=["review_on"])
    journal.record(
        "review_ban", locked_ban, by=by, at=at, reason=review.conclusion, next_on=f"{next_on}"
    )
    return review


@transaction.atomic
def lift_ban(ban: Ban, *, reason: str, by: Actor, at: datetime) -> Ban:
    """Lifts a ban from this moment on; never by who proposed it."""
    authorise(by, "suppliers.lift_ban")
    _check_reason(reason)
    locked_ban = lock_ban(ban)
    refuse_involved(locked_ban, by, approvers=False)
    locked_ban.state = BAN.next_state(locked_ban.state, "lift_ban")
    locked_ban.lifted_at = at
    locked_ban.remark = clean_text(reason)
    locked_ban.save(update_fields=["state", "lifted_at", "remark"])
    close_open_appeal(locked_ban, locked_ban.remark, by=by, at=at)
    journal.record("lift_ban", locked_ban, by=by, at=at, reason=locked_ban.remark)
    return locked_ban


def _submit(ban: Ban, drafter: User, *, at: datetime) -> None:
    open_approval(ban, BAN_APPROVAL, company=ban.company, drafted_by=drafter, at=at)


def _attach(ban: Ban, papers: Sequence[Upload], *, by: Actor, at: datetime) -> None:
    for paper in papers:
        attach_document(
            ban, paper, company=ban.company, kind="evidence", title=ban.source, by=by, at=at
        )


def _decide_against(ban: Ban, verb: str, opinion: Opinion, *, by: Actor, at: datetime) -> Ban:
    authorise_decision(BAN_APPROVAL, ban.company, by=by, at=at)
    locked_ban = lock_ban(ban)
    locked_ban.state = BAN.next_state(locked_ban.state, verb)
    decision = give_opinion(locked_ban, Verdict.RETURNED, opinion, by=by, at=at)
    if locked_ban.state == BanState.REJECTED:
        locked_ban.remark = decision.text[:400]
    locked_ban.save(update_fields=["state", "remark"])
    journal.record(verb, locked_ban, by=by, at=at, **facts_of(decision))
    return locked_ban


def _proposer(ban: Ban, by: Actor) -> User:
    if by.user is None or by.user.pk != ban.proposed_by_id:
        raise NotAllowed(_("只有提出人本人可以办理，请联系提出人。"))
    return by.user


def _check_reason(text: str) -> None:
    if not clean_text(text):
        raise Invalid("reason_missing", _("请写明原因。"))
