"""Which approvals wait for a person."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from office.approvals.delegations import rights_of
from office.approvals.kinds import approval_kind, approval_kinds
from office.calendar import business_date
from office.models import Approval, ApprovalOpinion, User
from office.states import APPROVAL
from office.waiting import WaitingKind


def approvals_waiting_for(user: User, at: datetime) -> QuerySet[Approval]:
    """Returns the approvals whose open level this person may decide now, the oldest first.

    Says the same as `give_opinion` decides: by a right of their own or a delegated one, never
    what they or the delegator drafted or have an opinion in.
    """
    named = {name for kind in approval_kinds() for name in kind.permissions}
    within = Q(pk__in=[])
    for right in rights_of(user, business_date(at)):
        permissions = sorted(right.permissions & named)
        if not permissions:
            continue
        reach = Q(permission__in=permissions) & ~_involves(right.person)
        if right.company_ids is not None:
            reach &= Q(company__in=sorted(right.company_ids))
        within |= reach
    pending = Approval.objects.filter(state=APPROVAL.initial)
    return pending.filter(within).exclude(_involves(user)).order_by("opened_at", "pk")


def _involves(person: User) -> Q:
    """The person drafted the record, or has an opinion in this approval under either name."""
    own = ApprovalOpinion.objects.filter(approval=OuterRef("pk"))
    return Q(drafted_by=person) | Q(Exists(own.filter(Q(by=person) | Q(right_of=person))))


APPROVALS = WaitingKind(
    key="approvals",
    title=_("待我审批"),
    empty=_("没有等待您审批的内容。"),
    permission="office.view_approval",
    page="office_approval_changelist",
    query="?waiting=me",
    rows=approvals_waiting_for,
    name=lambda approval: f"{approval_kind(approval.kind).label}　{approval.title}",
    link=lambda approval: reverse(approval_kind(approval.kind).page, args=[approval.record_id]),
    since="opened_at",
)
