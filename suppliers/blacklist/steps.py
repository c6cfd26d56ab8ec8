"""Steps of every operation on a ban."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.approvals.steps import approvals_of, people_in
from office.models import User
from office.refusals import NotAllowed
from suppliers.models import Ban, BanAppeal, Supplier
from suppliers.states import APPEAL, AppealState


def lock_ban(ban: Ban) -> Ban:
    """A step of each operation on a ban: locks the supplier and then the ban, and returns the ban.

    An order that is entered at the same moment waits for the supplier's row and sees what was
    decided.
    """
    # Also a supplier that was merged into another: its ban goes on.
    Supplier.objects.select_for_update(of=("self",)).get(pk=ban.supplier_id)
    return (
        Ban.objects.select_for_update(of=("self",))
        .select_related("supplier", "category", "proposed_by")
        .get(pk=ban.pk)
    )


def refuse_involved(ban: Ban, by: Actor, *, approvers: bool) -> User:
    """A step of operations that judge a ban: refuses who proposed it, and where `approvers` is
    set who approved it; returns the person who judges.
    """
    if by.user is None:
        raise NotAllowed()
    if by.user.pk == ban.proposed_by_id:
        raise NotAllowed(_("须由提出人以外的人办理。"))
    if approvers and any(by.user.pk in people_in(approval) for approval in approvals_of(ban)):
        raise NotAllowed(_("申诉须由没有参与列入审批的人裁定。"))
    return by.user


def close_open_appeal(ban: Ban, decision: str, *, by: Actor, at: datetime) -> None:
    """A step of lifting a locked ban: what was appealed for has been granted."""
    for appeal in BanAppeal.objects.filter(ban=ban, state=AppealState.OPEN):
        appeal.state = APPEAL.next_state(appeal.state, "close_appeal")
        appeal.decision = decision
        appeal.decided_by = by.user
        appeal.decided_at = at
        appeal.save()
