"""The operations of an area change: drafted → approved by others, which changes areas and bills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.adjustments.corrections import AdjustmentFacts
from billing.adjustments.operations import adjust_by_approval
from billing.area_changes.differences import area_correction, billed_since
from billing.area_changes.kind import AREA_CHANGE_APPROVAL
from billing.area_changes.new_areas import check_new_area, current_lines, replaced
from billing.change_states import AREA_CHANGE, AreaChangeState
from billing.models import AreaBasis, AreaChange, AreaChangeLine
from customers.contracts.locking import lock_accounts
from customers.models import Account, AreaLine
from office import journal
from office.actors import Actor
from office.approvals.steps import (
    EMPTY_OPINION,
    Opinion,
    authorise_decision,
    facts_of,
    give_opinion,
    open_approval,
    withdraw_approval,
)
from office.calendar import business_date
from office.models import Company, Verdict
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState


@dataclass(frozen=True)
class NewArea:
    """The new area in m² of one area of an account; `ordinal` says which area of the premise."""

    account: Account
    area: Decimal
    ordinal: int = 1


@transaction.atomic
def draft_area_change(
    company: Company,
    new_areas: Sequence[NewArea],
    *,
    effective_from: date,
    basis: AreaBasis = AreaBasis.BUILDING,
    due_on: date | None = None,
    reason: str,
    source: str,
    by: Actor,
    at: datetime,
) -> AreaChange:
    """Drafts new areas of one account or of many and opens their approval; no area changes yet.

    `due_on` is needed where a bill exists that becomes higher. Raises `Refused` or `Invalid` with
    the account number for the first area that cannot change; then nothing of the batch is drafted.
    """
    authorise(by, "billing.draft_area_change", company)
    if by.user is None:
        raise NotAllowed()
    if not new_areas:
        raise Invalid("area_missing", _("请至少填写一条面积。"))
    if not (reason.strip() and source.strip()):
        raise Invalid("reason_missing", _("请填写变更的原因和依据。"))
    if any(item.account.company_id != company.pk for item in new_areas):
        raise Invalid("account_of_another_company", _("户号属于其他公司，请重新填写。"))
    lock_accounts(item.account.pk for item in new_areas)
    change = AreaChange.objects.create(
        company=company,
        effective_from=effective_from,
        due_on=due_on,
        reason=reason.strip(),
        source=source.strip(),
        created_by=by.user,
        created_at=at,
    )
    lines = [_line(change, item, basis) for item in new_areas]
    if len({line.area_line_id for line in lines}) < len(lines):
        raise Invalid("area_twice", _("同一条面积填写了两次，请删去重复的一行。"))
    if any(line.difference_fen > 0 for line in lines) and (
        due_on is None or due_on < business_date(at)
    ):
        raise Invalid(
            "due_day_missing", _("已出账的采暖季需要补收，请填写今天或以后的缴费截止日。")
        )
    AreaChangeLine.objects.bulk_create(lines)
    open_approval(
        change,
        AREA_CHANGE_APPROVAL,
        company=company,
        amount_fen=sum(abs(line.difference_fen) for line in lines),
        drafted_by=by.user,
        at=at,
    )
    journal.record(
        "draft_area_change",
        change,
        by=by,
        at=at,
        effective_from=f"{effective_from}",
        accounts=len(lines),
        reason=change.reason,
        source=change.source,
    )
    return change


@transaction.atomic
def approve_area_change(
    change: AreaChange, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> AreaChange:
    """Approves the change at the open level; the last level changes the areas of all accounts.

    Bills that exist are corrected by the difference, each at once by an adjustment of its own.
    Raises `Refused` when an area has changed since the draft; then nothing of the batch changes.
    """
    return _decide(change, "approve_area_change", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_area_change(
    change: AreaChange, opinion: Opinion, *, by: Actor, at: datetime
) -> AreaChange:
    """Returns the change to the person who drafted it, with the reason."""
    return _decide(change, "return_area_change", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def cancel_area_change(change: AreaChange, *, by: Actor, at: datetime) -> AreaChange:
    """Gives up a change that was not approved."""
    authorise(by, "billing.cancel_area_change", change.company)
    locked_change = _lock(change)
    locked_change.state = AREA_CHANGE.next_state(locked_change.state, "cancel_area_change")
    withdraw_approval(locked_change, at=at)
    locked_change.save()
    journal.record("cancel_area_change", locked_change, by=by, at=at)
    return locked_change


def _decide(
    change: AreaChange,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> AreaChange:
    """Gives the opinion; the approval of the last level carries the change out."""
    authorise_decision(AREA_CHANGE_APPROVAL, change.company, by=by, at=at)
    # The accounts first, as everywhere: payments of the bills wait for the change.
    lock_accounts(change.lines.values_list("account_id", flat=True))
    locked_change = _lock(change)
    next_state = AREA_CHANGE.next_state(locked_change.state, verb)
    decision = give_opinion(locked_change, verdict, opinion, by=by, at=at)
    if decision.approval.state != ApprovalState.PENDING:
        locked_change.state = next_state
    if decision.approval.state == ApprovalState.APPROVED:
        locked_change.approved_by = decision.by
        locked_change.approved_at = at
        _carry_out(locked_change, by=by, at=at)
    locked_change.save()
    journal.record(verb, locked_change, by=by, at=at, **facts_of(decision))
    return locked_change


def _carry_out(change: AreaChange, *, by: Actor, at: datetime) -> None:
    """Ends the old area lines, begins the new ones and corrects the bills that exist."""
    lines = change.lines.select_related("account__premise", "area_line").order_by("pk")
    for line in lines:
        check_new_area(change, line)
        account = line.account
        before = current_lines(line.area_line)
        old_line, new_line = replaced(change, line)
        old_line.save(update_fields=["ends"])
        new_line.save()
        line.new_line = new_line
        line.difference_fen = 0
        after = current_lines(new_line)
        for bill in billed_since(account, change.effective_from):
            correction = area_correction(bill, old_line, before, after)
            if correction is None:
                continue
            reason = f"面积变更 #{change.pk}：{change.reason}"[:200]
            facts = AdjustmentFacts(bill, [correction], reason, change.source, change.due_on)
            issued = adjust_by_approval(facts, drafted_by=change.created_by, by=by, at=at)
            line.difference_fen += issued.amount_fen
        line.save(update_fields=["new_line", "difference_fen"])


def _line(change: AreaChange, item: NewArea, basis: AreaBasis) -> AreaChangeLine:
    """Returns the unsaved line of a draft with the difference that it would make today."""
    area_line = _open_line(item)
    line = AreaChangeLine(
        change=change, account=item.account, area_line=area_line, basis=basis, area=item.area
    )
    check_new_area(change, line)
    before = current_lines(area_line)
    old_line, new_line = replaced(change, line)
    after = [other for other in before if other.pk != area_line.pk] + [old_line, new_line]
    corrections = [
        area_correction(bill, area_line, before, after)
        for bill in billed_since(item.account, change.effective_from)
    ]
    line.difference_fen = sum(item.amount_fen or 0 for item in corrections if item)
    return line


def _open_line(item: NewArea) -> AreaLine:
    """Returns the area line of the account that has no end."""
    area_line = AreaLine.objects.filter(
        premise=item.account.premise_id, ordinal=item.ordinal, ends__isnull=True
    ).first()
    if area_line is None:
        raise Refused(
            "no_open_area",
            _("户号 %(account)s 没有序号为 %(ordinal)s 的有效面积，请核对；本次没有起草。"),
            account=item.account.number,
            ordinal=item.ordinal,
        )
    if AreaChangeLine.objects.filter(
        area_line=area_line, change__state=AreaChangeState.DRAFTED
    ).exists():
        raise Refused(
            "area_change_pending",
            _("户号 %(account)s 已有面积变更在等待审核，请先办结；本次没有起草。"),
            account=item.account.number,
        )
    return area_line


def _lock(change: AreaChange) -> AreaChange:
    """Locks the change and returns it, freshly read."""
    return (
        AreaChange.objects.select_for_update(of=("self",))
        .select_related("company", "created_by")
        .get(pk=change.pk)
    )
