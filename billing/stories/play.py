"""The events of a story, each done by the operation by which staff do it."""

from collections.abc import Callable
from datetime import timedelta

from billing.adjustments.corrections import AdjustmentFacts, Correction
from billing.adjustments.operations import (
    approve_adjustment,
    draft_adjustment,
    issue_adjustment,
)
from billing.adjustments.price_changes import NewPrice, price_corrections
from billing.area_changes.operations import NewArea, approve_area_change, draft_area_change
from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.ledger.late_fees import owed
from billing.models import (
    AreaBasis,
    Bill,
    BillKind,
    CompanyBankAccount,
    ResumptionCause,
    Shift,
    StopHeat,
    Tariff,
)
from billing.penalties.operations import suspend_late_fee
from billing.penalties.waivers import (
    approve_late_fee_waiver,
    draft_late_fee_waiver,
    payable_fee_fen,
)
from billing.refunds.operations import (
    Payee,
    approve_advance_refund,
    draft_advance_refund,
    pay_advance_refund,
)
from billing.runs.issue import begin_issue, issue_stretch
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    finish_issue,
    finish_preview,
    issue_billing_run,
    preview_billing_run,
)
from billing.runs.preview import last_account_id, preview_stretch
from billing.states import ShiftState
from billing.stop_heat.conditions import Declared
from billing.stop_heat.operations import apply_stop_heat, approve_stop_heat
from billing.stop_heat.resumptions import approve_resumption, draft_resumption
from billing.stories.reading import EventTold
from billing.stories.world import LONG_AGO, World, noon
from customers.contracts.ownership import transfer_ownership
from customers.models import CustomerKind
from customers.people.operations import NewCustomer
from office.case_files import CaseError
from office.forms.form_keys import new_form_key


def play(world: World, event: EventTold) -> None:
    """A step of `play_story`: does what the event says, at noon of its day."""
    _PLAYS[event.do](world, event)


def _bill(world: World, event: EventTold) -> None:
    """Runs a season's billing from the scope to the settled bills, as its job does."""
    at = noon(event.on)
    run = create_billing_run(world.seasons[event.season], by=world.clerk, at=at)
    preview_billing_run(run, by=world.clerk, at=at)
    last = last_account_id(run)
    while preview_stretch(run, last=last) < last:
        pass
    finish_preview(run, by=world.clerk, at=at)
    run.refresh_from_db()
    if parked := run.parked.first():
        raise CaseError(f"出账暂缓：{parked.sentence}")
    approve_billing_run(run, by=world.manager, at=at)
    issue_billing_run(run, by=world.manager, at=at)
    run.refresh_from_db()
    begin_issue(run)
    while issue_stretch(run, at=at) < run.bill_count:
        pass
    finish_issue(run, by=world.manager, at=at)


def _pay(world: World, event: EventTold) -> None:
    """Takes cash for the contract of the party that pays."""
    at = noon(event.on)
    contract = world.contract(event.account, event.party)
    if not Shift.objects.filter(company=world.company, state=ShiftState.OPEN).exists():
        open_shift(world.company, till="1", float_fen=0, by=world.clerk, at=at)
    waiting = owed(contract, event.on)
    form = CounterForm(
        new_form_key(),
        [item.bill for item in waiting if not item.is_late_fee],
        event.amount_fen,
        sum(item.open_fen for item in waiting),
        beyond_debt=True,
        former=contract.ends is not None,
    )
    take_cash(contract, form, by=world.clerk, at=at)


def _credit(world: World, event: EventTold) -> None:
    _adjust(world, event, _billed(world, event), [Correction(amount_fen=-event.amount_fen)])


def _price_change(world: World, event: EventTold) -> None:
    """Corrects every bill of the season that has a line of the category."""
    new_price = NewPrice(
        world.categories[event.category].pk, event.price, event.starts, event.apportion
    )
    season = world.seasons[event.season]
    for bill in Bill.objects.filter(season=season, kind=BillKind.SEASON).order_by("pk"):
        corrections = [item for item in price_corrections(bill, new_price) if item.amount_fen]
        if corrections:
            _adjust(world, event, bill, corrections)


def _area_change(world: World, event: EventTold) -> None:
    """Changes the area by which the account's category is priced; others cost nothing."""
    at = noon(event.on)
    account = world.accounts[event.account]
    line = account.premise.area_lines.latest("starts")
    basis = Tariff.objects.filter(category=line.category_id).latest("pk").area_basis
    if basis not in (event.areas or {}):
        raise CaseError(f"户 {event.account} 按 {basis} 计费，面积变更缺少这个口径")
    change = draft_area_change(
        world.company,
        [NewArea(account, (event.areas or {})[basis])],
        effective_from=event.starts,
        basis=AreaBasis(basis),
        due_on=event.on + timedelta(days=30),
        reason=event.do,
        source="演算",
        by=world.clerk,
        at=at,
    )
    approve_area_change(change, by=world.manager, at=at)


