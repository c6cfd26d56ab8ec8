"""Holds: exemption, dispute and promise to pay stop dunning for some days."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import DunningHold, HoldKind
from customers.contracts.locking import lock_account
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, Refused


@dataclass(frozen=True)
class HoldFacts:
    """What a hold says: its kind, its last day, why, the paper, and what was promised in fen."""

    kind: HoldKind
    ends: date
    reason: str
    source: str = ""
    promised_fen: int | None = None


@transaction.atomic
def place_dunning_hold(
    contract: SupplyContract, facts: HoldFacts, *, by: Actor, at: datetime
) -> DunningHold:
    """Stops dunning of the contract from today to the last day of the hold.

    Who exempts needs the permission for it besides, and a paper. Raises `Invalid` for a day that
    has passed and a missing reason or paper, and `Refused` while such a hold runs already.
    """
    authorise(by, "billing.place_dunning_hold", contract.company)
    if facts.kind == HoldKind.EXEMPT:
        authorise(by, "billing.exempt_from_dunning", contract.company)
    today = business_date(at)
    if facts.ends < today:
        raise Invalid("hold_day_passed", _("止日不能早于今天。"))
    if not clean_text(facts.reason):
        raise Invalid("reason_missing", _("请填写暂缓催缴的原因。"))
    if facts.kind == HoldKind.EXEMPT and not clean_text(facts.source):
        raise Invalid("source_missing", _("免催须填写依据（文件名称、文号或批示）。"))
    if facts.promised_fen is not None and (
        facts.kind != HoldKind.PROMISE or facts.promised_fen <= 0
    ):
        raise Invalid("promise_wrong", _("承诺金额须大于 0，且只在承诺付款时填写。"))
    # Two people may note the same call: the second waits here and then sees the first one's hold.
    lock_account(contract.account_id)
    running = DunningHold.objects.filter(
        contract=contract, kind=facts.kind, lifted_at__isnull=True, ends__gte=today
    )
    if running.exists():
        raise Refused("hold_running", _("该户已有同种暂缓，请先解除再登记。"))
    hold = DunningHold.objects.create(
        company=contract.company,
        contract=contract,
        kind=facts.kind,
        starts=today,
        ends=facts.ends,
        promised_fen=facts.promised_fen,
        reason=clean_text(facts.reason),
        source=clean_text(facts.source),
        entered_by=by.user,
        entered_at=at,
    )
    journal.record(
        "place_dunning_hold",
        hold,
        by=by,
        at=at,
        contract=contract.number,
        kind=hold.kind,
        ends=f"{hold.ends}",
        reason=hold.reason,
    )
    return hold


@transaction.atomic
def lift_dunning_hold(hold: DunningHold, *, reason: str, by: Actor, at: datetime) -> DunningHold:
    """Ends a hold before its last day; from now on the contract may be reminded again.

    Who lifts an exemption needs the permission to exempt besides.
    """
    authorise(by, "billing.lift_dunning_hold", hold.company)
    if hold.kind == HoldKind.EXEMPT:
        authorise(by, "billing.exempt_from_dunning", hold.company)
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请填写解除的原因。"))
    locked_hold = (
        DunningHold.objects.select_for_update(of=("self",))
        .select_related("contract")
        .get(pk=hold.pk)
    )
    if locked_hold.lifted_at is not None:
        raise Refused("hold_lifted", _("该暂缓已经解除。"))
    locked_hold.lifted_at = at
    locked_hold.lifted_by = by.user
    locked_hold.lifting_reason = clean_text(reason)
    locked_hold.save(update_fields=["lifted_at", "lifted_by", "lifting_reason"])
    journal.record(
        "lift_dunning_hold",
        locked_hold,
        by=by,
        at=at,
        contract=locked_hold.contract.number,
        kind=locked_hold.kind,
        reason=locked_hold.lifting_reason,
    )
    return locked_hold
