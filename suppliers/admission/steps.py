"""Steps of every operation on an admission."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.language import Text
from office.models import User
from office.refusals import NotAllowed
from suppliers.blacklist.gate import refuse_banned
from suppliers.models import Admission
from suppliers.registry.operations import refuse_merged
from suppliers.states import (
    ADMISSION,
    OPEN_ADMISSIONS,
    SITE_VISIT,
    TRIAL,
    SiteVisitState,
    TrialState,
)


def lock_admission(admission: Admission) -> Admission:
    """A step of each operation on an admission: locks its row and returns it, freshly read."""
    return (
        Admission.objects.select_for_update(of=("self",))
        .select_related("supplier__merged_into", "category", "applied_by")
        .get(pk=admission.pk)
    )


def move_admission(locked_admission: Admission, verb: str, *, at: datetime) -> None:
    """A step of operations on a locked admission: moves it by the verb and saves where it stands.

    A supplier that was merged into another or is on the blacklist goes no further, but its
    admission can be ended.
    """
    state = ADMISSION.next_state(locked_admission.state, verb)
    locked_admission.state = state
    locked_admission.waiting_since = at
    if state in OPEN_ADMISSIONS:
        refuse_merged(locked_admission.supplier)
        refuse_banned(locked_admission.supplier, locked_admission.category, at=at)
    else:
        locked_admission.ended_at = at
    locked_admission.save()


def refuse_applicant(admission: Admission, by: Actor, task: Text) -> User:
    """A step of operations that judge an admission: refuses whoever applied for it, and returns
    the person who judges.
    """
    if by.user is None:
        raise NotAllowed()
    if by.user.pk == admission.applied_by_id:
        raise NotAllowed(_("%(what)s须由申请人以外的人办理。"), what=task)
    return by.user


def call_off_what_is_planned(locked_admission: Admission) -> None:
    """A step of ending an admission: calls off its planned visit and its running trial."""
    for visit in locked_admission.visits.filter(state=SiteVisitState.PLANNED):
        visit.state = SITE_VISIT.next_state(visit.state, "call_off_site_visit")
        visit.save(update_fields=["state"])
    running = [TrialState.ORDERED, TrialState.INSPECTED]
    for trial in locked_admission.trials.filter(state__in=running):
        trial.state = TRIAL.next_state(trial.state, "call_off_trial")
        trial.save(update_fields=["state"])
