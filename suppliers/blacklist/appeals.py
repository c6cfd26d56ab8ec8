"""Appeals against bans, and suppliers that only look like somebody on the blacklist."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.blacklist.gate import suspects_at
from suppliers.blacklist.steps import lock_ban, refuse_involved
from suppliers.models import Ban, BanAppeal, BanClearance, BanSubject, Supplier
from suppliers.registry.operations import lock_supplier
from suppliers.states import APPEAL, BAN, AppealState


@transaction.atomic
def enter_appeal(
    ban: Ban,
    *,
    text: str,
    received_on: date,
    papers: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> BanAppeal:
    """Enters what the supplier says against a ban in force; one appeal at a time."""
    authorise(by, "suppliers.enter_appeal")
    if by.user is None:
        raise NotAllowed()
    if not clean_text(text):
        raise Invalid("reason_missing", _("请填写申诉内容。"))
    if received_on > business_date(at):
        raise Invalid("day_to_come", _("收到日期不能晚于今天。"))
    locked_ban = lock_ban(ban)
    BAN.next_state(locked_ban.state, "enter_appeal")
    if locked_ban.starts_at is not None and received_on < business_date(locked_ban.starts_at):
        raise Invalid("appeal_before_ban", _("收到日期不能早于列入黑名单的日子。"))
    if open_appeal(locked_ban) is not None:
        raise Refused("appeal_open", _("已有一份申诉待裁定，请先裁定。"))
    appeal = BanAppeal.objects.create(
        ban=locked_ban,
        text=clean_text(text),
        received_on=received_on,
        entered_by=by.user,
        entered_at=at,
    )
    for paper in papers:
        attach_document(
            locked_ban,
            paper,
            company=locked_ban.company,
            kind="application",
            title=str(_("申诉材料")),
            by=by,
            at=at,
        )
    journal.record("enter_appeal", locked_ban, by=by, at=at, reason=appeal.text[:200])
    return appeal


@transaction.atomic
def uphold_appeal(ban: Ban, *, decision: str, by: Actor, at: datetime) -> BanAppeal:
    """Decides for the supplier: the ban is lifted from this moment on."""
    return _decide(ban, "uphold_appeal", decision, by=by, at=at)


@transaction.atomic
def deny_appeal(ban: Ban, *, decision: str, by: Actor, at: datetime) -> BanAppeal:
    """Decides against the supplier: the ban stays."""
    return _decide(ban, "deny_appeal", decision, by=by, at=at)


@transaction.atomic
def clear_match(
    subject: BanSubject, supplier: Supplier, *, reason: str, by: Actor, at: datetime
) -> BanClearance:
    """Records that a supplier is not the person or account on the blacklist that it looks like."""
    authorise(by, "suppliers.clear_match")
    if by.user is None:
        raise NotAllowed()
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请写明核实情况。"))
    locked_supplier = lock_supplier(supplier)
    suspected = suspects_at(at).get(locked_supplier.pk, [])
    if subject not in [bar.subject for bar in suspected]:
        raise Refused("no_match", _("这家供应商与这项黑名单没有待核实的相同之处，请刷新页面。"))
    clearance = BanClearance.objects.create(
        subject=subject, supplier=locked_supplier, reason=clean_text(reason), by=by.user, at=at
    )
    journal.record(
        "clear_match",
        locked_supplier,
        by=by,
        at=at,
        title=str(subject),
        reason=clearance.reason,
    )
    return clearance


def open_appeal(ban: Ban) -> BanAppeal | None:
    """Returns the appeal that waits for a decision."""
    return ban.appeals.filter(state=AppealState.OPEN).first()


def _decide(ban: Ban, verb: str, decision: str, *, by: Actor, at: datetime) -> BanAppeal:
    authorise(by, "suppliers.decide_appeal")
    if not clean_text(decision):
        raise Invalid("reason_missing", _("请写明裁定理由。"))
    locked_ban = lock_ban(ban)
    judge = refuse_involved(locked_ban, by, approvers=True)
    locked_ban.state = BAN.next_state(locked_ban.state, verb)
    appeal = (
        BanAppeal.objects.select_for_update(of=("self",))
        .filter(ban=locked_ban, state=AppealState.OPEN)
        .first()
    )
    if appeal is None:
        raise Refused("no_appeal", _("没有待裁定的申诉。"))
    appeal.state = APPEAL.next_state(appeal.state, verb)
    appeal.decision = clean_text(decision)
    appeal.decided_by = judge
    appeal.decided_at = at
    appeal.save()
    if verb == "uphold_appeal":
        locked_ban.lifted_at = at
        locked_ban.remark = appeal.decision
        locked_ban.save(update_fields=["state", "lifted_at", "remark"])
    journal.record(verb, locked_ban, by=by, at=at, reason=appeal.decision)
    return appeal
