"""Spot checks: planned, drawn once by lot; every drawn flat gets a test or a reason for none."""

import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.flat_sample import draw, scope_digest
from complaints.models import SkipReason, SpotCheckItem, SpotCheckPlan, TemperatureTest
from complaints.spot_checks.progress import flats_in_scope
from complaints.time_bounds import true_time
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.language import in_chinese
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, Refused

MOST_FLATS = 20_000


@dataclass(frozen=True)
class Size:
    """The size of a sample: a number of flats or a percentage of those in scope, never both."""

    flats: int | None = None
    share_percent: Decimal | None = None


@transaction.atomic
def plan_spot_checks(
    company: Company,
    title: str,
    size: Size,
    *,
    starts_on: date,
    ends_on: date,
    by: Actor,
    at: datetime,
) -> SpotCheckPlan:
    """Plans how many flats are measured in a period; the seed of the draw is random."""
    authorise(by, "complaints.plan_spot_checks", company)
    if not title.strip():
        raise Invalid("title_missing", _("请填写抽测计划的名称。"))
    if SpotCheckPlan.objects.filter(company=company, title=title.strip()).exists():
        raise Refused("title_taken", _("已有同名的抽测计划，请换一个名称。"))
    if ends_on < starts_on:
        raise Invalid("period_wrong", _("结束日期不能早于开始日期。"))
    _check_size(size)
    plan = SpotCheckPlan.objects.create(
        company=company,
        title=title.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        flats=size.flats,
        share_percent=size.share_percent,
        seed=secrets.token_hex(8),
        planned_by=by.user,
        planned_at=at,
    )
    journal.record("plan_spot_checks", plan, by=by, at=at, title=plan.title, seed=plan.seed)
    return plan


@transaction.atomic
def draw_spot_checks(plan: SpotCheckPlan, *, by: Actor, at: datetime) -> SpotCheckPlan:
    """Draws the flats of a plan, once, from all accounts that are heated today."""
    authorise(by, "complaints.draw_spot_checks", plan.company)
    locked_plan = _lock_plan(plan)
    if locked_plan.drawn_at is not None:
        raise Refused("already_drawn", _("这个计划已经抽取过，不能重抽。"))
    flats = flats_in_scope(locked_plan.company)
    if not flats:
        raise Refused("nothing_in_scope", _("该公司没有正常用热的户号，无法抽取。"))
    drawn, layers = draw(flats, _wanted(locked_plan, len(flats)), locked_plan.seed)
    SpotCheckItem.objects.bulk_create(
        (
            SpotCheckItem(
                plan=locked_plan,
                ordinal=ordinal,
                account_id=drawn_flat.flat.account,
                station=drawn_flat.flat.station,
                position=drawn_flat.position.value,
                digest=drawn_flat.digest,
            )
            for ordinal, drawn_flat in enumerate(drawn, start=1)
        ),
        batch_size=2000,
    )
    locked_plan.drawn_at = at
    locked_plan.drawn_by = by.user
    locked_plan.scope_size = len(flats)
    locked_plan.scope_sha256 = scope_digest(flats)
    locked_plan.layers = [asdict(layer) for layer in layers]
    locked_plan.save()
    journal.record(
        "draw_spot_checks",
        locked_plan,
        by=by,
        at=at,
        drawn=len(drawn),
        scope=locked_plan.scope_size,
    )
    return locked_plan


@transaction.atomic
def link_spot_check(
    item: SpotCheckItem, test: TemperatureTest, *, by: Actor, at: datetime
) -> SpotCheckItem:
    """Records that the flat was measured by this test, made within the plan's days."""
    authorise(by, "complaints.link_spot_check", item.plan.company)
    locked_item = _lock_open(item)
    if test.account_id != locked_item.account_id:
        raise Invalid("foreign_test", _("这次测温不是该户的测温。"))
    if not locked_item.plan.starts_on <= business_date(test.tested_at) <= locked_item.plan.ends_on:
        raise Refused("outside_period", _("测温时间不在抽测计划的起止日期内。"))
    true_time("link_spot_check", locked_item, test.tested_at, at=at)
    if SpotCheckItem.objects.filter(test=test).exists():
        raise Refused("test_used", _("这次测温已经计入另一个抽测计划。"))
    locked_item.test = test
    _settle(locked_item, by=by, at=at)
    journal.record(
        "link_spot_check", locked_item.plan, by=by, at=at, ordinal=locked_item.ordinal, test=test.pk
    )
    return locked_item


@transaction.atomic
def skip_spot_check(
    item: SpotCheckItem, reason: SkipReason, note: str = "", *, by: Actor, at: datetime
) -> SpotCheckItem:
    """Records why the flat was not measured; the reason `other` needs a note."""
    authorise(by, "complaints.skip_spot_check", item.plan.company)
    locked_item = _lock_open(item)
    if reason is SkipReason.OTHER and not note.strip():
        raise Invalid("note_missing", _("请说明未测的原因。"))
    locked_item.skip_reason = reason
    locked_item.skip_note = note.strip()
    _settle(locked_item, by=by, at=at)
    with in_chinese():
        reason_text = f"#{locked_item.ordinal} {reason.label} {locked_item.skip_note}".strip()
    journal.record(
        "skip_spot_check",
        locked_item.plan,
        by=by,
        at=at,
        ordinal=locked_item.ordinal,
        reason=reason_text,
    )
    return locked_item


def _check_size(size: Size) -> None:
    """Refuses a size that is missing, given twice or out of range."""
    if (size.flats is None) == (size.share_percent is None):
        raise Invalid("size_missing", _("请填写户数或占比，二者选一。"))
    if size.flats is not None and not 0 < size.flats <= MOST_FLATS:
        raise Invalid("size_wrong", _("户数应在 1 到 20000 之间。"))
    if size.share_percent is not None and not 0 < size.share_percent <= 100:
        raise Invalid("size_wrong", _("占比应大于 0、不超过 100。"))


def _wanted(plan: SpotCheckPlan, scope: int) -> int:
    """Returns how many flats are to be drawn; a share is rounded up (1 % of 150 is 2)."""
    if plan.flats is not None:
        return plan.flats
    share = Decimal(scope) * (plan.share_percent or 0) / 100
    flats = int(share.to_integral_value(ROUND_CEILING))
    if flats > MOST_FLATS:
        raise Refused("too_many", _("按此占比超过 20000 户，请改小占比或按户数制定。"))
    return flats


def _lock_plan(plan: SpotCheckPlan) -> SpotCheckPlan:
    """Locks the plan and returns it with its company."""
    return (
        SpotCheckPlan.objects.select_for_update(of=("self",))
        .select_related("company")
        .get(pk=plan.pk)
    )


def _lock_open(item: SpotCheckItem) -> SpotCheckItem:
    """Locks a drawn flat and returns it; refuses one that already has a test or a reason."""
    locked_item = (
        SpotCheckItem.objects.select_for_update(of=("self",))
        .select_related("plan__company")
        .get(pk=item.pk)
    )
    if locked_item.settled_at is not None:
        raise Refused("already_settled", _("这一户已经登记过结果，不能再改。"))
    return locked_item


def _settle(item: SpotCheckItem, *, by: Actor, at: datetime) -> None:
    """Saves the result of a flat with the user and the time."""
    item.settled_by = by.user
    item.settled_at = at
    item.save()
