"""Admission of a supplier: applied for, approved at three levels, returned, rejected, withdrawn."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.approvals.steps import (
    Opinion,
    authorise_decision,
    facts_of,
    give_opinion,
    open_approval,
    withdraw_approval,
)
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.intake.cells import clean_text
from office.language import Text
from office.models import ApprovalOpinion, User, Verdict
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState
from suppliers.admission.kind import ADMISSION_APPROVAL, CHECKS
from suppliers.admission.steps import (
    call_off_what_is_planned,
    lock_admission,
    move_admission,
    refuse_applicant,
)
from suppliers.blacklist.gate import refuse_banned
from suppliers.models import (
    Admission,
    AdmissionCheck,
    AdmissionCondition,
    CheckItem,
    Supplier,
    SupplyCategory,
)
from suppliers.registry.operations import lock_supplier
from suppliers.states import ADMISSION, OPEN_ADMISSIONS, AdmissionState


@dataclass(frozen=True)
class ConditionFacts:
    """What the supplier must still do, and the last day for it."""

    text: str
    due_on: date


@transaction.atomic
def apply_for_admission(
    supplier: Supplier, category: SupplyCategory, *, reason: str, by: Actor, at: datetime
) -> Admission:
    """Applies for a supplier's admission to a category and opens the first level of approval."""
    authorise(by, "suppliers.apply_for_admission")
    if by.user is None:
        raise NotAllowed()
    _check_reason(reason, _("请填写申请理由。"))
    if not category.in_use or category.children.exists():
        raise Invalid("category_no_leaf", _("请选择在用的末级采购类别。"))
    # The supplier's lock makes two applications for one category wait for each other.
    locked_supplier = lock_supplier(supplier)
    refuse_banned(locked_supplier, category, at=at)
    if locked_supplier.admissions.filter(category=category, state__in=OPEN_ADMISSIONS).exists():
        raise Refused(
            "admission_open",
            _("%(supplier)s 的“%(category)s”准入正在办理，请在那里继续。"),
            supplier=locked_supplier,
            category=category,
        )
    admission = Admission.objects.create(
        supplier=locked_supplier,
        category=category,
        reason=clean_text(reason),
        applied_by=by.user,
        applied_at=at,
        waiting_since=at,
    )
    _submit(admission, by.user, at=at)
    journal.record(
        "apply_for_admission", admission, by=by, at=at, title=str(category), reason=admission.reason
    )
    return admission


@transaction.atomic
def approve_admission(
    admission: Admission,
    opinion: Opinion,
    *,
    checks: Collection[CheckItem],
    conditions: Sequence[ConditionFacts] = (),
    by: Actor,
    at: datetime,
) -> Admission:
    """Approves the open level; after the last one the supplier's site is to be visited.

    Raises `Invalid` without an opinion or without all that the level must check (`CHECKS`). With
    conditions the approval is a conditional one.
    """
    authorise_decision(ADMISSION_APPROVAL, admission.company, by=by, at=at)
    locked_admission = lock_admission(admission)
    # Refuses an admission that is not with its approvers; the state moves after the last level.
    ADMISSION.next_state(locked_admission.state, "approve_admission")
    if not opinion.text.strip():
        raise Invalid("opinion_missing", _("请填写审查意见。"))
    approver_opinion = give_opinion(locked_admission, Verdict.APPROVED, opinion, by=by, at=at)
    _store_checks(locked_admission, approver_opinion, checks)
    _store_conditions(locked_admission, conditions, approver_opinion.by, at=at)
    if approver_opinion.approval.state == ApprovalState.PENDING:
        refuse_banned(locked_admission.supplier, locked_admission.category, at=at)
        # The next level has it from now on.
        locked_admission.waiting_since = at
        locked_admission.save(update_fields=["waiting_since"])
    else:
        move_admission(locked_admission, "approve_admission", at=at)
    journal.record(
        "approve_admission",
        locked_admission,
        by=by,
        at=at,
        conditions=[condition.text for condition in conditions],
        **facts_of(approver_opinion),
    )
    return locked_admission


@transaction.atomic
def return_admission(
    admission: Admission, opinion: Opinion, *, by: Actor, at: datetime
) -> Admission:
    """Returns the application to its applicant with the reason; submitted again, it begins at
    level 1.
    """
    return _decide_against(admission, "return_admission", opinion, by=by, at=at)


@transaction.atomic
def reject_admission(
    admission: Admission, opinion: Opinion, *, by: Actor, at: datetime
) -> Admission:
    """Ends the application at the open level, with the reason."""
    return _decide_against(admission, "reject_admission", opinion, by=by, at=at)


@transaction.atomic
def resubmit_admission(admission: Admission, *, reason: str, by: Actor, at: datetime) -> Admission:
    """Submits a returned application again with a new reason; only its applicant may."""
    authorise(by, "suppliers.apply_for_admission")
    _check_reason(reason, _("请填写申请理由。"))
    locked_admission = lock_admission(admission)
    applicant = _only_applicant(locked_admission, by)
    locked_admission.reason = clean_text(reason)
    move_admission(locked_admission, "resubmit_admission", at=at)
    _submit(locked_admission, applicant, at=at)
    journal.record(
        "resubmit_admission", locked_admission, by=by, at=at, reason=locked_admission.reason
    )
    return locked_admission


