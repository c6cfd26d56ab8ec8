"""Opening an approval, giving an opinion and withdrawing it: steps of the record's operations.

The operation on the record (`approve_billing_run`) authorises, locks the record, calls a step
here and moves the record on when the approval has ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.approvals.delegations import Right, rights_of
from office.approvals.kinds import ApprovalKind, approval_kind
from office.approvals.rules import approval_rule_in_force
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.models import Approval, ApprovalOpinion, Company, User, Verdict
from office.refusals import Invalid, NotAllowed, Refused
from office.states import APPROVAL
from office.tables.history import name_actor


@dataclass(frozen=True)
class Opinion:
    """What somebody decides: the reasons, the papers, and the step that was on their screen.

    `seen` is the approval's `step` at that moment; empty where nobody looked at a screen.
    """

    text: str = ""
    papers: Sequence[Upload] = ()
    seen: str = ""


EMPTY_OPINION = Opinion()


def authorise_decision(kind: ApprovalKind, company: Company, *, by: Actor, at: datetime) -> None:
    """Refuses whoever can decide at no level of the kind in this company, by nobody's right."""
    if by.user is None or not by.user.is_active or not may_decide(by.user, kind, company, at):
        raise NotAllowed()
    # As `authorise` does: changes of this transaction bear the actor's name.
    name_actor(by)


def may_decide(user: User, kind: ApprovalKind, company: Company, at: datetime) -> bool:
    """Whether the person has a right to some level of the kind, of their own or delegated."""
    return any(
        right.covers(permission, company.pk)
        for right in rights_of(user, business_date(at))
        for permission in kind.permissions
    )


def open_approval(
    record: models.Model,
    kind: ApprovalKind,
    *,
    company: Company,
    amount_fen: int = 0,
    drafted_by: User,
    at: datetime,
) -> Approval:
    """Opens the first level for a record. A step; the caller holds the record's lock.

    The levels are frozen by the rule in force on that day.
    """
    rule = approval_rule_in_force(kind, company, amount_fen, business_date(at))
    levels = list(rule.levels if rule else kind.default_levels)
    return Approval.objects.create(
        kind=kind.key,
        company=company,
        record_type=ContentType.objects.get_for_model(record),
        record_id=record.pk,
        title=str(record)[:120],
        amount_fen=amount_fen,
        rule=rule,
        levels=levels,
        permission=levels[0],
        drafted_by=drafted_by,
        opened_at=at,
    )


def approvals_of(record: models.Model) -> models.QuerySet[Approval]:
    """Returns every approval of a record, the newest first."""
    return Approval.objects.filter(
        record_type=ContentType.objects.get_for_model(record), record_id=record.pk
    ).order_by("-pk")


def pending_approval(record: models.Model) -> Approval | None:
    """Returns the record's pending approval."""
    return approvals_of(record).filter(state=APPROVAL.initial).first()


def give_opinion(
    record: models.Model, verdict: Verdict, opinion: Opinion, *, by: Actor, at: datetime
) -> ApprovalOpinion:
    """Decides the open level of the record's approval. A step; the caller holds the record's lock.

    One opinion to return ends the approval; only the last level approves it. Raises `Refused` when
    another step is open than the one on the screen, `NotAllowed` for the drafter, for whoever has
    an opinion in this approval already and for whoever has no right to the level.
    """
    if by.user is None:
        raise NotAllowed()
    # The record's lock already orders two who press at once; this one also orders operations
    # that reach the approval by another way, as the trigger on opinions does.
    approval = (
        approvals_of(record)
        .filter(state=APPROVAL.initial)
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    if approval is None:
        raise Refused("nothing_to_approve", _("没有待审批的内容，请起草人重新提交。"))
    if opinion.seen and opinion.seen != approval.step:
        raise Refused(
            "approval_moved_on", _("这一级刚刚已由他人办理，或内容已重新提交，请刷新页面核对。")
        )
    if verdict is Verdict.RETURNED and not opinion.text.strip():
        raise Invalid("opinion_missing", _("请写明退回的原因。"))
    right = _right_to(approval, by.user, at)
    decision = ApprovalOpinion.objects.create(
        approval=approval,
        level=approval.level,
        verdict=verdict,
        text=opinion.text.strip(),
        by=by.user,
        right_of=right.person,
        at=at,
    )
    decision.papers.set(
        attach_document(record, paper, company=approval.company, kind="opinion", by=by, at=at)
        for paper in opinion.papers
    )
    _move_on(approval, verdict, at)
    decision.approval = approval
    return decision


def facts_of(decision: ApprovalOpinion) -> dict[str, Any]:
    """Returns what the journal line of a decision says of it."""
    return {
        "level": decision.level,
        "levels": len(decision.approval.levels),
        "right_of": decision.right_of.username,
        "reason": decision.text,
    }


def withdraw_approval(record: models.Model, *, at: datetime) -> Approval | None:
    """Takes the record back from its approvers, if it is with them. A step; the caller holds the
    record's lock and has made sure that the actor may draft it anew or give it up."""
    approval = pending_approval(record)
    if approval is None:
        return None
    approval.state = APPROVAL.next_state(approval.state, "withdraw_approval")
    approval.ended_at = at
    approval.save(update_fields=["state", "ended_at"])
    return approval


def _move_on(approval: Approval, verdict: Verdict, at: datetime) -> None:
    if verdict is Verdict.RETURNED:
        approval.state = APPROVAL.next_state(approval.state, "return_to_drafter")
    elif approval.level == len(approval.levels):
        approval.state = APPROVAL.next_state(approval.state, "approve_last_level")
    else:
        approval.level += 1
        approval.permission = approval.levels[approval.level - 1]
        approval.save(update_fields=["level", "permission"])
        return
    approval.ended_at = at
    approval.save(update_fields=["state", "ended_at"])


def _right_to(approval: Approval, user: User, at: datetime) -> Right:
    """The right by which the user decides the open level: their own before a delegated one."""
    rights = [
        right
        for right in rights_of(user, business_date(at))
        if right.covers(approval.permission, approval.company_id)
    ]
    if not rights:
        raise NotAllowed()
    if user.pk == approval.drafted_by_id:
        kind = approval_kind(approval.kind)
        raise NotAllowed(_("%(kind)s须由创建人以外的人审核。"), kind=kind.label)
    involved = people_in(approval)
    if user.pk in involved:
        raise NotAllowed(_("您在本次审批中已有意见，其他级次须由另外的人审批。"))
    free = [right for right in rights if right.person.pk not in involved]
    if not free:
        raise NotAllowed(_("委托人是起草人或已有意见，您不能代为审批这一级。"))
    return free[0]


def people_in(approval: Approval) -> set[int]:
    """Returns the ids of the drafter and of everybody an opinion was given by or in the name of."""
    pairs = approval.opinions.values_list("by_id", "right_of_id")
    return {approval.drafted_by_id, *(pk for pair in pairs for pk in pair)}
