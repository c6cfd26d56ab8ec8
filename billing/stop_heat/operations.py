"""The operations of a stop: applied at the desk → approved by others, for one season."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.adjustments.corrections import AdjustmentFacts
from billing.adjustments.operations import adjust_by_approval
from billing.change_states import STOP_HEAT
from billing.models import HeatingSeason, StopHeat, StopHeatTerms
from billing.stop_heat.billed import season_bill, stop_corrections
from billing.stop_heat.conditions import EFFECTIVE, Answer, Declared, answers, present_answers
from billing.stop_heat.kind import STOP_HEAT_APPROVAL
from customers.contracts.locking import lock_account, lock_accounts
from customers.models import Account, SupplyContract
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

# One line of a batch's refusal; more would not fit a screen.
MOST_REASONS = 10


@transaction.atomic
def apply_stop_heat(
    season: HeatingSeason,
    applications: Mapping[Account, Declared],
    *,
    source: str,
    by: Actor,
    at: datetime,
) -> list[StopHeat]:
    """Takes in the applications of one flat or of many, a building for example, all or none.

    Each condition of the season's terms is answered and kept with the stop. Raises `Refused` with
    every account that cannot stop and the reasons; then no application of the batch is taken in.
    """
    authorise(by, "billing.apply_stop_heat", season.company)
    if by.user is None:
        raise NotAllowed()
    if not applications:
        raise Invalid("account_missing", _("请至少填写一个户号。"))
    if not source.strip():
        raise Invalid("source_missing", _("请填写申请材料的名称或编号。"))
    if any(account.company_id != season.company_id for account in applications):
        raise Invalid("account_of_another_company", _("户号属于其他公司，请重新填写。"))
    terms = _terms(season)
    lock_accounts(account.pk for account in applications)
    stops: list[StopHeat] = []
    impossible: list[str] = []
    for account, declared in applications.items():
        # One by one: each counts for the share of its unit before the next is answered.
        try:
            stops.append(_apply(terms, account, declared, source.strip(), by=by.user, at=at))
        except Refused as refusal:
            impossible.append(refusal.sentence)
    if impossible:
        raise Refused(
            "stop_heat_impossible",
            _("%(reasons)s；本次没有受理。"),
            reasons="；".join(impossible[:MOST_REASONS]),
        )
    for stop in stops:
        open_approval(stop, STOP_HEAT_APPROVAL, company=season.company, drafted_by=by.user, at=at)
        journal.record(
            "apply_stop_heat",
            stop,
            by=by,
            at=at,
            account=stop.account.number,
            season=season.label,
            ordinals=list(stop.ordinals),
            source=stop.source,
        )
    return stops


@transaction.atomic
def approve_stop_heat(
    stop: StopHeat, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> StopHeat:
    """Approves the stop at the open level; from the last level on the season costs the basic fee.

    A bill that exists is credited by the difference at once. Raises `Refused` when arrears or the
    share of the unit speak against it by now.
    """
    return _decide(stop, "approve_stop_heat", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_stop_heat(stop: StopHeat, opinion: Opinion, *, by: Actor, at: datetime) -> StopHeat:
    """Returns the application to the person who took it in, with the reason."""
    return _decide(stop, "return_stop_heat", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def cancel_stop_heat(stop: StopHeat, *, by: Actor, at: datetime) -> StopHeat:
    """Gives up an application that was not approved."""
    authorise(by, "billing.cancel_stop_heat", stop.company)
    locked_stop = lock_stop(stop)
    locked_stop.state = STOP_HEAT.next_state(locked_stop.state, "cancel_stop_heat")
    withdraw_approval(locked_stop, at=at)
    locked_stop.save()
    journal.record("cancel_stop_heat", locked_stop, by=by, at=at)
    return locked_stop


def lock_stop(stop: StopHeat) -> StopHeat:
    """A step of the operations of stops and resumptions: locks the stop and returns it anew."""
    return (
        StopHeat.objects.select_for_update(of=("self",))
        .select_related("company", "season", "account__premise", "contract", "created_by")
        .get(pk=stop.pk)
    )


def _apply(
    terms: StopHeatTerms,
    account: Account,
    declared: Declared,
    source: str,
    *,
    by: User,
    at: datetime,
) -> StopHeat:
    """Writes the application of one account; refuses it with every reason against it."""
    contract = _contract(account, terms.season, business_date(at))
    if StopHeat.objects.filter(account=account, season=terms.season, state__in=EFFECTIVE).exists():
        raise Refused(
            "stopped_already",
            _("户号 %(account)s 在 %(season)s 采暖季已有报停"),
            account=account.number,
            season=terms.season,
        )
    _check_ordinals(account, declared.ordinals)
    answered = answers(terms, contract, declared, business_date(at))
    _check(account, answered)
    return StopHeat.objects.create(
        company=terms.company,
        season=terms.season,
        account=account,
        contract=contract,
        ordinals=sorted(declared.ordinals),
        conditions=[answer.plain() for answer in answered],
        source=source,
        created_by=by,
        created_at=at,
    )


def _check(account: Account, answered: Sequence[Answer]) -> None:
    """Refuses an account with the reason of every condition that it does not meet."""
    failed = [answer for answer in answered if not answer.passes]
    if failed:
        raise Refused(
            "stop_heat_conditions",
            _("户号 %(account)s 不能报停：%(reasons)s"),
            account=account.number,
            reasons="，".join(answer.reason for answer in failed),
        )


def _check_ordinals(account: Account, ordinals: Sequence[int]) -> None:
    existing = set(account.premise.area_lines.values_list("ordinal", flat=True))
    if unknown := set(ordinals) - existing:
        raise Refused(
            "no_such_area",
            _("户号 %(account)s 没有序号为 %(ordinal)s 的面积"),
            account=account.number,
            ordinal=min(unknown),
        )


def _contract(account: Account, season: HeatingSeason, today: date) -> SupplyContract:
    """Returns the contract in force on the later of today and the season's first day."""
    day = max(today, season.starts)
    for contract in account.contracts.select_related("account__premise").order_by("-starts"):
        if contract.in_force_on(day):
            return contract
    raise Refused(
        "no_open_contract",
        _("户号 %(account)s 没有有效合同，请先签订用热合同。"),
        account=account.number,
    )


