"""Objections to a published rating: entered as they come, answered by somebody else."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import RatingObjection, RatingRun, Supplier
from suppliers.rating.runs import lock_run
from suppliers.rating_states import RATING_RUN


@transaction.atomic
def raise_objection(
    run: RatingRun,
    supplier: Supplier,
    *,
    raised_from: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> RatingObjection:
    """Enters an objection to the class of a supplier, on the days for objections only."""
    authorise(by, "suppliers.raise_objection")
    if by.user is None:
        raise NotAllowed()
    if not clean_text(raised_from) or not clean_text(reason):
        raise Invalid("objection_incomplete", _("请填写提出人和异议内容。"))
    locked_run = lock_run(run)
    RATING_RUN.next_state(locked_run.state, "raise_objection")
    last_day = locked_run.objections_until
    if last_day is None or business_date(at) > last_day:
        raise Refused("objections_over", _("公示已于 %(day)s 期满，不再受理异议。"), day=last_day)
    if not locked_run.ratings.filter(supplier=supplier).exists():
        raise Invalid("supplier_not_rated", _("这家供应商不在本次评审中。"))
    objection = RatingObjection.objects.create(
        run=locked_run,
        supplier=supplier,
        raised_from=clean_text(raised_from),
        reason=clean_text(reason),
        entered_by=by.user,
        entered_at=at,
    )
    journal.record(
        "raise_objection", locked_run, by=by, at=at, title=supplier.name, reason=objection.reason
    )
    return objection


@transaction.atomic
def answer_objection(
    objection: RatingObjection, *, upheld: bool, answer: str, by: Actor, at: datetime
) -> RatingObjection:
    """Answers an objection; never by who entered it. An upheld one needs the run reopened."""
    authorise(by, "suppliers.answer_objection")
    if by.user is None:
        raise NotAllowed()
    if not clean_text(answer):
        raise Invalid("answer_missing", _("请填写答复。"))
    locked_run = lock_run(objection.run)
    RATING_RUN.next_state(locked_run.state, "answer_objection")
    locked_objection = RatingObjection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if locked_objection.upheld is not None:
        raise Refused("objection_answered", _("这条异议已经答复。"))
    if locked_objection.entered_by_id == by.user.pk:
        raise NotAllowed(_("异议须由登记人以外的人答复。"))
    locked_objection.upheld = upheld
    locked_objection.answer = clean_text(answer)
    locked_objection.answered_by = by.user
    locked_objection.answered_at = at
    locked_objection.save(update_fields=["upheld", "answer", "answered_by", "answered_at"])
    journal.record(
        "answer_objection",
        locked_run,
        by=by,
        at=at,
        title=locked_objection.supplier.name,
        upheld=upheld,
        reason=locked_objection.answer,
    )
    return locked_objection
