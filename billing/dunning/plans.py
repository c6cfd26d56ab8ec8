"""Instalment plans: a debt in dated parts; it stops dunning and late fees while it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.dunning.standings import net_debt_fen
from billing.models import Bill, InstalmentPart, InstalmentPlan
from billing.penalties.operations import suspend_late_fee
from customers.contracts.locking import lock_account
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Invalid, Refused

MOST_PARTS = 36


@dataclass(frozen=True)
class PartFacts:
    """A part to be agreed: its last day of payment and its amount in fen."""

    due_on: date
    amount_fen: int


@transaction.atomic
def agree_instalment_plan(
    contract: SupplyContract,
    parts: Sequence[PartFacts],
    *,
    reason: str,
    source: str,
    by: Actor,
    at: datetime,
) -> InstalmentPlan:
    """Divides the net debt of the contract into dated parts; until the last day it bears no late
    fee.

    Who agrees needs the permission to suspend late fees besides. Raises `Invalid` for parts that
    are not in the order of their days, lie in the past or do not add up to the net debt, and
    `Refused` while another plan runs.
    """
    authorise(by, "billing.agree_instalment_plan", contract.company)
    today = business_date(at)
    _check_parts(parts, today)
    if not (clean_text(reason) and clean_text(source)):
        raise Invalid("reason_missing", _("请填写分期的原因和依据。"))
    # A payment at this moment would change the debt that the parts divide.
    lock_account(contract.account_id)
    running = InstalmentPlan.objects.filter(
        contract=contract, cancelled_at__isnull=True, parts__due_on__gte=today
    )
    if running.exists():
        raise Refused("plan_running", _("该户已有分期缴费计划，请先取消再订立。"))
    # A billing run may let its bills appear at this moment. The bills are read before the debt: of
    # such a bill at most the debt knows, and then the parts do not add up to it.
    bill_ids = list(
        Bill.objects.filter(contract=contract).order_by("pk").values_list("pk", flat=True)
    )
    debt_fen = net_debt_fen(contract)
    total_fen = sum(part.amount_fen for part in parts)
    if debt_fen <= 0:
        raise Refused("nothing_owed", _("该户没有净欠费，无需分期。"))
    if total_fen != debt_fen:
        raise Invalid(
            "parts_do_not_add_up",
            _("各期合计 %(total)s 元，净欠费为 %(debt)s 元，请核对。"),
            total=yuan_text(total_fen),
            debt=yuan_text(debt_fen),
        )
    plan = InstalmentPlan.objects.create(
        company=contract.company,
        contract=contract,
        debt_fen=debt_fen,
        bill_ids=bill_ids,
        reason=clean_text(reason),
        source=clean_text(source),
        agreed_by=by.user,
        agreed_at=at,
    )
    InstalmentPart.objects.bulk_create(
        InstalmentPart(plan=plan, ordinal=ordinal, due_on=part.due_on, amount_fen=part.amount_fen)
        for ordinal, part in enumerate(parts, 1)
    )
    suspend_late_fee(
        contract,
        starts=today,
        ends=parts[-1].due_on,
        reason=f"分期缴费计划：{plan.reason}"[:200],
        source=plan.source,
        by=by,
        at=at,
    )
    journal.record(
        "agree_instalment_plan",
        plan,
        by=by,
        at=at,
        contract=contract.number,
        amount_fen=debt_fen,
        part_count=len(parts),
        reason=plan.reason,
    )
    return plan


@transaction.atomic
def cancel_instalment_plan(
    plan: InstalmentPlan, *, reason: str, by: Actor, at: datetime
) -> InstalmentPlan:
    """Ends a plan; dunning begins again. Days that it freed of late fees stay free."""
    authorise(by, "billing.cancel_instalment_plan", plan.company)
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请填写取消的原因。"))
    locked_plan = (
        InstalmentPlan.objects.select_for_update(of=("self",))
        .select_related("contract")
        .get(pk=plan.pk)
    )
    if locked_plan.cancelled_at is not None:
        raise Refused("plan_cancelled", _("该计划已经取消。"))
    locked_plan.cancelled_at = at
    locked_plan.cancelled_by = by.user
    locked_plan.cancel_reason = clean_text(reason)
    locked_plan.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    journal.record(
        "cancel_instalment_plan",
        locked_plan,
        by=by,
        at=at,
        contract=locked_plan.contract.number,
        reason=locked_plan.cancel_reason,
    )
    return locked_plan


def _check_parts(parts: Sequence[PartFacts], today: date) -> None:
    if not 2 <= len(parts) <= MOST_PARTS:
        raise Invalid("parts_count_wrong", _("分期须为 2 至 %(most)s 期。"), most=MOST_PARTS)
    days = [part.due_on for part in parts]
    if days != sorted(set(days)) or days[0] < today:
        raise Invalid("parts_days_wrong", _("各期付款期限须从今天起先后排列，不能重复。"))
    if any(part.amount_fen <= 0 for part in parts):
        raise Invalid("part_amount_wrong", _("每期金额须大于 0。"))