def _terms(season: HeatingSeason) -> StopHeatTerms:
    terms = StopHeatTerms.objects.filter(season=season).select_related("season", "company").first()
    if terms is None:
        raise Refused(
            "no_stop_terms",
            _("%(season)s 采暖季没有报停办法，请先由主管发布。"),
            season=season,
        )
    return terms


def _decide(
    stop: StopHeat,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> StopHeat:
    """Gives the opinion; the approval of the last level puts the stop into force."""
    authorise_decision(STOP_HEAT_APPROVAL, stop.company, by=by, at=at)
    # The account first, as everywhere: payments of the bill wait for the stop.
    lock_account(stop.account_id)
    locked_stop = lock_stop(stop)
    next_state = STOP_HEAT.next_state(locked_stop.state, verb)
    decision = give_opinion(locked_stop, verdict, opinion, by=by, at=at)
    if decision.approval.state != ApprovalState.PENDING:
        locked_stop.state = next_state
    if decision.approval.state == ApprovalState.APPROVED:
        _check(
            locked_stop.account, present_answers(_terms(locked_stop.season), locked_stop.contract)
        )
        locked_stop.approved_by = decision.by
        locked_stop.approved_at = at
        locked_stop.save()
        _credit(locked_stop, by=by, at=at)
    locked_stop.save()
    journal.record(verb, locked_stop, by=by, at=at, **facts_of(decision))
    return locked_stop


def _credit(stop: StopHeat, *, by: Actor, at: datetime) -> None:
    """Credits a bill that exists down to the basic fee."""
    bill = season_bill(stop)
    corrections = stop_corrections(bill, stop) if bill else []
    if bill and corrections:
        facts = AdjustmentFacts(bill, corrections, f"报停 #{stop.pk}", stop.source)
        adjust_by_approval(facts, drafted_by=stop.created_by, by=by, at=at)
