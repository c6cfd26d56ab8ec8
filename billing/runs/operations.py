"""A billing run: scope → preview → approved by others → issued → closed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import BillingRun, HeatingSeason, ParkedAccount, PriceUnit
from billing.prices.in_force import tariffs_in_force
from billing.runs import issue
from billing.runs.advances import settle_from_advances
from billing.runs.approval import BILLING_RUN_APPROVAL
from billing.runs.drafts import create_drafts, drop_drafts
from billing.runs.summary import summarise
from billing.seasons.partitions import lock_books
from billing.states import BILLING_RUN, BillingRunState
from customers.models import Community
from office import journal
from office.actors import Actor
from office.approvals.steps import (
    EMPTY_OPINION,
    Opinion,
    authorise_decision,
    give_opinion,
    open_approval,
    withdraw_approval,
)
from office.jobs import enqueue_job
from office.models import ApprovalOpinion, Job, Verdict
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState


@transaction.atomic
def create_billing_run(
    season: HeatingSeason, *, communities: Sequence[Community] = (), by: Actor, at: datetime
) -> BillingRun:
    """Set the scope: a season of a company, all of it or some communities."""
    authorise(by, "billing.create_billing_run", season.company)
    if by.user is None:
        raise NotAllowed()
    if any(community.company_id != season.company_id for community in communities):
        raise Invalid("foreign_community", _("所选小区不属于该公司。"))
    run = BillingRun.objects.create(
        company=season.company, season=season, created_by=by.user, created_at=at
    )
    run.communities.set(communities)
    journal.record("create_billing_run", run, by=by, at=at, season=season.label)
    return run


@transaction.atomic
def preview_billing_run(run: BillingRun, *, by: Actor, at: datetime) -> Job:
    """Price the whole scope in the background; nothing is numbered or posted."""
    held = _move(run, "preview_billing_run", by=by)
    _check_prices(held.season)
    withdraw_approval(held, at=at)
    create_drafts(held)
    ParkedAccount.objects.filter(run=held).delete()
    held.previewed_through = 0
    held.bill_count = held.amount_fen = 0
    held.summary = {}
    held.approved_by = held.approved_at = None
    held.save()
    journal.record("preview_billing_run", held, by=by, at=at)
    return _enqueue(held, by=by, at=at)


@transaction.atomic
def finish_preview(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    """Freezes the figures of the preview and opens their approval."""
    locked_run = _lock(run)
    locked_run.state = BILLING_RUN.next_state(locked_run.state, "finish_preview")
    locked_run.summary = summarise(locked_run)
    locked_run.bill_count = locked_run.summary["accounts"]
    locked_run.amount_fen = locked_run.summary["amount_fen"]
    locked_run.save()
    open_approval(
        locked_run,
        BILLING_RUN_APPROVAL,
        company=locked_run.company,
        amount_fen=locked_run.amount_fen,
        drafted_by=locked_run.created_by,
        at=at,
    )
    journal.record(
        "finish_preview",
        locked_run,
        by=by,
        at=at,
        bills=locked_run.bill_count,
        amount_fen=locked_run.amount_fen,
    )
    return locked_run


@transaction.atomic
def approve_billing_run(
    run: BillingRun, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> BillingRun:
    """Approves the previewed figures at the level that is open; the last level's approves the run.

    The levels are those of the approval rule in force (`office.approvals`); without one, a single
    person who did not create the run. Raises `Refused` for a preview without bills.
    """
    locked_run = _lock_for_decision(run, by=by, at=at)
    next_state = BILLING_RUN.next_state(locked_run.state, "approve_billing_run")
    if not locked_run.bill_count:
        raise Refused("nothing_to_issue", _("试算结果没有可出账的账户，无需审核。"))
    given = give_opinion(locked_run, Verdict.APPROVED, opinion, by=by, at=at)
    if given.approval.state == ApprovalState.APPROVED:
        locked_run.state = next_state
        locked_run.approved_by = given.by
        locked_run.approved_at = at
        locked_run.save()
    _record_decision("approve_billing_run", locked_run, given, by=by, at=at)
    return locked_run


@transaction.atomic
def return_billing_run(run: BillingRun, opinion: Opinion, *, by: Actor, at: datetime) -> BillingRun:
    """Returns the previewed figures to whoever created the run, with the reason.

    The figures stay to be read; the run has to be previewed again before anybody approves it.
    """
    locked_run = _lock_for_decision(run, by=by, at=at)
    locked_run.state = BILLING_RUN.next_state(locked_run.state, "return_billing_run")
    given = give_opinion(locked_run, Verdict.RETURNED, opinion, by=by, at=at)
    locked_run.save()
    _record_decision("return_billing_run", locked_run, given, by=by, at=at)
    return locked_run


@transaction.atomic
def issue_billing_run(run: BillingRun, *, by: Actor, at: datetime) -> Job:
    """Number and post the approved bills in the background."""
    HeatingSeason.objects.select_for_update(of=("self",)).get(pk=run.season_id)
    held = _move(run, "issue_billing_run", by=by)
    busy = BillingRun.objects.filter(season=held.season, state=BillingRunState.ISSUING)
    if busy.exists():
        raise Refused("season_being_issued", _("本采暖季另一批次正在出账，请等它完成后再出账。"))
    if billed := issue.count_billed_since(held):
        raise Refused(
            "already_billed",
            _("其中 %(billed)s 户已由另一批次出账，请重新试算后再审核、出账。"),
            billed=billed,
        )
    held.save()
    journal.record("issue_billing_run", held, by=by, at=at)
    return _enqueue(held, by=by, at=at)


@transaction.atomic
def finish_issue(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    """Let the bills appear, all at once."""
    held = _lock(run)
    held.state = BILLING_RUN.next_state(held.state, "finish_issue")
    # No account is locked by anybody from here on: bills of a later run could be paid as soon as
    # their stretch was written, and what is settled below must not change underneath.
    lock_books()
    issue.finish_issue(held)
    settle_from_advances(held, at=at)
    drop_drafts(held)
    held.issued_at = at
    held.save()
    journal.record(
        "finish_issue", held, by=by, at=at, bills=held.bill_count, amount_fen=held.amount_fen
    )
    return held


@transaction.atomic
def resume_billing_run(run: BillingRun, *, by: Actor, at: datetime) -> Job:
    """Go on with a preview or an issue whose job has failed."""
    held = _lock(run)
    verbs = {
        BillingRunState.PREVIEWING.value: "billing.preview_billing_run",
        BillingRunState.ISSUING.value: "billing.issue_billing_run",
    }
    if held.state not in verbs:
        raise Refused("nothing_to_resume", _("该批次没有中断的任务。"))
    authorise(by, verbs[held.state], held.company)
    journal.record("resume_billing_run", held, by=by, at=at)
    return _enqueue(held, by=by, at=at)


@transaction.atomic
def close_billing_run(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    """The parked accounts are dealt with; nothing more comes of this run."""
    held = _move(run, "close_billing_run", by=by)
    held.save()
    journal.record("close_billing_run", held, by=by, at=at)
    return held


@transaction.atomic
def cancel_billing_run(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    """Give the run up before anything is issued."""
    held = _move(run, "cancel_billing_run", by=by)
    withdraw_approval(held, at=at)
    drop_drafts(held)
    held.save()
    journal.record("cancel_billing_run", held, by=by, at=at)
    return held


def _move(run: BillingRun, verb: str, *, by: Actor) -> BillingRun:
    authorise(by, f"billing.{verb}", run.company)
    held = _lock(run)
    held.state = BILLING_RUN.next_state(held.state, verb)
    return held


def _lock_for_decision(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    authorise_decision(BILLING_RUN_APPROVAL, run.company, by=by, at=at)
    return _lock(run)


def _record_decision(
    verb: str, run: BillingRun, given: ApprovalOpinion, *, by: Actor, at: datetime
) -> None:
    journal.record(
        verb,
        run,
        by=by,
        at=at,
        bills=run.bill_count,
        amount_fen=run.amount_fen,
        level=given.level,
        levels=len(given.approval.levels),
        right_of=given.right_of.username,
        reason=given.text,
    )


def _lock(run: BillingRun) -> BillingRun:
    return (
        BillingRun.objects.select_for_update(of=("self",))
        .select_related("season", "company")
        .get(pk=run.pk)
    )


def _enqueue(run: BillingRun, *, by: Actor, at: datetime) -> Job:
    return enqueue_job(
        "billing_run", key=f"billing_run:{run.pk}", by=by, at=at, company=run.company, run=run.pk
    )


def _check_prices(season: HeatingSeason) -> None:
    tariffs = tariffs_in_force(season).values()
    if not tariffs:
        raise Refused(
            "no_price_document",
            _("%(season)s 采暖季没有执行中的热价文件，请先发布。"),
            season=season,
        )
    if season.billable_months is None and any(t.unit == PriceUnit.M2_MONTH for t in tariffs):
        raise Refused(
            "no_billable_months",
            _("热价按月计费，请先填写 %(season)s 采暖季的计费月数。"),
            season=season,
        )
