"""Visits: the finding, the work with the customer's consent, and the confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.dispatch.operations import check_own_visit, lock_visit
from complaints.evidence import check_evidence
from complaints.locking import save_ticket
from complaints.models import ItemKind, Visit, VisitItem, VisitOutcome
from complaints.states import TICKET, VISIT, VisitState
from complaints.time_bounds import true_time
from office import journal
from office.actors import Actor
from office.models import Document
from office.permissions import authorise
from office.refusals import Invalid, Refused

_CONSENT_LATE = _("用户同意的时间不能晚于完成时间。")


@dataclass(frozen=True)
class Work:
    """A fitting touched, a part used or a service charged, with the consent given before it.

    Work that the customer pays for needs a signed consent.
    """

    kind: ItemKind
    description: str
    consented_by: str
    consented_at: datetime
    quantity: Decimal = Decimal(1)
    amount_fen: int = 0
    consent: Document | None = None


@dataclass(frozen=True)
class Confirmation:
    """The name of the person who confirmed the work, and the signed paper or photo of it."""

    name: str
    paper: Document | None = None


@transaction.atomic
def record_finding(
    visit: Visit,
    finding: str,
    *,
    happened_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Visit:
    """Records the finding on site, before any work begins; it cannot be changed later."""
    authorise(by, "complaints.record_finding", visit.ticket.company)
    ticket, locked_visit = lock_visit(visit)
    check_own_visit(locked_visit, by)
    if locked_visit.state != VisitState.ARRIVED:
        raise Refused("not_arrived", _("请先登记到场，再登记现场情况。"))
    if not finding.strip():
        raise Invalid("finding_missing", _("请写明现场情况。"))
    if locked_visit.finding:
        raise Refused("found_before", _("现场情况已登记，不能改写；补充内容请写在处理内容中。"))
    locked_visit.finding = finding.strip()
    locked_visit.found_at = true_time("record_finding", locked_visit, happened_at, at=at)
    locked_visit.save(update_fields=["finding", "found_at"])
    journal.record(
        "record_finding",
        ticket,
        by=by,
        at=at,
        visit=locked_visit.ordinal,
        happened_at=locked_visit.found_at.isoformat(),
    )
    return locked_visit


@transaction.atomic
def complete_visit(
    visit: Visit,
    outcome: VisitOutcome,
    *,
    work_done: str,
    works: Sequence[Work] = (),
    confirmation: Confirmation | None = None,
    happened_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Visit:
    """Completes the visit; without a repair the ticket waits for another visit."""
    authorise(by, "complaints.complete_visit", visit.ticket.company)
    ticket, locked_visit = lock_visit(visit)
    check_own_visit(locked_visit, by)
    locked_visit.state = VISIT.next_state(locked_visit.state, "complete_visit")
    if not work_done.strip():
        raise Invalid("work_missing", _("请写明处理内容。"))
    if outcome is VisitOutcome.NOBODY_HOME and works:
        raise Invalid("nobody_consented", _("无人在家时不能更换配件或提供有偿服务。"))
    if outcome is not VisitOutcome.NOBODY_HOME and not locked_visit.finding:
        raise Refused("not_found_yet", _("请先登记现场情况，再完成上门。"))
    if outcome is VisitOutcome.FIXED:
        _confirm(locked_visit, confirmation)
        ticket.repaired_by = locked_visit.repairer
        save_ticket(ticket, "repaired_by")
    else:
        ticket.state = TICKET.next_state(ticket.state, "return_ticket")
        save_ticket(ticket, "state")
    locked_visit.completed_at = true_time("complete_visit", locked_visit, happened_at, at=at)
    for work in works:
        _write(locked_visit, work, locked_visit.completed_at)
    locked_visit.outcome = outcome
    locked_visit.work_done = work_done.strip()
    locked_visit.save()
    journal.record(
        "complete_visit",
        ticket,
        by=by,
        at=at,
        visit=locked_visit.ordinal,
        happened_at=locked_visit.completed_at.isoformat(),
        outcome=outcome.value,
        amount_fen=sum(work.amount_fen for work in works),
    )
    return locked_visit


def _confirm(visit: Visit, confirmation: Confirmation | None) -> None:
    """Sets the confirmation of the visit; refuses a missing name and documents of other records."""
    if confirmation is None or not confirmation.name.strip():
        raise Invalid("confirmation_missing", _("修复后须有用户确认，请填写确认人。"))
    if confirmation.paper is not None:
        check_evidence(confirmation.paper, visit.ticket)
    visit.confirmed_by = confirmation.name.strip()
    visit.confirmation = confirmation.paper


def _write(visit: Visit, work: Work, done_at: datetime) -> None:
    """Records one piece of work; refuses work without the consent it needs."""
    if not (work.description.strip() and work.quantity > 0 and work.amount_fen >= 0):
        raise Invalid("work_wrong", _("请填写名称、大于零的数量和不小于零的金额。"))
    if not work.consented_by.strip():
        raise Invalid(
            "consent_missing",
            _("“%(description)s”须先取得用户同意，请填写同意人。"),
            description=work.description,
        )
    if work.amount_fen and work.consent is None:
        raise Invalid(
            "consent_paper_missing",
            _("“%(description)s”收费须附用户签字的同意书。"),
            description=work.description,
        )
    if work.consent is not None:
        check_evidence(work.consent, visit.ticket)
    item = VisitItem(
        visit=visit,
        kind=work.kind,
        description=work.description.strip(),
        quantity=work.quantity,
        amount_fen=work.amount_fen,
        consented_by=work.consented_by.strip(),
        consent=work.consent,
    )
    item.consented_at = true_time(
        "consent", item, work.consented_at, at=done_at, ahead=_CONSENT_LATE
    )
    item.save(force_insert=True)
