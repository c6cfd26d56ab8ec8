"""The operations of an adjustment: drafted → approved by others → issued as a bill of its own."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.adjustments.corrections import AdjustmentFacts, check_still_true, correction_lines
from billing.adjustments.kind import ADJUSTMENT_APPROVAL
from billing.adjustments.posting import issue_as_bill
from billing.models import Adjustment, AdjustmentKind, AdjustmentLine, Bill, BillKind
from billing.states import ADJUSTMENT, AdjustmentState
from customers.contracts.locking import lock_account
from office import journal
from office.actors import Actor
from office.approvals.steps import (
    EMPTY_OPINION,
    Opinion,
    authorise_decision,
    facts_of,
    give_opinion,
    open_approval,
    withdraw_approval,
)
from office.calendar import business_date
from office.models import User, Verdict
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState


@transaction.atomic
def draft_adjustment(facts: AdjustmentFacts, *, by: Actor, at: datetime) -> Adjustment:
    """Drafts the correction of a bill and opens its approval; nothing is posted.

    Above zero it becomes a supplementary bill, which needs its own due date; below zero a credit
    note. Raises `Refused` for a credit above what was billed, for a bill that is itself an
    adjustment, and for the same draft sent twice.
    """
    bill = facts.bill
    authorise(by, "billing.draft_adjustment", bill.company)
    if by.user is None:
        raise NotAllowed()
    lock_account(bill.account_id)
    adjustment = _draft(facts, drafted_by=by.user, at=at)
    # A credit costs the company as much as a supplement costs the customer: the levels of the
    # approval go by the size.
    open_approval(
        adjustment,
        ADJUSTMENT_APPROVAL,
        company=bill.company,
        amount_fen=abs(adjustment.amount_fen),
        drafted_by=by.user,
        at=at,
    )
    journal.record(
        "draft_adjustment",
        adjustment,
        by=by,
        at=at,
        bill=bill.number,
        amount_fen=adjustment.amount_fen,
        reason=adjustment.reason,
        source=adjustment.source,
    )
    return adjustment


def adjust_by_approval(
    facts: AdjustmentFacts, *, drafted_by: User, by: Actor, at: datetime
) -> Bill:
    """A step of approving another record: corrects a bill at once, as that record demands.

    The adjustment is drafted in the name of who drafted the record and approved by who approved it:
    nobody decides twice about one matter. The caller holds the lock of the account. Raises what
    `draft_adjustment` raises.
    """
    adjustment = _draft(facts, drafted_by=drafted_by, at=at)
    # Saved state by state: the guard of the database knows no shorter way.
    adjustment.state = ADJUSTMENT.next_state(adjustment.state, "approve_adjustment")
    adjustment.approved_by, adjustment.approved_at = by.user, at
    adjustment.save()
    adjustment.state = ADJUSTMENT.next_state(adjustment.state, "issue_adjustment")
    issued = issue_as_bill(adjustment, list(adjustment.lines.order_by("ordinal")), at=at)
    adjustment.issued_at = at
    adjustment.save()
    journal.record(
        "issue_adjustment",
        adjustment,
        by=by,
        at=at,
        number=issued.number,
        amount_fen=issued.amount_fen,
        reason=adjustment.reason,
    )
    return issued


@transaction.atomic
def approve_adjustment(
    adjustment: Adjustment, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> Adjustment:
    """Approves the adjustment at the open level; after the last level it can be issued.

    The levels are those of the approval rule in force; without one, a single person who did not
    draft it.
    """
    return _decide(adjustment, "approve_adjustment", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_adjustment(
    adjustment: Adjustment, opinion: Opinion, *, by: Actor, at: datetime
) -> Adjustment:
    """Returns the adjustment to the person who drafted it, with the reason.

    It stays to be read; the drafter cancels it and drafts another.
    """
    return _decide(adjustment, "return_adjustment", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def issue_adjustment(adjustment: Adjustment, *, by: Actor, at: datetime) -> Bill:
    """Issues the approved adjustment as a numbered bill and posts it.

    A supplement is settled from the advance of the contract. A credit settles the season's bills in
    order of issue; what is left of it becomes an advance and is spent like a payment. Raises
    `Refused` when other corrections or the calendar have made it wrong since.
    """
    authorise(by, "billing.issue_adjustment", adjustment.company)
    # Two adjustments of one bill wait for each other here; the second sees the first one's lines.
    lock_account(adjustment.account_id)
    locked_adjustment = _lock(adjustment)
    locked_adjustment.state = ADJUSTMENT.next_state(locked_adjustment.state, "issue_adjustment")
    lines = list(locked_adjustment.lines.order_by("ordinal"))
    check_still_true(locked_adjustment, lines)
    if locked_adjustment.amount_fen > 0 and locked_adjustment.due_on < business_date(at):
        raise Refused("due_day_passed", _("缴费截止日已过，请取消后以新的截止日重新起草。"))
    bill = issue_as_bill(locked_adjustment, lines, at=at)
    locked_adjustment.issued_at = at
    locked_adjustment.save()
    journal.record(
        "issue_adjustment",
        locked_adjustment,
        by=by,
        at=at,
        number=bill.number,
        amount_fen=bill.amount_fen,
    )
    return bill


@transaction.atomic
def cancel_adjustment(adjustment: Adjustment, *, by: Actor, at: datetime) -> Adjustment:
    """Gives up an adjustment that was not issued."""
    authorise(by, "billing.cancel_adjustment", adjustment.company)
    locked_adjustment = _lock(adjustment)
    locked_adjustment.state = ADJUSTMENT.next_state(locked_adjustment.state, "cancel_adjustment")
    withdraw_approval(locked_adjustment, at=at)
    locked_adjustment.save()
    journal.record("cancel_adjustment", locked_adjustment, by=by, at=at)
    return locked_adjustment


def _draft(facts: AdjustmentFacts, *, drafted_by: User, at: datetime) -> Adjustment:
    """Writes the draft with its lines; the caller holds the lock of the account."""
    bill, reason, source = facts.bill, facts.reason.strip(), facts.source.strip()
    _check_words(bill, reason, source)
    lines = correction_lines(bill, facts.corrections)
    amount_fen = sum(line.amount_fen for line in lines)
    if not amount_fen:
        raise Refused("nothing_to_correct", _("应为金额与已出账金额相同，没有可调整的差额。"))
    _check_drafted_once(bill, amount_fen, reason)
    adjustment = Adjustment.objects.create(
        company=bill.company,
        season_id=bill.season_id,
        kind=AdjustmentKind.SUPPLEMENT if amount_fen > 0 else AdjustmentKind.CREDIT,
        account_id=bill.account_id,
        contract_id=bill.contract_id,
        corrects=bill,
        amount_fen=amount_fen,
        tax_fen=sum(line.tax_fen for line in lines),
        due_on=_due_on(amount_fen, facts.due_on, business_date(at)),
        reason=reason,
        source=source,
        created_by=drafted_by,
        created_at=at,
    )
    for line in lines:
        line.adjustment = adjustment
    AdjustmentLine.objects.bulk_create(lines)
    return adjustment


def _decide(
    adjustment: Adjustment,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> Adjustment:
    """Gives the opinion, and moves the adjustment when that ends its approval."""
    authorise_decision(ADJUSTMENT_APPROVAL, adjustment.company, by=by, at=at)
    locked_adjustment = _lock(adjustment)
    next_state = ADJUSTMENT.next_state(locked_adjustment.state, verb)
    decision = give_opinion(locked_adjustment, verdict, opinion, by=by, at=at)
    if decision.approval.state != ApprovalState.PENDING:
        locked_adjustment.state = next_state
    if decision.approval.state == ApprovalState.APPROVED:
        locked_adjustment.approved_by = decision.by
        locked_adjustment.approved_at = at
    locked_adjustment.save()
    journal.record(
        verb,
        locked_adjustment,
        by=by,
        at=at,
        amount_fen=locked_adjustment.amount_fen,
        **facts_of(decision),
    )
    return locked_adjustment


def _lock(adjustment: Adjustment) -> Adjustment:
    """Locks the adjustment and returns it, freshly read."""
    return (
        Adjustment.objects.select_for_update(of=("self",))
        .select_related("company", "season", "corrects", "contract__account")
        .get(pk=adjustment.pk)
    )


def _check_words(bill: Bill, reason: str, source: str) -> None:
    """Refuses an adjustment of an adjustment, and one without a reason or a paper."""
    if bill.kind not in (BillKind.SEASON, BillKind.OPENING):
        raise Refused(
            "adjusts_an_adjustment",
            _("%(number)s 本身是调整，请更正它所更正的账单。"),
            number=bill.number,
        )
    if not reason:
        raise Invalid("reason_missing", _("请填写调整的原因。"))
    if not source:
        raise Invalid("source_missing", _("请填写依据（申请、测温单、批文等的名称或编号）。"))


def _check_drafted_once(bill: Bill, amount_fen: int, reason: str) -> None:
    """Refuses what already waits for approval; under the account's lock a double click meets it."""
    same = Adjustment.objects.filter(
        corrects=bill.pk, amount_fen=amount_fen, reason=reason, state=AdjustmentState.DRAFTED
    )
    if earlier := same.first():
        raise Refused(
            "drafted_already",
            _("金额、原因相同的%(adjustment)s正在等待审核，没有重复起草。"),
            adjustment=earlier,
        )


def _due_on(amount_fen: int, due_on: date | None, today: date) -> date:
    """Returns the day by which the adjustment is to be paid; a credit is due at once."""
    if amount_fen < 0:
        return today
    if due_on is None:
        raise Invalid("due_day_missing", _("补收账单请填写缴费截止日。"))
    if due_on < today:
        raise Invalid("due_day_passed", _("缴费截止日不能早于今天。"))
    return due_on
