"""Trials: a small lot is ordered, inspected when it comes in, and judged by three roles."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.admission.steps import lock_admission, move_admission, refuse_applicant
from suppliers.models import Admission, Trial, TrialOpinion, TrialRole
from suppliers.states import ADMISSION, TRIAL, TrialState

OPINION_PERMISSIONS = {
    TrialRole.CONSTRUCTION: "suppliers.give_construction_opinion",
    TrialRole.TECHNICAL: "suppliers.give_technical_opinion",
    TrialRole.OPERATIONS: "suppliers.give_operations_opinion",
}


@transaction.atomic
def order_trial(
    admission: Admission,
    *,
    goods: str,
    quantity: Decimal,
    unit: str,
    by: Actor,
    at: datetime,
) -> Trial:
    """Orders a small lot from an applicant whose visit was passed; one lot at a time."""
    authorise(by, "suppliers.order_trial")
    if by.user is None:
        raise NotAllowed()
    if not clean_text(goods) or not clean_text(unit) or quantity <= 0:
        raise Invalid("trial_incomplete", _("请填写试用内容、数量（大于 0）和单位。"))
    locked_admission = lock_admission(admission)
    ADMISSION.next_state(locked_admission.state, "order_trial")
    latest = latest_trial(locked_admission)
    if latest is not None and latest.state not in (TrialState.REFUSED, TrialState.CALLED_OFF):
        raise Refused(
            "trial_there",
            _("已有试用：%(trial)s（%(state)s），请在那里继续。"),
            trial=latest,
            state=latest.get_state_display(),
        )
    trial = Trial.objects.create(
        admission=locked_admission,
        goods=clean_text(goods),
        quantity=quantity,
        unit=clean_text(unit),
        ordered_by=by.user,
        ordered_at=at,
    )
    move_admission(locked_admission, "order_trial", at=at)
    journal.record("order_trial", locked_admission, by=by, at=at, title=str(trial))
    return trial


@transaction.atomic
def inspect_trial(
    admission: Admission,
    *,
    received_on: date,
    received: Decimal,
    accepted: Decimal,
    inspection: str,
    by: Actor,
    at: datetime,
) -> Trial:
    """Records the receiving inspection of the trial's lot: what came and what of it is sound."""
    authorise(by, "suppliers.inspect_trial")
    if by.user is None:
        raise NotAllowed()
    if not 0 <= accepted <= received:
        raise Invalid("accepted_wrong", _("合格数量不能为负，也不能多于到货数量。"))
    if received_on > business_date(at):
        raise Invalid("received_in_future", _("到货日期不能晚于今天。"))
    if not clean_text(inspection):
        raise Invalid("inspection_missing", _("请填写验收情况。"))
    locked_admission = lock_admission(admission)
    ADMISSION.next_state(locked_admission.state, "inspect_trial")
    trial = _running_trial(locked_admission)
    if received_on < business_date(trial.ordered_at):
        raise Invalid("received_before_order", _("到货日期不能早于下达试用的日子。"))
    trial.state = TRIAL.next_state(trial.state, "inspect_trial")
    trial.received_on = received_on
    trial.received = received
    trial.accepted = accepted
    trial.inspection = clean_text(inspection)
    trial.inspected_by = by.user
    trial.inspected_at = at
    trial.save()
    move_admission(locked_admission, "inspect_trial", at=at)
    journal.record(
        "inspect_trial",
        locked_admission,
        by=by,
        at=at,
        received=f"{received:f}",
        accepted=f"{accepted:f}",
        reason=trial.inspection,
    )
    return trial


@transaction.atomic
def give_trial_opinion(
    admission: Admission,
    role: TrialRole,
    *,
    agrees: bool,
    text: str,
    by: Actor,
    at: datetime,
) -> TrialOpinion:
    """Gives one of the three opinions after use; the third one decides the trial.

    The opinions come from three people, none of them the applicant. One of them who disagrees is
    enough to refuse the trial.
    """
    authorise(by, OPINION_PERMISSIONS[role])
    if not clean_text(text):
        raise Invalid("opinion_missing", _("请填写试用意见。"))
    locked_admission = lock_admission(admission)
    ADMISSION.next_state(locked_admission.state, "give_trial_opinion")
    person = refuse_applicant(locked_admission, by, _("试用意见"))
    trial = _running_trial(locked_admission)
    if trial.state != TrialState.INSPECTED:
        raise Refused("not_inspected", _("试用品还没有验收，请先登记到货验收。"))
    if agrees and not trial.accepted:
        raise Invalid("nothing_accepted", _("没有验收合格的试用品，不能同意。"))
    earlier_opinions = list(trial.opinions.all())
    if any(opinion.role == role for opinion in earlier_opinions):
        raise Refused("opinion_given", _("%(role)s意见已经登记。"), role=role.label)
    if any(opinion.by_id == person.pk for opinion in earlier_opinions):
        raise NotAllowed(_("您在本次试用中已有意见，其他意见须由另外的人登记。"))
    new_opinion = TrialOpinion.objects.create(
        trial=trial, role=role, agrees=agrees, text=clean_text(text), by=person, at=at
    )
    if len(earlier_opinions) + 1 == len(TrialRole):
        agreed = all(opinion.agrees for opinion in (*earlier_opinions, new_opinion))
        trial.state = TRIAL.next_state(trial.state, "confirm_trial" if agreed else "refuse_trial")
        trial.save(update_fields=["state"])
        move_admission(locked_admission, "give_trial_opinion", at=at)
    journal.record(
        "give_trial_opinion",
        locked_admission,
        by=by,
        at=at,
        title=str(role.label),
        agrees=agrees,
        reason=new_opinion.text,
    )
    return new_opinion


def latest_trial(admission: Admission) -> Trial | None:
    """Returns the trial that was ordered last."""
    return admission.trials.order_by("-pk").first()


def _running_trial(locked_admission: Admission) -> Trial:
    """Returns the trial that is ordered or inspected; refuses an admission without one.

    Its own lock is not needed: every operation on a trial locks the admission first.
    """
    trial = locked_admission.trials.filter(
        state__in=[TrialState.ORDERED, TrialState.INSPECTED]
    ).first()
    if trial is None:
        raise Refused("no_trial", _("没有进行中的试用，请先下达试用。"))
    return trial
