"""Whose rights a person may use to approve: their own, and those a colleague has delegated."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.approvals.kinds import approval_kinds
from office.calendar import business_date
from office.models import Delegation, User
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused


@dataclass(frozen=True)
class Right:
    """What one person may approve, and in which companies; None stands for every company."""

    person: User
    permissions: frozenset[str]
    company_ids: frozenset[int] | None

    def covers(self, permission: str, company_id: int) -> bool:
        """Whether the right reaches this level of this company."""
        in_reach = self.company_ids is None or company_id in self.company_ids
        return in_reach and permission in self.permissions


def rights_of(user: User, day: date) -> list[Right]:
    """Returns the user's own right, then those delegated to them on that day.

    A delegated right reaches only companies in which the deputy works too, ends with the
    delegator's employment, and is never passed on. At most three queries, however many there are.
    """
    rights = [Right(user, frozenset(user.get_all_permissions()), _companies_of(user))]
    delegators = [
        delegation.delegator
        for delegation in Delegation.objects.filter(
            deputy=user,
            first_day__lte=day,
            last_day__gte=day,
            ended_at__isnull=True,
            delegator__is_active=True,
        )
        .select_related("delegator")
        .prefetch_related("delegator__companies")
        .order_by("pk")
    ]
    if not delegators:
        return rights
    permissions = _permissions_of(delegators)
    return rights + [
        Right(person, permissions[person.pk], _shared_companies(person, user))
        for person in {person.pk: person for person in delegators}.values()
    ]


def _permissions_of(people: Iterable[User]) -> dict[int, frozenset[str]]:
    """The permissions of several people in one query: by their roles and of their own."""
    pks = [person.pk for person in people]
    named: dict[int, set[str]] = defaultdict(set)
    rows = Permission.objects.filter(Q(group__user__in=pks) | Q(user__in=pks)).values_list(
        "group__user", "user", "content_type__app_label", "codename"
    )
    for by_role, by_person, app, codename in rows:
        for pk in (by_role, by_person):
            if pk in pks:
                named[pk].add(f"{app}.{codename}")
    return {pk: frozenset(named[pk]) for pk in pks}


def _companies_of(user: User) -> frozenset[int] | None:
    return None if user.sees_every_company else frozenset(user.company_ids)


def _shared_companies(delegator: User, deputy: User) -> frozenset[int] | None:
    theirs, own = _companies_of(delegator), _companies_of(deputy)
    if theirs is None or own is None:
        return theirs if own is None else own
    return theirs & own


@transaction.atomic
def delegate_approvals(
    deputy: User, *, first_day: date, last_day: date, reason: str, by: Actor, at: datetime
) -> Delegation:
    """Lets the deputy approve in the actor's name from the first to the last day, both included.

    Raises `Invalid` for days that have passed, a missing reason or a deputy who cannot open the
    records, and `Refused` when the same deputy has an overlapping delegation already.
    """
    authorise(by, "office.delegate_approvals")
    if by.user is None:
        raise NotAllowed()
    # The delegator's row makes two delegations of one person wait for each other.
    delegator = User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.user.pk)
    _check_days(first_day, last_day, at)
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写委托的原因。"))
    _check_deputy(delegator, deputy)
    overlapping = Delegation.objects.filter(
        delegator=delegator,
        deputy=deputy,
        ended_at__isnull=True,
        first_day__lte=last_day,
        last_day__gte=first_day,
    )
    if overlapping.exists():
        raise Refused(
            "delegated_already",
            _("这段时间已委托给%(deputy)s，请先结束原来的委托。"),
            deputy=deputy.display_name,
        )
    delegation = Delegation.objects.create(
        delegator=delegator,
        deputy=deputy,
        first_day=first_day,
        last_day=last_day,
        reason=reason.strip(),
        entered_at=at,
    )
    journal.record(
        "delegate_approvals",
        delegation,
        by=by,
        at=at,
        deputy=deputy.username,
        first_day=f"{first_day}",
        last_day=f"{last_day}",
        reason=delegation.reason,
    )
    return delegation


@transaction.atomic
def end_delegation(delegation: Delegation, *, by: Actor, at: datetime) -> Delegation:
    """Ends a delegation before its last day; only the delegator may."""
    authorise(by, "office.end_delegation")
    locked = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if by.user is None or by.user.pk != locked.delegator_id:
        raise NotAllowed(_("审批委托由委托人本人结束。"))
    if locked.ended_at is not None or locked.last_day < business_date(at):
        raise Refused("delegation_over", _("这项委托已经结束。"))
    locked.ended_at = at
    locked.save(update_fields=["ended_at"])
    journal.record("end_delegation", locked, by=by, at=at)
    return locked


def _check_days(first_day: date, last_day: date, at: datetime) -> None:
    if first_day < business_date(at):
        raise Invalid("delegation_backdated", _("委托不能从今天以前开始。"))
    if last_day < first_day:
        raise Invalid("delegation_days_wrong", _("结束日期不能早于开始日期。"))


def _check_deputy(delegator: User, deputy: User) -> None:
    if deputy.pk == delegator.pk or not deputy.is_active:
        raise Invalid("deputy_wrong", _("请选择另一位在职的同事。"))
    if _shared_companies(delegator, deputy) == frozenset():
        raise Invalid("deputy_elsewhere", _("受托人须与您在同一公司。"))
    for kind in approval_kinds():
        approves = any(delegator.has_perm(name) for name in kind.permissions)
        if approves and not deputy.has_perm(kind.view_permission):
            raise Invalid(
                "deputy_cannot_see",
                _("%(deputy)s不能查看%(kind)s，无法代为审批，请选择其他同事。"),
                deputy=deputy.display_name,
                kind=kind.label,
            )


def is_over(delegation: Delegation, day: date) -> bool:
    """Whether the delegation has ended by that day."""
    return delegation.ended_at is not None or delegation.last_day < day
