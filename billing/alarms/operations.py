"""Alarms: doubts about money that a person must look at."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import Alarm
from office import journal
from office.actors import Actor
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, Refused


def raise_alarm(
    kind: str,
    *,
    key: str,
    sentence: str,
    at: datetime,
    company: Company | None = None,
    **facts: Any,
) -> Alarm:
    """A step of operations that meet doubtful money: raises an alarm for a person to look at.

    A second alarm with the same kind and key returns the first, unchanged. The alarm is its own
    record, so the journal has no line for it.
    """
    alarm, _ = Alarm.objects.get_or_create(
        key=f"{kind}:{key}",
        defaults={
            "kind": kind,
            "sentence": sentence,
            "raised_at": at,
            "company": company,
            "facts": facts,
        },
    )
    return alarm


@transaction.atomic
def resolve_alarm(alarm: Alarm, *, decision: str, by: Actor, at: datetime) -> Alarm:
    """Locks the alarm and closes it with the decision that a person took."""
    authorise(by, "billing.resolve_alarm", alarm.company)
    # Two people may decide at the same moment: the second must see the first decision.
    locked_alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    if locked_alarm.resolved_at is not None:
        raise Refused("already_resolved", _("这条告警已经处理过了。"))
    if not decision.strip():
        raise Invalid("decision_missing", _("请写明处理意见。"))
    locked_alarm.resolved_at = at
    locked_alarm.resolved_by = by.user
    locked_alarm.decision = decision.strip()
    locked_alarm.save()
    journal.record("resolve_alarm", locked_alarm, by=by, at=at, decision=locked_alarm.decision)
    return locked_alarm
