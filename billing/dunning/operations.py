"""The operations of a dunning run: scope → preview → approved by another → reminded, once each."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.change_states import DUNNING_RUN, DunningRunState
from billing.dunning.kind import DUNNING_RUN_KIND
from billing.dunning.reminding import draft_reminders, summary_of
from billing.models import DunningChannel, DunningDraft, DunningNotice, DunningRun, DunningStep
from customers.models import Community
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
from office.intake.cells import clean_text
from office.models import Company, Job, Verdict
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.runs.jobs import queue_run
from office.runs.steps import (
    authorise_resuming,
    clear_preview,
    decide_run,
    fix_business_date,
    submit_preview,
)


@transaction.atomic
def create_dunning_run(
    company: Company, community: Community | None = None, *, by: Actor, at: datetime
) -> DunningRun:
    """Creates a run over the late contracts of a company, or of one of its communities.

    Raises `Refused` where the company has no ladder in force.
    """
    authorise(by, "billing.create_dunning_run", company)
    if by.user is None:
        raise NotAllowed()
    if community is not None and community.company_id != company.pk:
        raise Invalid("foreign_community", _("所选小区不属于该公司。"))
    if not DunningStep.objects.filter(
        company=company, effective_from__lte=business_date(at)
    ).exists():
        raise Refused("no_ladder", _("该公司还没有生效的催缴阶梯，请先发布。"))
    run = DunningRun.objects.create(
        company=company, community=community, created_by=by.user, created_at=at
    )
    journal.record(
        "create_dunning_run", run, by=by, at=at, title=str(community) if community else ""
    )
    return run


@transaction.atomic
def preview_dunning_run(run: DunningRun, *, by: Actor, at: datetime) -> Job:
    """Starts looking for late contracts in the background; nobody is reminded yet."""
    locked_run = _move(run, "preview_dunning_run", "billing.create_dunning_run", by=by)
    clear_preview(locked_run, at=at)
    locked_run.draft_count = locked_run.net_fen = 0
    locked_run.save()
    journal.record("preview_dunning_run", locked_run, by=by, at=at)
    return queue_run(DUNNING_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def finish_dunning_preview(run: DunningRun, *, by: Actor, at: datetime) -> DunningRun:
    """Writes who gets which step, freezes the figures and opens their approval.

    No permission: the job does it in the name of the person who started the preview.
    """
    locked_run = _lock(run)
    # A worker that was believed dead finished meanwhile: all is done.
    if locked_run.state != DunningRunState.PREVIEWING:
        return locked_run
    locked_run.state = DUNNING_RUN.next_state(locked_run.state, "finish_dunning_preview")
    draft_reminders(locked_run, on=business_date(at))
    summary = summary_of(locked_run)
    locked_run.draft_count, locked_run.net_fen = summary["contracts"], summary["net_fen"]
    submit_preview(DUNNING_RUN_KIND, locked_run, summary, amount_fen=locked_run.net_fen, at=at)
    locked_run.save()
    _record("finish_dunning_preview", locked_run, by=by, at=at)
    return locked_run


@transaction.atomic
def approve_dunning_run(
    run: DunningRun, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> DunningRun:
    """Approves the preview; never by who created the run. Refuses one without contracts."""
    authorise_decision(DUNNING_RUN_KIND.approval, run.company, by=by, at=at)
    locked_run = _lock(run)
    if locked_run.state == DunningRunState.PREVIEWED and not locked_run.draft_count:
        raise Refused("nobody_to_remind", _("预览结果没有可催缴的用户，无需审核。"))
    return _decide(locked_run, "approve_dunning_run", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_dunning_run(run: DunningRun, opinion: Opinion, *, by: Actor, at: datetime) -> DunningRun:
    """Returns the preview to who created the run, with the reason."""
    authorise_decision(DUNNING_RUN_KIND.approval, run.company, by=by, at=at)
    return _decide(_lock(run), "return_dunning_run", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def start_dunning_run(run: DunningRun, *, by: Actor, at: datetime) -> Job:
    """Starts taking the approved steps in the background; each bears the day on which it is
    taken.
    """
    locked_run = _move(run, "start_dunning_run", "billing.start_dunning_run", by=by)
    fix_business_date(locked_run, at=at)
    locked_run.begun_at = at
    locked_run.save()
    journal.record("start_dunning_run", locked_run, by=by, at=at)
    return queue_run(DUNNING_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def finish_dunning_run(run: DunningRun, *, by: Actor, at: datetime) -> DunningRun:
    """Closes the run and proves that every draft became a notice or is parked.

    No permission: the job does it in the name of the person who started the run.
    """
    locked_run = _lock(run)
    if locked_run.state == DunningRunState.DONE:
        return locked_run
    locked_run.state = DUNNING_RUN.next_state(locked_run.state, "finish_dunning_run")
    noticed = locked_run.notices.count()
    changed = locked_run.parked.filter(reason="changed").count()
    if noticed + changed != locked_run.draft_count:
        raise RuntimeError(
            f"dunning run {run.pk}: {noticed} notices and {changed} parked"
            f" of {locked_run.draft_count}"
        )
    locked_run.save()
    DunningDraft.objects.filter(run=locked_run).delete()
    journal.record("finish_dunning_run", locked_run, by=by, at=at, notices=noticed, parked=changed)
    return locked_run


@transaction.atomic
def resume_dunning_run(run: DunningRun, *, by: Actor, at: datetime) -> Job:
    """Queues the job of a preview or of the steps again, after it has failed."""
    locked_run = _lock(run)
    authorise_resuming(DUNNING_RUN_KIND, locked_run, by=by)
    journal.record("resume_dunning_run", locked_run, by=by, at=at)
    return queue_run(DUNNING_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def cancel_dunning_run(run: DunningRun, *, by: Actor, at: datetime) -> DunningRun:
    """Gives the run up before anybody is reminded."""
    locked_run = _move(run, "cancel_dunning_run", "billing.create_dunning_run", by=by)
    withdraw_approval(locked_run, at=at)
    DunningDraft.objects.filter(run=locked_run).delete()
    locked_run.save()
    journal.record("cancel_dunning_run", locked_run, by=by, at=at)
    return locked_run


@transaction.atomic
def record_dunning_result(
    notice: DunningNotice, *, result: str, done_on: date, by: Actor, at: datetime
) -> DunningNotice:
    """Records what came of a telephone call, a visit or a poster, by whom and on which day.

    Raises `Invalid` for a day outside the time from the notice to today, and `Refused` for a text
    message, whose state is its result, and for a second record.
    """
    authorise(by, "billing.record_dunning_result", notice.company)
    locked_notice = (
        DunningNotice.objects.select_for_update(of=("self",))
        .select_related("contract", "company")
        .get(pk=notice.pk)
    )
    if locked_notice.channel == DunningChannel.SMS:
        raise Refused("result_of_message", _("短信的结果见发送状态，不用登记。"))
    if locked_notice.recorded_at is not None:
        raise Refused("result_recorded", _("该任务的结果已登记。"))
    if not clean_text(result):
        raise Invalid("result_missing", _("请填写催缴结果。"))
    if not locked_notice.noticed_on <= done_on <= business_date(at):
        raise Invalid("result_day_wrong", _("办理日期须在催缴日期至今天之间。"))
    locked_notice.result, locked_notice.done_on = clean_text(result), done_on
    locked_notice.done_by, locked_notice.recorded_at = by.user, at
    locked_notice.save(update_fields=["result", "done_on", "done_by", "recorded_at"])
    journal.record(
        "record_dunning_result",
        locked_notice,
        by=by,
        at=at,
        contract=locked_notice.contract.number,
        result=locked_notice.result,
        done_on=f"{done_on}",
    )
    return locked_notice


def _move(run: DunningRun, verb: str, permission: str, *, by: Actor) -> DunningRun:
    """Authorises, locks the run and moves its state by the verb; the caller saves it."""
    authorise(by, permission, run.company)
    locked_run = _lock(run)
    locked_run.state = DUNNING_RUN.next_state(locked_run.state, verb)
    return locked_run


def _decide(
    locked_run: DunningRun,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> DunningRun:
    decision = decide_run(DUNNING_RUN_KIND, locked_run, verb, verdict, opinion, by=by, at=at)
    locked_run.save()
    facts = facts_of(decision)
    journal.record(verb, locked_run, by=by, at=at, contracts=locked_run.draft_count, **facts)
    return locked_run


def _record(verb: str, run: DunningRun, *, by: Actor, at: datetime) -> None:
    journal.record(verb, run, by=by, at=at, contracts=run.draft_count, amount_fen=run.net_fen)


def _lock(run: DunningRun) -> DunningRun:
    """Locks the run and returns it, freshly read."""
    return (
        DunningRun.objects.select_for_update(of=("self",))
        .select_related("company", "created_by")
        .get(pk=run.pk)
    )
