"""The operations of a waiver of late fee: drafted → approved by others, which takes it off."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.ledger.late_fees import late_fees
from billing.models import HeatingSeason, LateFeeWaiver
from billing.penalties.kind import WAIVER_APPROVAL
from billing.states import LATE_FEE_WAIVER, LateFeeWaiverState
from customers.contracts.locking import lock_account
from customers.models import SupplyContract
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
from office.models import Verdict
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState


def payable_fee_fen(contract: SupplyContract, season: HeatingSeason, on: date) -> int:
    """Returns what late fee of a season the contract owes on a day, in fen."""
    fees = late_fees(contract, on).fees
    return sum(fee.payable_fen for fee in fees if fee.bill.season_id == season.pk)


@transaction.atomic
def draft_late_fee_waiver(
    contract: SupplyContract,
    season: HeatingSeason,
    amount_fen: int,
    *,
    reason: str,
    source: str,
    by: Actor,
    at: datetime,
) -> LateFeeWaiver:
    """Drafts the waiver of a season's late fee and opens its approval; nothing is waived yet.

    Raises `Invalid` without reason or paper, and `Refused` above what is payable today.
    """
    authorise(by, "billing.draft_late_fee_waiver", contract.company)
    if by.user is None:
        raise NotAllowed()
    lock_account(contract.account_id)
    if season.company_id != contract.company_id:
        raise Invalid("season_of_another_company", _("采暖季属于其他公司，请重新选择。"))
    if not (reason.strip() and source.strip()):
        raise Invalid("reason_missing", _("请填写减免的原因和依据。"))
    # Under the lock of the account the same form, sent twice, meets the first one's waiver.
    waiting = LateFeeWaiver.objects.filter(
        contract=contract, season=season, state=LateFeeWaiverState.DRAFTED
    )
    if waiting.exists():
        raise Refused(
            "waiver_drafted_already",
            _("%(season)s 采暖季已有减免申请正在等待审核，请先办完或取消它。"),
            season=season,
        )
    payable_fen = payable_fee_fen(contract, season, business_date(at))
    if not 0 < amount_fen <= payable_fen:
        raise Refused(
            "waiver_above_fee",
            _("%(season)s 采暖季今天应缴违约金 %(payable)s 元，减免须大于零且不超过它。"),
            season=season,
            payable=yuan_text(payable_fen),
        )
    waiver = LateFeeWaiver.objects.create(
        company=contract.company,
        contract=contract,
        season=season,
        amount_fen=amount_fen,
        reason=reason.strip(),
        source=source.strip(),
        created_by=by.user,
        created_at=at,
    )
    open_approval(
        waiver,
        WAIVER_APPROVAL,
        company=contract.company,
        amount_fen=amount_fen,
        drafted_by=by.user,
        at=at,
    )
    journal.record(
        "draft_late_fee_waiver",
        waiver,
        by=by,
        at=at,
        contract=contract.number,
        amount_fen=amount_fen,
        reason=waiver.reason,
    )
    return waiver


@transaction.atomic
def approve_late_fee_waiver(
    waiver: LateFeeWaiver, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> LateFeeWaiver:
    """Approves the waiver at the open level; the last level takes it off what is payable.

    What was paid meanwhile is not given back: at most what is still payable is waived. Raises
    `Refused` when nothing is.
    """
    return _decide(waiver, "approve_late_fee_waiver", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_late_fee_waiver(
    waiver: LateFeeWaiver, opinion: Opinion, *, by: Actor, at: datetime
) -> LateFeeWaiver:
    """Returns the waiver to the person who drafted it, with the reason."""
    return _decide(waiver, "return_late_fee_waiver", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def cancel_late_fee_waiver(waiver: LateFeeWaiver, *, by: Actor, at: datetime) -> LateFeeWaiver:
    """Gives up a waiver that was not approved."""
    authorise(by, "billing.cancel_late_fee_waiver", waiver.company)
    locked_waiver = _lock(waiver)
    locked_waiver.state = LATE_FEE_WAIVER.next_state(locked_waiver.state, "cancel_late_fee_waiver")
    withdraw_approval(locked_waiver, at=at)
    locked_waiver.save()
    journal.record("cancel_late_fee_waiver", locked_waiver, by=by, at=at)
    return locked_waiver


def _decide(
    waiver: LateFeeWaiver,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> LateFeeWaiver:
    """Gives the opinion, and moves the waiver when that ends its approval."""
    authorise_decision(WAIVER_APPROVAL, waiver.company, by=by, at=at)
    # The account first, as everywhere: a payment of the fee and its waiver wait for each other.
    lock_account(waiver.contract.account_id)
    locked_waiver = _lock(waiver)
    next_state = LATE_FEE_WAIVER.next_state(locked_waiver.state, verb)
    decision = give_opinion(locked_waiver, verdict, opinion, by=by, at=at)
    if decision.approval.state != ApprovalState.PENDING:
        locked_waiver.state = next_state
    if decision.approval.state == ApprovalState.APPROVED:
        locked_waiver.waived_fen = _waivable_fen(locked_waiver, business_date(at))
        locked_waiver.approved_by = decision.by
        locked_waiver.approved_at = at
    locked_waiver.save()
    journal.record(
        verb,
        locked_waiver,
        by=by,
        at=at,
        amount_fen=locked_waiver.amount_fen,
        waived_fen=locked_waiver.waived_fen,
        **facts_of(decision),
    )
    return locked_waiver


def _waivable_fen(waiver: LateFeeWaiver, on: date) -> int:
    """Returns what an approval of this day takes off."""
    payable_fen = payable_fee_fen(waiver.contract, waiver.season, on)
    if not payable_fen:
        raise Refused("nothing_to_waive", _("该季违约金已缴清或不再应缴，无需减免，请退回。"))
    return min(waiver.amount_fen, payable_fen)


def _lock(waiver: LateFeeWaiver) -> LateFeeWaiver:
    """Locks the waiver and returns it, freshly read."""
    return (
        LateFeeWaiver.objects.select_for_update(of=("self",))
        .select_related("company", "season", "contract")
        .get(pk=waiver.pk)
    )
