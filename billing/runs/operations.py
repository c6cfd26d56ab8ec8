"""The operations of a billing run: scope → preview → approved by others → issued → closed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import BillingRun, HeatingSeason, ParkedAccount, PriceUnit
from billing.prices.in_force import tariffs_in_force
from billing.runs import issue
from billing.runs.advances import settle_from_advances
from billing.runs.basis import basis_of
from billing.runs.drafts import create_drafts, drop_drafts, remove_draft
from billing.runs.kind import BILLING_RUN_KIND
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
    facts_of,
    withdraw_approval,
)
from office.models import ApprovalOpinion, Job, Verdict
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

# The reason of accounts that a person left out; the pricing statement knows it too.
LEFT_OUT = "left_out"


@transaction.atomic
def create_billing_run(
    season: HeatingSeason, *, communities: Sequence[Community] = (), by: Actor, at: datetime
) -> BillingRun:
    """Creates a run over its scope: a season of a company, all of it or some communities."""
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
    """Starts pricing the whole scope in the background; nothing is numbered or posted."""
    locked_run = _move(run, "preview_billing_run", by=by)
    _check_prices(locked_run.season)
    clear_preview(locked_run, at=at)
    create_drafts(locked_run)
    # Accounts that a person left out stay out; the reason would be lost otherwise.
    ParkedAccount.objects.filter(run=locked_run).exclude(reason=LEFT_OUT).delete()
    locked_run.previewed_through = 0
    locked_run.bill_count = locked_run.amount_fen = 0
    locked_run.summary = {"basis": basis_of(locked_run.season)}
    locked_run.save()
    journal.record("preview_billing_run", locked_run, by=by, at=at)
    return queue_run(BILLING_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def finish_preview(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    """Freezes the figures of the preview and opens their approval.

    No permission: the job does it in the name of the person who started the preview.
    """
    locked_run = _lock(run)
    # A worker that was believed dead finished meanwhile: all is done.
    if locked_run.state == BillingRunState.PREVIEWED:
        return locked_run
    locked_run.state = BILLING_RUN.next_state(locked_run.state, "finish_preview")
    _submit(locked_run, at=at)
    _record("finish_preview", locked_run, by=by, at=at)
    return locked_run


@transaction.atomic
def leave_out_account(
    run: BillingRun, account_number: str, *, reason: str, by: Actor, at: datetime
) -> ParkedAccount:
    """Parks one flagged outlier of a preview with a reason; the rest can be approved.

    The approval is opened anew over the lower total. A new preview leaves the account out again;
    another run bills it once the doubt is gone.
    """
    authorise(by, "billing.leave_out_account", run.company)
    locked_run = _lock(run)
    if locked_run.state != BillingRunState.PREVIEWED:
        raise Refused("not_previewed", _("只有待审核的批次可以暂缓异常账户。"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明暂缓的原因。"))
    outliers = {row["number"]: row for row in locked_run.summary["outliers"]}
    outlier = outliers.get(account_number.strip())
    if outlier is None:
        raise Invalid(
            "not_an_outlier",
            _("户号 %(number)s 不在本批的异常账户中，请核对户号。"),
            number=account_number.strip(),
        )
    parked = ParkedAccount.objects.create(
        run=locked_run,
        account_id=outlier["account_id"],
        reason=LEFT_OUT,
        sentence=f"人工暂缓：{reason.strip()}"[:200],
    )
    remove_draft(locked_run, parked.account_id)
    withdraw_approval(locked_run, at=at)
    _submit(locked_run, at=at)
    journal.record(
        "leave_out_account",
        locked_run,
        by=by,
        at=at,
        number=outlier["number"],
        amount_fen=outlier["amount_fen"],
        reason=reason.strip(),
    )
    return parked


@transaction.atomic
def approve_billing_run(
    run: BillingRun, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> BillingRun:
    """Approves the previewed figures at the open level; after the last level the run is approved.

    The levels are those of the approval rule in force (`office.approvals`); without one, a single
    person who did not create the run. Raises `Refused` for a preview without bills.
    """
    locked_run = _lock_for_decision(run, by=by, at=at)
    if locked_run.state == BillingRunState.PREVIEWED and not locked_run.bill_count:
        raise Refused("nothing_to_issue", _("试算结果没有可出账的账户，无需审核。"))
    return _decide(locked_run, "approve_billing_run", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_billing_run(run: BillingRun, opinion: Opinion, *, by: Actor, at: datetime) -> BillingRun:
    """Returns the previewed figures to the person who created the run, with the reason.

    The figures stay to be read; the run has to be previewed again before anybody approves it.
    """
    locked_run = _lock_for_decision(run, by=by, at=at)
    return _decide(locked_run, "return_billing_run", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def issue_billing_run(run: BillingRun, *, by: Actor, at: datetime) -> Job:
    """Starts numbering and posting the approved bills in the background.

    All of them bear the business date of this instant. Raises `Refused` while another run of the
    season is being issued, and when accounts of the preview have got a bill since.
    """
    # Two runs of a season would write into the same detached tables: the second waits here and
    # then sees the first one's state.
    HeatingSeason.objects.select_for_update(of=("self",)).get(pk=run.season_id)
    locked_run = _move(run, "issue_billing_run", by=by)
    other_runs = BillingRun.objects.filter(season=locked_run.season, state=BillingRunState.ISSUING)
    if other_runs.exists():
        raise Refused("season_being_issued", _("本采暖季另一批次正在出账，请等它完成后再出账。"))
    if locked_run.summary.get("basis") != basis_of(locked_run.season):
        raise Refused(
            "basis_changed",
            _("自试算以来热价文件或采暖季设置有变动，请重新试算后再审核、出账；本次没有出账。"),
        )
    if billed_count := issue.count_billed_since(locked_run):
        raise Refused(
            "already_billed",
            _("其中 %(billed)s 户已由另一批次出账，请重新试算后再审核、出账。"),
            billed=billed_count,
        )
    fix_business_date(locked_run, at=at)
    locked_run.save()
    journal.record("issue_billing_run", locked_run, by=by, at=at)
    return queue_run(BILLING_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def finish_issue(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    """Lets all bills of the run appear at once and settles them from advances.

    No permission: the job does it in the name of the person who issued the run.
    """
    locked_run = _lock(run)
    # A worker that was believed dead finished meanwhile: all is done, and its drafts are gone.
    if locked_run.state == BillingRunState.ISSUED:
        return locked_run
    locked_run.state = BILLING_RUN.next_state(locked_run.state, "finish_issue")
    # From here on nobody can lock an account. In a season that is attached already the new bills
    # could be paid since their stretch was written; what is settled below must not change then.
    lock_books()
    issue.attach_and_prove(locked_run)
    settle_from_advances(locked_run, at=at)
    drop_drafts(locked_run)
    locked_run.issued_at = at
    locked_run.save()
    _record("finish_issue", locked_run, by=by, at=at)
    return locked_run


@transaction.atomic
def resume_billing_run(run: BillingRun, *, by: Actor, at: datetime) -> Job:
    """Queues the job of a preview or an issue again, after it has failed."""
    locked_run = _lock(run)
    authorise_resuming(BILLING_RUN_KIND, locked_run, by=by)
    journal.record("resume_billing_run", locked_run, by=by, at=at)
    return queue_run(BILLING_RUN_KIND, locked_run, by=by, at=at)


@transaction.atomic
def close_billing_run(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    """Closes an issued run whose parked accounts are dealt with."""
    locked_run = _move(run, "close_billing_run", by=by)
    locked_run.save()
    journal.record("close_billing_run", locked_run, by=by, at=at)
    return locked_run


@transaction.atomic
def cancel_billing_run(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    """Gives the run up before anything is issued."""
    locked_run = _move(run, "cancel_billing_run", by=by)
    withdraw_approval(locked_run, at=at)
    drop_drafts(locked_run)
    locked_run.save()
    journal.record("cancel_billing_run", locked_run, by=by, at=at)
    return locked_run


def _submit(locked_run: BillingRun, *, at: datetime) -> None:
    """Sums the drafts up, saves the figures and opens their approval."""
    summary = summarise(locked_run) | {"basis": locked_run.summary["basis"]}
    locked_run.bill_count = summary["accounts"]
    locked_run.amount_fen = summary["amount_fen"]
    submit_preview(BILLING_RUN_KIND, locked_run, summary, amount_fen=locked_run.amount_fen, at=at)
    locked_run.save()


def _move(run: BillingRun, verb: str, *, by: Actor) -> BillingRun:
    """Authorises, locks the run and moves its state by the verb; the caller saves it."""
    authorise(by, f"billing.{verb}", run.company)
    locked_run = _lock(run)
    locked_run.state = BILLING_RUN.next_state(locked_run.state, verb)
    return locked_run


def _lock_for_decision(run: BillingRun, *, by: Actor, at: datetime) -> BillingRun:
    authorise_decision(BILLING_RUN_KIND.approval, run.company, by=by, at=at)
    return _lock(run)


def _decide(
    locked_run: BillingRun,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> BillingRun:
    decision = decide_run(BILLING_RUN_KIND, locked_run, verb, verdict, opinion, by=by, at=at)
    locked_run.save()
    _record(verb, locked_run, decision, by=by, at=at)
    return locked_run


def _record(
    verb: str,
    run: BillingRun,
    decision: ApprovalOpinion | None = None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    facts = facts_of(decision) if decision else {}
    journal.record(
        verb, run, by=by, at=at, bills=run.bill_count, amount_fen=run.amount_fen, **facts
    )


def _lock(run: BillingRun) -> BillingRun:
    """Locks the run and returns it, freshly read."""
    return (
        BillingRun.objects.select_for_update(of=("self",))
        .select_related("season", "company")
        .get(pk=run.pk)
    )


def _check_prices(season: HeatingSeason) -> None:
    """Refuses a season without prices in force, and prices by month without its months."""
    tariffs = tariffs_in_force(season).values()
    if not tariffs:
        raise Refused(
            "no_price_document",
            _("%(season)s 采暖季没有执行中的热价文件，请先发布。"),
            season=season,
        )
    if season.billable_months is None and any(
        tariff.unit == PriceUnit.M2_MONTH for tariff in tariffs
    ):
        raise Refused(
            "no_billable_months",
            _("热价按月计费，请先填写 %(season)s 采暖季的计费月数。"),
            season=season,
        )
