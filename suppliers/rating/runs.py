"""The operations of an annual rating: scored, seen by the panel, approved, published, final."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.approvals.steps import (
    EMPTY_OPINION,
    Opinion,
    authorise_decision,
    facts_of,
    withdraw_approval,
)
from office.calendar import business_date
from office.head_office import head_office
from office.intake.cells import clean_text
from office.models import Job, Verdict
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.runs.jobs import queue_run
from office.runs.steps import authorise_resuming, clear_preview, decide_run, submit_preview
from suppliers.dimensions import LEAST_DEPARTMENTS
from suppliers.models import RatingRule, RatingRun
from suppliers.rating.kind import RATING_RUN_KIND
from suppliers.rating.score_rows import add_panel_points
from suppliers.rating.summary import missing_sheets, summary_of
from suppliers.rating.terms import rule_of_year
from suppliers.rating_states import RATING_RUN, RatingRunState


@transaction.atomic
def create_rating_run(year: int, *, by: Actor, at: datetime) -> RatingRun:
    """Creates the rating of a year that has ended, by the rule in force for it.

    Raises `Refused` without a published rule, and while the year has a rating already.
    """
    authorise(by, "suppliers.create_rating_run")
    if by.user is None:
        raise NotAllowed()
    if year >= business_date(at).year:
        raise Invalid("year_not_ended", _("%(year)s 年还没有结束，年终后再评审。"), year=year)
    rule = rule_of_year(year)
    if rule is None:
        raise Refused(
            "no_rating_rule", _("%(year)s 年没有已发布的评审规则，请先起草并发布。"), year=year
        )
    # The rule's row makes two who create the rating of one year wait for each other.
    locked_rule = RatingRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if RatingRun.objects.filter(year=year).exclude(state=RatingRunState.CANCELLED).exists():
        raise Refused("year_rated_already", _("%(year)s 年已有评审，请在那里继续。"), year=year)
    run = RatingRun.objects.create(
        company=head_office(), year=year, rule=locked_rule, created_by=by.user, created_at=at
    )
    journal.record("create_rating_run", run, by=by, at=at, title=f"{rule}")
    return run


@transaction.atomic
def score_rating_run(run: RatingRun, *, by: Actor, at: datetime) -> Job:
    """Starts scoring all suppliers in the background, by the record as it stands at this instant.

    A run that was scored before is scored anew, as after a correction; the panel's sheets stay.
    """
    locked_run = _move(run, "score_rating_run", by=by)
    clear_preview(locked_run, at=at)
    locked_run.record_as_of = at
    locked_run.supplier_count = 0
    locked_run.save()
    journal.record("score_rating_run", locked_run, by=by, at=at)
    return queue_run(RATING_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def finish_scoring(run: RatingRun, *, by: Actor, at: datetime) -> RatingRun:
    """Shows the scores and lets the panel begin.

    No permission: the job does it in the name of the person who started the scoring.
    """
    locked_run = lock_run(run)
    # A worker that was believed dead finished meanwhile.
    if locked_run.state != RatingRunState.SCORING:
        return locked_run
    locked_run.state = RATING_RUN.next_state(locked_run.state, "finish_scoring")
    locked_run.summary = summary_of(locked_run)
    locked_run.save()
    journal.record("finish_scoring", locked_run, by=by, at=at, suppliers=locked_run.supplier_count)
    return locked_run


@transaction.atomic
def close_panel(run: RatingRun, *, by: Actor, at: datetime) -> RatingRun:
    """Ends the review face to face, proposes the classes and opens their approval.

    Raises `Refused` while a supplier on the panel's list lacks sheets of two departments.
    """
    locked_run = _move(run, "close_panel", by=by)
    missing = missing_sheets(locked_run)
    if missing:
        raise Refused(
            "panel_incomplete",
            _(
                "还有 %(count)s 家供应商不足 %(least)s 个部门的评审表（如 %(supplier)s），"
                "请评委补填后再结束评审。"
            ),
            count=len(missing),
            least=LEAST_DEPARTMENTS,
            supplier=missing[0],
        )
    add_panel_points(locked_run)
    summary = summary_of(locked_run)
    submit_preview(RATING_RUN_KIND, locked_run, summary, amount_fen=0, at=at)
    locked_run.save()
    journal.record("close_panel", locked_run, by=by, at=at, **summary["classes"])
    return locked_run


@transaction.atomic
def approve_rating_run(
    run: RatingRun, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> RatingRun:
    """Approves the proposed classes at the open level; after the last level the run is approved."""
    return _decide(run, "approve_rating_run", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_rating_run(run: RatingRun, opinion: Opinion, *, by: Actor, at: datetime) -> RatingRun:
    """Returns the proposal to the panel, with the reason."""
    return _decide(run, "return_rating_run", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def publish_rating_run(run: RatingRun, *, by: Actor, at: datetime) -> RatingRun:
    """Publishes the approved classes; objections are taken for as many days as the rule says.

    The day of publication does not count.
    """
    locked_run = _move(run, "publish_rating_run", by=by)
    locked_run.published_at = at
    locked_run.objections_until = business_date(at) + timedelta(locked_run.rule.objection_days)
    locked_run.save()
    journal.record(
        "publish_rating_run", locked_run, by=by, at=at, until=f"{locked_run.objections_until}"
    )
    return locked_run


@transaction.atomic
def reopen_rating_run(run: RatingRun, *, reason: str, by: Actor, at: datetime) -> RatingRun:
    """Takes a published result back to the panel, because an objection to it was upheld.

    The record is corrected and scored anew, then approved and published again.
    """
    authorise(by, "suppliers.answer_objection")
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请写明原因。"))
    locked_run = lock_run(run)
    state = RATING_RUN.next_state(locked_run.state, "reopen_rating_run")
    upheld = locked_run.objections.filter(upheld=True, entered_at__gte=locked_run.published_at)
    if not upheld.exists():
        raise Refused("no_objection_upheld", _("没有成立的异议，公示结果不能重新评审。"))
    locked_run.state = state
    locked_run.published_at = locked_run.objections_until = None
    locked_run.approved_by = locked_run.approved_at = None
    locked_run.save()
    journal.record("reopen_rating_run", locked_run, by=by, at=at, reason=clean_text(reason))
    return locked_run


@transaction.atomic
def finalise_rating_run(run: RatingRun, *, by: Actor, at: datetime) -> RatingRun:
    """Makes the published classes final, once the days for objections are over.

    Raises `Refused` before that, while an objection is unanswered and after one was upheld.
    """
    locked_run = _move(run, "finalise_rating_run", by=by)
    last_day = locked_run.objections_until
    if last_day is None or business_date(at) <= last_day:
        raise Refused(
            "objections_open", _("公示到 %(day)s 为止，期满后才能确定结果。"), day=last_day
        )
    if locked_run.objections.filter(upheld__isnull=True).exists():
        raise Refused("objection_unanswered", _("还有异议没有答复，请先逐条答复。"))
    if locked_run.objections.filter(upheld=True, entered_at__gte=locked_run.published_at).exists():
        raise Refused("objection_upheld", _("有异议成立，请先重新评审，再公示。"))
    locked_run.finalised_at = at
    locked_run.business_date = business_date(at)
    locked_run.save()
    journal.record("finalise_rating_run", locked_run, by=by, at=at, year=locked_run.year)
    return locked_run


@transaction.atomic
def resume_rating_run(run: RatingRun, *, by: Actor, at: datetime) -> Job:
    """Queues the scoring again, after it has failed."""
    locked_run = lock_run(run)
    authorise_resuming(RATING_RUN_KIND, locked_run, by=by)
    journal.record("resume_rating_run", locked_run, by=by, at=at)
    return queue_run(RATING_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def cancel_rating_run(run: RatingRun, *, by: Actor, at: datetime) -> RatingRun:
    """Gives a rating up before it is approved; the year can be rated anew."""
    authorise(by, "suppliers.create_rating_run")
    locked_run = lock_run(run)
    locked_run.state = RATING_RUN.next_state(locked_run.state, "cancel_rating_run")
    withdraw_approval(locked_run, at=at)
    locked_run.save()
    journal.record("cancel_rating_run", locked_run, by=by, at=at)
    return locked_run


def lock_run(run: RatingRun) -> RatingRun:
    """A step of the operations on a rating: locks the run and returns it, freshly read."""
    return (
        RatingRun.objects.select_for_update(of=("self",))
        .select_related("rule", "company", "created_by")
        .get(pk=run.pk)
    )


def _move(run: RatingRun, verb: str, *, by: Actor) -> RatingRun:
    """Authorises, locks the run and moves its state by the verb; the caller saves it."""
    authorise(by, f"suppliers.{verb}")
    locked_run = lock_run(run)
    locked_run.state = RATING_RUN.next_state(locked_run.state, verb)
    return locked_run


def _decide(
    run: RatingRun, verb: str, verdict: Verdict, opinion: Opinion, *, by: Actor, at: datetime
) -> RatingRun:
    authorise_decision(RATING_RUN_KIND.approval, run.company, by=by, at=at)
    locked_run = lock_run(run)
    decision = decide_run(RATING_RUN_KIND, locked_run, verb, verdict, opinion, by=by, at=at)
    locked_run.save()
    journal.record(verb, locked_run, by=by, at=at, **facts_of(decision))
    return locked_run