def _stop_heat(world: World, event: EventTold) -> None:
    """Takes in and approves the stop of the whole flat."""
    at = noon(event.on)
    applications = {world.accounts[event.account]: Declared()}
    [stop] = apply_stop_heat(
        world.seasons[event.season], applications, source="演算", by=world.clerk, at=at
    )
    approve_stop_heat(stop, by=world.manager, at=at)


def _resume_heat(world: World, event: EventTold) -> None:
    at = noon(event.on)
    stop = StopHeat.objects.filter(
        account=world.accounts[event.account], season=world.seasons[event.season]
    ).last()
    if stop is None:
        raise CaseError(f"户 {event.account} 在 {event.season} 没有报停")
    resumption = draft_resumption(
        stop,
        cause=ResumptionCause.APPLIED,
        due_on=event.due_on,
        source="演算",
        by=world.clerk,
        at=at,
    )
    approve_resumption(resumption, by=world.manager, at=at)


def _refund(world: World, event: EventTold) -> None:
    """Drafts the refund, has it approved, and posts it as paid by the bank."""
    at = noon(event.on)
    bank_account, _created = CompanyBankAccount.objects.get_or_create(
        company=world.company,
        number=f"99{world.company.pk:010d}",
        defaults={"bank": "演算", "name": "演算", "opened_on": LONG_AGO},
    )
    refund = draft_advance_refund(
        world.contract(event.account, event.party),
        event.amount_fen,
        Payee("演算用户", "演算银行", "1"),
        reason=event.do,
        source="演算",
        by=world.clerk,
        at=at,
    )
    approve_advance_refund(refund, by=world.manager, at=at)
    pay_advance_refund(refund, bank_account, f"{refund.pk}", by=world.clerk, at=at)


def _adjust(world: World, event: EventTold, bill: Bill, corrections: list[Correction]) -> None:
    """Drafts, approves and issues one adjustment."""
    at = noon(event.on)
    facts = AdjustmentFacts(bill, corrections, event.do, "演算", event.due_on)
    adjustment = draft_adjustment(facts, by=world.clerk, at=at)
    approve_adjustment(adjustment, by=world.manager, at=at)
    issue_adjustment(adjustment, by=world.manager, at=at)


def _billed(world: World, event: EventTold) -> Bill:
    """Returns the account's bill of the season, or else its opening arrears."""
    bills = Bill.objects.filter(
        contract=world.contract(event.account, event.party),
        season=world.seasons[event.season],
        kind__in=(BillKind.SEASON, BillKind.OPENING),
    )
    bill = bills.first()
    if bill is None:
        raise CaseError(f"户 {event.account} 在 {event.season} 没有账单")
    return bill


def _transfer_ownership(world: World, event: EventTold) -> None:
    transfer_ownership(
        world.accounts[event.account],
        NewCustomer(kind=CustomerKind.RESIDENT, name="新用户", phone=""),
        event.on,
        contract_number=f"GR-2-{event.account}",
        by=world.clerk,
        at=noon(event.on),
    )


def _suspend_late_fee(world: World, event: EventTold) -> None:
    suspend_late_fee(
        world.contract(event.account, event.party),
        starts=event.starts,
        ends=event.ends - timedelta(days=1),
        reason=event.do,
        source="演算",
        by=world.manager,
        at=noon(event.on),
    )


def _waive_late_fee(world: World, event: EventTold) -> None:
    """Waives at most what is payable; where nothing is, there is nothing to ask for."""
    at = noon(event.on)
    contract = world.contract(event.account, event.party)
    season = world.seasons[event.season]
    amount_fen = min(event.amount_fen, payable_fee_fen(contract, season, event.on))
    if not amount_fen:
        return
    waiver = draft_late_fee_waiver(
        contract, season, amount_fen, reason=event.do, source="演算", by=world.clerk, at=at
    )
    approve_late_fee_waiver(waiver, by=world.manager, at=at)


_PLAYS: dict[str, Callable[[World, EventTold], None]] = {
    "area_change": _area_change,
    "bill": _bill,
    "pay": _pay,
    "credit": _credit,
    "price_change": _price_change,
    "refund": _refund,
    "resume_heat": _resume_heat,
    "stop_heat": _stop_heat,
    "suspend_late_fee": _suspend_late_fee,
    "transfer_ownership": _transfer_ownership,
    "waive_late_fee": _waive_late_fee,
}
