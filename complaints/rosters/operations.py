"""Duty rosters: which members of a crew are on duty when.

A published duty period is never changed; it is withdrawn and another one is published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.models import Crew, DutyPeriod
from office import journal
from office.actors import Actor
from office.models import User
from office.permissions import authorise
from office.refusals import Invalid, NotFound, Refused
from office.zone import SHANGHAI

# Nobody is on duty for longer; a month typed wrong is noticed.
LONGEST_DUTY = timedelta(days=7)


@dataclass(frozen=True)
class Duty:
    """A duty period to be published: start, end (exclusive), members and their phone number."""

    starts_at: datetime
    ends_at: datetime
    members: Sequence[User]
    phone: str


@transaction.atomic
def publish_duty(crew: Crew, duty: Duty, *, by: Actor, at: datetime) -> DutyPeriod:
    """Publishes a duty period of a crew.

    Periods of one crew never overlap; those of different crews may.
    """
    authorise(by, "complaints.publish_duty", crew.company)
    # The crew's row is the lock: two rosters of one crew are published one after the other.
    locked_crew = (
        Crew.objects.select_for_update(of=("self",)).filter(pk=crew.pk, active=True).first()
    )
    if locked_crew is None:
        raise Refused("crew_inactive", _("班组已停用，不能排班。"))
    _check(locked_crew, duty, at)
    period = DutyPeriod.objects.create(
        crew=locked_crew,
        starts_at=duty.starts_at,
        ends_at=duty.ends_at,
        phone=duty.phone.strip(),
        published_by=by.user,
        published_at=at,
    )
    period.members.set(duty.members)
    journal.record(
        "publish_duty",
        period,
        by=by,
        at=at,
        company=crew.company,
        crew=locked_crew.name,
        starts_at=duty.starts_at.isoformat(),
        ends_at=duty.ends_at.isoformat(),
        members=sorted(member.get_username() for member in duty.members),
    )
    return period


@transaction.atomic
def withdraw_duty(period: DutyPeriod, reason: str, *, by: Actor, at: datetime) -> DutyPeriod:
    """Withdraws a published duty period; the row stays, and its time becomes free for another."""
    authorise(by, "complaints.withdraw_duty", period.crew.company)
    locked_period = DutyPeriod.objects.select_for_update(of=("self",)).filter(pk=period.pk).first()
    if locked_period is None:
        raise NotFound(_("没有这个值班安排。"))
    if locked_period.withdrawn_at is not None:
        raise Refused("duty_withdrawn", _("这个值班安排已经撤回。"))
    if locked_period.ends_at <= at:
        raise Refused("duty_over", _("这个值班已经结束，作为记录保留，不能撤回。"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明撤回原因。"))
    locked_period.withdrawn_at = at
    locked_period.withdrawn_by = by.user
    locked_period.withdrawn_why = reason.strip()
    locked_period.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    journal.record(
        "withdraw_duty",
        locked_period,
        by=by,
        at=at,
        company=period.crew.company,
        reason=reason.strip(),
    )
    return locked_period


def _check(crew: Crew, duty: Duty, at: datetime) -> None:
    """Refuses a duty period with wrong times or members, or one that overlaps another."""
    if not duty.starts_at < duty.ends_at:
        raise Invalid("duty_backwards", _("值班结束时间须晚于开始时间。"))
    if duty.ends_at - duty.starts_at > LONGEST_DUTY:
        raise Invalid("duty_too_long", _("一次值班最长 7 天，请核对日期或分段排班。"))
    if duty.ends_at <= at:
        raise Invalid("duty_past", _("值班结束时间已过，只能为今后排班。"))
    if not duty.phone.strip():
        raise Invalid("phone_missing", _("请填写值班电话。"))
    if not duty.members:
        raise Invalid("members_missing", _("请至少选择一名值班人员。"))
    active_members = set(crew.members.filter(is_active=True).values_list("pk", flat=True))
    if not {member.pk for member in duty.members} <= active_members:
        raise Invalid("members_wrong", _("值班人员须是该班组的在职成员。"))
    overlapping = (
        crew.duty_periods.filter(
            withdrawn_at__isnull=True, starts_at__lt=duty.ends_at, ends_at__gt=duty.starts_at
        )
        .order_by("starts_at")
        .first()
    )
    if overlapping is not None:
        raise Refused(
            "duty_overlaps",
            _("与%(crew)s %(starts)s 至 %(ends)s 的值班重叠，请先撤回原安排或调整时间。"),
            crew=crew.name,
            starts=f"{overlapping.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            ends=f"{overlapping.ends_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        )
