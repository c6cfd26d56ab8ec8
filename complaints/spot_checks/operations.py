"""Spot checks: planned, drawn once by lot, each flat measured or accounted for."""

import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.flat_sample import draw, scope_digest
from complaints.models import SkipReason, SpotCheckItem, SpotCheckPlan, TemperatureTest
from complaints.spot_checks.progress import flats_in_scope
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
    """So many flats, or a share of those in scope in per cent: one of the two."""

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
    """Say how many flats are measured from one day to another; the seed is nobody's choice."""
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
    """Draw the flats once, by station and position, from all accounts that are heated today."""
    authorise(by, "complaints.draw_spot_checks", plan.company)
    held = _lock_plan(plan)
    if held.drawn_at is not None:
        raise Refused("already_drawn", _("这个计划已经抽取过，不能重抽。"))
    flats = flats_in_scope(held.company)
    if not flats:
        raise Refused("nothing_in_scope", _("该公司没有正常用热的户号，无法抽取。"))
    drawn, layers = draw(flats, _wanted(held, len(flats)), held.seed)
    SpotCheckItem.objects.bulk_create(
        (
            SpotCheckItem(
                plan=held,
                ordinal=ordinal,
                account_id=lot.flat.account,
                station=lot.flat.station,
                position=lot.position.value,
                digest=lot.digest,
            )
            for ordinal, lot in enumerate(drawn, start=1)
        ),
        batch_size=2000,
    )
    held.drawn_at = at
    held.drawn_by = by.user
    held.scope_size = len(flats)
    held.scope_sha256 = scope_digest(flats)
    held.layers = [asdict(layer) for layer in layers]
    held.save()
    journal.record("draw_spot_checks", held, by=by, at=at, drawn=len(drawn), scope=held.scope_size)
    return held


@transaction.atomic
def link_spot_check(
    item: SpotCheckItem, test: TemperatureTest, *, by: Actor, at: datetime
) -> SpotCheckItem:
    """The flat was measured: by this test, of this account, within the plan's days."""
    authorise(by, "complaints.link_spot_check", item.plan.company)
    held = _lock_open(item)
    if test.account_id != held.account_id:
        raise Invalid("foreign_test", _("这次测温不是该户的测温。"))
    if not held.plan.starts_on <= business_date(test.tested_at) <= held.plan.ends_on:
        raise Refused("outside_period", _("测温时间不在抽测计划的起止日期内。"))
    if SpotCheckItem.objects.filter(test=test).exists():
        raise Refused("test_used", _("这次测温已经计入另一个抽测计划。"))
    held.test = test
    _settle(held, by=by, at=at)
    journal.record("link_spot_check", held.plan, by=by, at=at, ordinal=held.ordinal, test=test.pk)
    return held


@transaction.atomic
def skip_spot_check(
    item: SpotCheckItem, reason: SkipReason, note: str = "", *, by: Actor, at: datetime
) -> SpotCheckItem:
    """Say why the flat was not measured; `other` needs a word."""
    authorise(by, "complaints.skip_spot_check", item.plan.company)
    held = _lock_open(item)
    if reason is SkipReason.OTHER and not note.strip():
        raise Invalid("note_missing", _("请说明未测的原因。"))
    held.skip_reason = reason
    held.skip_note = note.strip()
    _settle(held, by=by, at=at)
    with in_chinese():
        why = f"#{held.ordinal} {reason.label} {held.skip_note}".strip()
    journal.record("skip_spot_check", held.plan, by=by, at=at, ordinal=held.ordinal, reason=why)
    return held


def _check_size(size: Size) -> None:
    if (size.flats is None) == (size.share_percent is None):
        raise Invalid("size_missing", _("请填写户数或占比，二者选一。"))
    if size.flats is not None and not 0 < size.flats <= MOST_FLATS:
        raise Invalid("size_wrong", _("户数应在 1 到 20000 之间。"))
    if size.share_percent is not None and not 0 < size.share_percent <= 100:
        raise Invalid("size_wrong", _("占比应大于 0、不超过 100。"))


def _wanted(plan: SpotCheckPlan, scope: int) -> int:
    """A share is rounded up: one in a hundred of 150 is two."""
    if plan.flats is not None:
        return plan.flats
    share = Decimal(scope) * (plan.share_percent or 0) / 100
    wanted = int(share.to_integral_value(ROUND_CEILING))
    if wanted > MOST_FLATS:
        raise Refused("too_many", _("按此占比超过 20000 户，请改小占比或按户数制定。"))
    return wanted


def _lock_plan(plan: SpotCheckPlan) -> SpotCheckPlan:
    return (
        SpotCheckPlan.objects.select_for_update(of=("self",))
        .select_related("company")
        .get(pk=plan.pk)
    )


def _lock_open(item: SpotCheckItem) -> SpotCheckItem:
    held = (
        SpotCheckItem.objects.select_for_update(of=("self",))
        .select_related("plan__company")
        .get(pk=item.pk)
    )
    if held.settled_at is not None:
        raise Refused("already_settled", _("这一户已经登记过结果，不能再改。"))
    return held


def _settle(held: SpotCheckItem, *, by: Actor, at: datetime) -> None:
    held.settled_by = by.user
    held.settled_at = at
    held.save()
