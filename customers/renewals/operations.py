"""The operations of a renewal run: scope → preview → approved by another → papers and PDFs."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import ParkedRenewal, RenewalDraft, RenewalRun
from customers.renewals.drafts import summary_of
from customers.renewals.kind import RENEWAL_RUN_KIND
from customers.states import RENEWAL_RUN, RenewalRunState
from office import journal
from office.actors import Actor
from office.approvals.steps import (
    EMPTY_OPINION,
    Opinion,
    authorise_decision,
    facts_of,
    withdraw_approval,
)
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
def create_renewal_run(
    company: Company, ends_from: date, ends_until: date, *, by: Actor, at: datetime
) -> RenewalRun:
    """Creates a run over the contracts of a company whose term ends within these days."""
    authorise(by, "customers.create_renewal_run", company)
    if by.user is None:
        raise NotAllowed()
    if ends_until < ends_from:
        raise Invalid("days_wrong", _("届满日期的止日不能早于起日。"))
    run = RenewalRun.objects.create(
        company=company,
        ends_from=ends_from,
        ends_until=ends_until,
        created_by=by.user,
        created_at=at,
    )
    journal.record("create_renewal_run", run, by=by, at=at, days=f"{ends_from} – {ends_until}")
    return run


@transaction.atomic
def preview_renewal_run(run: RenewalRun, *, by: Actor, at: datetime) -> Job:
    """Starts drafting the renewals in the background; nothing is numbered."""
    locked_run = _move(run, "preview_renewal_run", "customers.create_renewal_run", by=by)
    clear_preview(locked_run, at=at)
    locked_run.draft_count = 0
    locked_run.save()
    journal.record("preview_renewal_run", locked_run, by=by, at=at)
    return queue_run(RENEWAL_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def finish_renewal_preview(run: RenewalRun, *, by: Actor, at: datetime) -> RenewalRun:
    """Freezes the figures of the preview and opens their approval.

    No permission: the job does it in the name of the person who started the preview.
    """
    locked_run = _lock(run)
    # A worker that was believed dead finished meanwhile: all is done.
    if locked_run.state != RenewalRunState.PREVIEWING:
        return locked_run
    locked_run.state = RENEWAL_RUN.next_state(locked_run.state, "finish_renewal_preview")
    summary = summary_of(locked_run)
    locked_run.draft_count = summary["contracts"]
    submit_preview(RENEWAL_RUN_KIND, locked_run, summary, amount_fen=0, at=at)
    locked_run.save()
    journal.record(
        "finish_renewal_preview", locked_run, by=by, at=at, contracts=locked_run.draft_count
    )
    return locked_run


@transaction.atomic
def approve_renewal_run(
    run: RenewalRun, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> RenewalRun:
    """Approves the preview; never by who created the run. Refuses one without contracts."""
    authorise_decision(RENEWAL_RUN_KIND.approval, run.company, by=by, at=at)
    locked_run = _lock(run)
    if locked_run.state == RenewalRunState.PREVIEWED and not locked_run.draft_count:
        raise Refused("nothing_to_renew", _("预览结果没有可续签的合同，无需审核。"))
    return _decide(locked_run, "approve_renewal_run", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_renewal_run(run: RenewalRun, opinion: Opinion, *, by: Actor, at: datetime) -> RenewalRun:
    """Returns the preview to who created the run, with the reason."""
    authorise_decision(RENEWAL_RUN_KIND.approval, run.company, by=by, at=at)
    return _decide(_lock(run), "return_renewal_run", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def issue_renewal_run(run: RenewalRun, *, by: Actor, at: datetime) -> Job:
    """Starts drawing up and printing the approved renewals in the background.

    All papers bear this instant, also those that are drawn up after a night's interruption.
    """
    locked_run = _move(run, "issue_renewal_run", "customers.issue_renewal_run", by=by)
    fix_business_date(locked_run, at=at)
    locked_run.begun_at = at
    locked_run.save()
    journal.record("issue_renewal_run", locked_run, by=by, at=at)
    return queue_run(RENEWAL_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def finish_renewal(run: RenewalRun, *, by: Actor, at: datetime) -> RenewalRun:
    """Closes the run and proves that every draft became a paper or is parked.

    No permission: the job does it in the name of the person who issued the run.
    """
    locked_run = _lock(run)
    if locked_run.state == RenewalRunState.ISSUED:
        return locked_run
    locked_run.state = RENEWAL_RUN.next_state(locked_run.state, "finish_renewal")
    drawn = locked_run.papers.count()
    changed = ParkedRenewal.objects.filter(run=locked_run, reason="changed").count()
    if drawn + changed != locked_run.draft_count:
        raise RuntimeError(
            f"renewal run {run.pk}: {drawn} papers and {changed} parked of {locked_run.draft_count}"
        )
    locked_run.save()
    # The papers say what the drafts said.
    RenewalDraft.objects.filter(run=locked_run).delete()
    journal.record("finish_renewal", locked_run, by=by, at=at, papers=drawn, parked=changed)
    return locked_run


@transaction.atomic
def resume_renewal_run(run: RenewalRun, *, by: Actor, at: datetime) -> Job:
    """Queues the job of a preview or an issue again, after it has failed."""
    locked_run = _lock(run)
    authorise_resuming(RENEWAL_RUN_KIND, locked_run, by=by)
    journal.record("resume_renewal_run", locked_run, by=by, at=at)
    return queue_run(RENEWAL_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def cancel_renewal_run(run: RenewalRun, *, by: Actor, at: datetime) -> RenewalRun:
    """Gives the run up before anything is drawn up."""
    locked_run = _move(run, "cancel_renewal_run", "customers.create_renewal_run", by=by)
    withdraw_approval(locked_run, at=at)
    RenewalDraft.objects.filter(run=locked_run).delete()
    locked_run.save()
    journal.record("cancel_renewal_run", locked_run, by=by, at=at)
    return locked_run


def _move(run: RenewalRun, verb: str, permission: str, *, by: Actor) -> RenewalRun:
    """Authorises, locks the run and moves its state by the verb; the caller saves it."""
    authorise(by, permission, run.company)
    locked_run = _lock(run)
    locked_run.state = RENEWAL_RUN.next_state(locked_run.state, verb)
    return locked_run


def _decide(
    locked_run: RenewalRun,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> RenewalRun:
    decision = decide_run(RENEWAL_RUN_KIND, locked_run, verb, verdict, opinion, by=by, at=at)
    locked_run.save()
    journal.record(
        verb, locked_run, by=by, at=at, contracts=locked_run.draft_count, **facts_of(decision)
    )
    return locked_run


def _lock(run: RenewalRun) -> RenewalRun:
    """Locks the run and returns it, freshly read."""
    return (
        RenewalRun.objects.select_for_update(of=("self",))
        .select_related("company", "created_by")
        .get(pk=run.pk)
    )
