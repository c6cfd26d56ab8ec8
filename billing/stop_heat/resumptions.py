"""The operations of a resumption: drafted → approved by others, which bills the full charge."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.adjustments.corrections import AdjustmentFacts, Correction
from billing.adjustments.operations import adjust_by_approval
from billing.change_states import RESUMPTION, STOP_HEAT, StopHeatState
from billing.models import Resumption, ResumptionCause, StopHeat, StopHeatTerms
from billing.stop_heat.billed import first_line_id, season_bill, top_ups
from billing.stop_heat.kind import RESUMPTION_APPROVAL
from billing.stop_heat.operations import lock_stop
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
from office.models import Verdict
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState

_ENDS = {
    ResumptionCause.APPLIED: ("resume_stop", "开栓费"),
    ResumptionCause.SELF_RECONNECTED: ("void_stop", "自行接通违约费"),
}


@transaction.atomic
def draft_resumption(
    stop: StopHeat,
    *,
    cause: ResumptionCause,
    due_on: date,
    source: str,
    by: Actor,
    at: datetime,
) -> Resumption:
    """Takes in that the heat of a stopped account shall run, or runs, again; opens its approval.

    Its fee is that of the season's terms; before the season is billed there is none, because the
    bill will be the full one. Raises `Refused` for a stop that does not hold or has ended with its
    season, and for a second resumption.
    """
    authorise(by, "billing.draft_resumption", stop.company)
    if by.user is None:
        raise NotAllowed()
    lock_account(stop.account_id)
    locked_stop = lock_stop(stop)
    today = business_date(at)
    if locked_stop.state != StopHeatState.APPROVED or today > locked_stop.season.ends:
        raise Refused(
            "stop_does_not_hold",
            _("户号 %(account)s 的报停现在不生效（未审核、已复热或采暖季已结束），无需复热。"),
            account=locked_stop.account.number,
        )
    if locked_stop.resumptions.filter(state=RESUMPTION.initial).exists():
        raise Refused(
            "resumption_pending",
            _("户号 %(account)s 已有复热申请在等待审核。"),
            account=locked_stop.account.number,
        )
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据（申请、稽查记录等的名称或编号）。"))
    if due_on < today:
        raise Invalid("due_day_passed", _("缴费截止日不能早于今天。"))
    resumption = Resumption.objects.create(
        company=locked_stop.company,
        stop=locked_stop,
        cause=cause,
        due_on=due_on,
        fee_fen=_fee_fen(locked_stop, cause),
        source=source.strip(),
        created_by=by.user,
        created_at=at,
    )
    open_approval(
        resumption, RESUMPTION_APPROVAL, company=locked_stop.company, drafted_by=by.user, at=at
    )
    journal.record(
        "draft_resumption",
        resumption,
        by=by,
        at=at,
        account=locked_stop.account.number,
        cause=cause,
        source=resumption.source,
    )
    return resumption


@transaction.atomic
def approve_resumption(
    resumption: Resumption, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> Resumption:
    """Approves the resumption at the open level; the last level ends the stop and bills the rest.

    The rest to the full charge and the fee are one supplementary bill with its own due date.
    """
    return _decide(resumption, "approve_resumption", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_resumption(
    resumption: Resumption, opinion: Opinion, *, by: Actor, at: datetime
) -> Resumption:
    """Returns the resumption to the person who took it in, with the reason."""
    return _decide(resumption, "return_resumption", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def cancel_resumption(resumption: Resumption, *, by: Actor, at: datetime) -> Resumption:
    """Gives up a resumption that was not approved."""
    authorise(by, "billing.cancel_resumption", resumption.company)
    locked_resumption = _lock(resumption)
    locked_resumption.state = RESUMPTION.next_state(locked_resumption.state, "cancel_resumption")
    withdraw_approval(locked_resumption, at=at)
    locked_resumption.save()
    journal.record("cancel_resumption", locked_resumption, by=by, at=at)
    return locked_resumption


def _decide(
    resumption: Resumption,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> Resumption:
    """Gives the opinion; the approval of the last level ends the stop."""
    authorise_decision(RESUMPTION_APPROVAL, resumption.company, by=by, at=at)
    # The account first, then the stop: a payment and another end of the stop wait here.
    lock_account(resumption.stop.account_id)
    stop = lock_stop(resumption.stop)
    locked_resumption = _lock(resumption)
    next_state = RESUMPTION.next_state(locked_resumption.state, verb)
    decision = give_opinion(locked_resumption, verdict, opinion, by=by, at=at)
    if decision.approval.state != ApprovalState.PENDING:
        locked_resumption.state = next_state
    if decision.approval.state == ApprovalState.APPROVED:
        locked_resumption.approved_by = decision.by
        locked_resumption.approved_at = at
        _end(locked_resumption, stop, by=by, at=at)
    locked_resumption.save()
    journal.record(
        verb,
        locked_resumption,
        by=by,
        at=at,
        top_up_fen=locked_resumption.top_up_fen,
        **facts_of(decision),
    )
    return locked_resumption


def _end(resumption: Resumption, stop: StopHeat, *, by: Actor, at: datetime) -> None:
    """Bills the rest and the fee where the season is billed, and ends the stop."""
    verb, fee_name = _ENDS[ResumptionCause(resumption.cause)]
    bill = season_bill(stop)
    corrections = top_ups(bill, stop) if bill else []
    resumption.top_up_fen = sum(correction.amount_fen or 0 for correction in corrections)
    if bill and resumption.fee_fen:
        working = f"{fee_name} {yuan_text(resumption.fee_fen)} 元"
        fee = Correction(first_line_id(bill, stop), amount_fen=resumption.fee_fen, working=working)
        corrections.append(fee)
    # Before the adjustment: what is open afterwards is reckoned with the heat on.
    stop.state = STOP_HEAT.next_state(stop.state, verb)
    stop.save()
    if bill and corrections:
        reason = f"复热 #{resumption.pk}（报停 #{stop.pk}）"
        facts = AdjustmentFacts(
            bill, corrections, reason, resumption.source, due_on=resumption.due_on
        )
        adjust_by_approval(facts, drafted_by=resumption.created_by, by=by, at=at)


def _fee_fen(stop: StopHeat, cause: ResumptionCause) -> int:
    if season_bill(stop) is None:
        return 0
    terms = StopHeatTerms.objects.get(season=stop.season_id)
    if cause == ResumptionCause.SELF_RECONNECTED:
        return terms.self_reconnection_fee_fen
    return terms.reopening_fee_fen


def _lock(resumption: Resumption) -> Resumption:
    """Locks the resumption and returns it, freshly read."""
    return (
        Resumption.objects.select_for_update(of=("self",))
        .select_related("company", "created_by")
        .get(pk=resumption.pk)
    )
