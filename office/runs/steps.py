"""Steps of the operations on a run; the caller holds the run's lock, saves and records it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.approvals.steps import Opinion, give_opinion, open_approval, withdraw_approval
from office.calendar import business_date
from office.models import ApprovalOpinion, Run, Verdict
from office.permissions import authorise
from office.refusals import Refused
from office.runs.kinds import RunKind
from office.states import ApprovalState


def clear_preview(run: Run, *, at: datetime) -> None:
    """A step of starting a preview: takes back the approval and the figures of the one before."""
    withdraw_approval(run, at=at)
    run.summary = {}
    run.approved_by = run.approved_at = None


def submit_preview(
    kind: RunKind, run: Run, summary: dict[str, Any], *, amount_fen: int, at: datetime
) -> None:
    """A step of finishing a preview: freezes its figures and opens their approval.

    `amount_fen` decides the levels of the approval.
    """
    run.summary = summary
    open_approval(
        run,
        kind.approval,
        company=run.company,
        amount_fen=amount_fen,
        drafted_by=run.created_by,
        at=at,
    )


def decide_run(
    kind: RunKind,
    run: Run,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> ApprovalOpinion:
    """A step of approving and returning: gives the opinion, and moves the run when that ends it.

    `verb` is the operation's name in the workflow. The state is checked first: a run that is not
    previewed is refused because of its state, whoever decides.
    """
    next_state = kind.workflow.next_state(run.state, verb)
    decision = give_opinion(run, verdict, opinion, by=by, at=at)
    if decision.approval.state == ApprovalState.PENDING:
        return decision
    run.state = next_state
    if verdict is Verdict.APPROVED:
        run.approved_by = decision.by
        run.approved_at = at
    return decision


def fix_business_date(run: Run, *, at: datetime) -> None:
    """A step of beginning to carry out: fixes the one business date of all that the run writes.

    A run that works past midnight or is resumed the next day keeps it.
    """
    if run.business_date is None:
        run.business_date = business_date(at)


def authorise_resuming(kind: RunKind, run: Run, *, by: Actor) -> None:
    """A step of resuming: asks for the permission by which the interrupted work was started.

    Raises `Refused` for a run at rest.
    """
    if run.state not in kind.working:
        raise Refused("nothing_to_resume", _("该批次没有中断的任务。"))
    authorise(by, kind.working[run.state], run.company)
