"""The yearly re-check of qualified suppliers: opened by the clock, recorded by who looked."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed
from office.zone import SHANGHAI
from suppliers.models import Qualification, Recheck, Supplier
from suppliers.registry.operations import lock_supplier
from suppliers.states import RECHECK, RecheckState
from suppliers.watch.issues import IssueFacts, open_issue

DAYS_TO_CHECK = 30


@transaction.atomic
def open_rechecks(*, by: Actor, at: datetime) -> int:
    """Opens the re-check of each supplier whose qualification runs and that was looked at a year
    ago or longer; returns how many. No permission: the clock asks.
    """
    on = business_date(at)
    running = Qualification.objects.filter(
        valid_from__lte=on, valid_until__gte=on, supplier__merged_into=None
    )
    first = dict(
        Qualification.objects.filter(supplier__in=running.values("supplier"))
        .order_by()
        .values_list("supplier")
        .annotate(Min("valid_from"))
    )
    checked = dict(
        Recheck.objects.filter(state=RecheckState.DONE)
        .order_by()
        .values_list("supplier")
        .annotate(Max("checked_at"))
    )
    due = [
        supplier
        for supplier, valid_from in first.items()
        if _a_year_after(
            max(valid_from, _day(checked[supplier])) if supplier in checked else valid_from
        )
        <= on
    ]
    opened = 0
    # The suppliers' locks make two workers in one night wait for each other.
    for supplier in (
        Supplier.objects.select_for_update(of=("self",)).filter(pk__in=due).order_by("pk")
    ):
        recheck, created = Recheck.objects.get_or_create(
            supplier=supplier,
            state=RecheckState.OPEN,
            defaults={"opened_at": at, "due_on": on + timedelta(DAYS_TO_CHECK)},
        )
        if created:
            opened += 1
            journal.record("open_recheck", supplier, by=by, at=at, due_on=f"{recheck.due_on}")
    return opened


@transaction.atomic
def record_recheck(
    recheck: Recheck,
    *,
    findings: str,
    issues: Sequence[IssueFacts] = (),
    by: Actor,
    at: datetime,
) -> Recheck:
    """Records what the re-check found; each issue that it names has to be rectified."""
    authorise(by, "suppliers.record_recheck")
    if by.user is None:
        raise NotAllowed()
    if not clean_text(findings):
        raise Invalid("fact_missing", _("请填写%(name)s。"), name=_("复查情况"))
    locked_supplier = lock_supplier(recheck.supplier)
    locked_recheck = Recheck.objects.select_for_update(of=("self",)).get(pk=recheck.pk)
    locked_recheck.state = RECHECK.next_state(locked_recheck.state, "record_recheck")
    locked_recheck.findings = clean_text(findings)
    locked_recheck.checked_by = by.user
    locked_recheck.checked_at = at
    locked_recheck.save()
    for issue in issues:
        open_issue(locked_supplier, issue, recheck=locked_recheck, raised_by=by.user, at=at)
    journal.record(
        "record_recheck",
        locked_supplier,
        by=by,
        at=at,
        reason=locked_recheck.findings,
        issues=len(issues),
    )
    return locked_recheck


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _a_year_after(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year + 1, 3, 1)
    return day.replace(year=day.year + 1)