@transaction.atomic
def withdraw_admission(admission: Admission, *, reason: str, by: Actor, at: datetime) -> Admission:
    """Ends an application at any step at the applicant's own wish; nobody else may."""
    authorise(by, "suppliers.apply_for_admission")
    locked_admission = lock_admission(admission)
    _only_applicant(locked_admission, by)
    return _end(locked_admission, "withdraw_admission", reason, by=by, at=at)


@transaction.atomic
def stop_admission(admission: Admission, *, reason: str, by: Actor, at: datetime) -> Admission:
    """Ends an admission that is not with its approvers, as after a failed visit or trial."""
    authorise(by, "suppliers.stop_admission")
    return _end(lock_admission(admission), "stop_admission", reason, by=by, at=at)


@transaction.atomic
def meet_condition(
    condition: AdmissionCondition,
    *,
    evidence: str,
    papers: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> AdmissionCondition:
    """Confirms that a condition is met, with the evidence for it.

    Refuses the person who applied for the admission.
    """
    authorise(by, "suppliers.meet_condition")
    _check_reason(evidence, _("请填写落实情况。"))
    locked_admission = lock_admission(condition.admission)
    confirmer = refuse_applicant(locked_admission, by, _("确认准入条件"))
    locked_condition = AdmissionCondition.objects.select_for_update(of=("self",)).get(
        pk=condition.pk
    )
    if locked_condition.met_at is not None:
        raise Refused("condition_met", _("这项条件已确认满足。"))
    locked_condition.evidence = clean_text(evidence)
    locked_condition.met_by = confirmer
    locked_condition.met_at = at
    locked_condition.save(update_fields=["evidence", "met_by", "met_at"])
    for paper in papers:
        attach_document(
            locked_admission,
            paper,
            company=locked_admission.company,
            kind="evidence",
            title=locked_condition.text,
            by=by,
            at=at,
        )
    journal.record(
        "meet_condition",
        locked_admission,
        by=by,
        at=at,
        title=locked_condition.text,
        reason=locked_condition.evidence,
    )
    return locked_condition


def _submit(admission: Admission, drafter: User, *, at: datetime) -> None:
    """Opens the first level of approval."""
    open_approval(
        admission, ADMISSION_APPROVAL, company=admission.company, drafted_by=drafter, at=at
    )


def _decide_against(
    admission: Admission, verb: str, opinion: Opinion, *, by: Actor, at: datetime
) -> Admission:
    """Returns or rejects the application at its open level, as the verb says.

    The approval knows only that it was returned; whether that is the end is the admission's state.
    """
    authorise_decision(ADMISSION_APPROVAL, admission.company, by=by, at=at)
    locked_admission = lock_admission(admission)
    state = ADMISSION.next_state(locked_admission.state, verb)
    approver_opinion = give_opinion(locked_admission, Verdict.RETURNED, opinion, by=by, at=at)
    if state == AdmissionState.REJECTED:
        locked_admission.remark = approver_opinion.text
    move_admission(locked_admission, verb, at=at)
    journal.record(verb, locked_admission, by=by, at=at, **facts_of(approver_opinion))
    return locked_admission


def _end(
    locked_admission: Admission, verb: str, reason: str, *, by: Actor, at: datetime
) -> Admission:
    """Ends the admission with its approval and what was planned for it, and stores the reason."""
    _check_reason(reason, _("请写明原因。"))
    locked_admission.remark = clean_text(reason)
    move_admission(locked_admission, verb, at=at)
    withdraw_approval(locked_admission, at=at)
    call_off_what_is_planned(locked_admission)
    journal.record(verb, locked_admission, by=by, at=at, reason=locked_admission.remark)
    return locked_admission


def _only_applicant(admission: Admission, by: Actor) -> User:
    """Returns the applicant; refuses everybody else."""
    if by.user is None or by.user.pk != admission.applied_by_id:
        raise NotAllowed(_("只有申请人本人可以办理，请联系申请人。"))
    return by.user


def _check_reason(text: str, sentence: Text) -> None:
    """Refuses with the sentence a text in which nothing can be read."""
    if not clean_text(text):
        raise Invalid("reason_missing", sentence)


def _store_checks(
    admission: Admission, opinion: ApprovalOpinion, checks: Collection[CheckItem]
) -> None:
    """Stores what the approver has checked; refuses while an item of this level is missing."""
    level_permission = opinion.approval.levels[opinion.level - 1]
    required = CHECKS[level_permission]
    unchecked = [item for item in required if item not in checks]
    if unchecked:
        raise Invalid(
            "checks_missing",
            _("请逐项核对后勾选：%(items)s。"),
            items="、".join(str(item.label) for item in unchecked),
        )
    AdmissionCheck.objects.bulk_create(
        AdmissionCheck(admission=admission, opinion=opinion, item=item) for item in required
    )


def _store_conditions(
    admission: Admission, conditions: Sequence[ConditionFacts], by: User, *, at: datetime
) -> None:
    """Stores the conditions of an approval; each has a text and a day that is not past."""
    for condition in conditions:
        _check_reason(condition.text, _("请写明条件。"))
        if condition.due_on < business_date(at):
            raise Invalid("condition_past", _("条件的期限不能早于今天。"))
        AdmissionCondition.objects.create(
            admission=admission,
            text=clean_text(condition.text),
            due_on=condition.due_on,
            set_by=by,
            set_at=at,
        )
