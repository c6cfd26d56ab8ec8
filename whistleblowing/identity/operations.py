"""The reporter's identity: sealed apart, opened to one person for one purpose by two others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.refusals import Invalid, NotAllowed, NotFound, Refused
from whistleblowing.case_log.entries import append
from whistleblowing.identity.queries import reasons_of
from whistleblowing.keys.report_keys import Reader, key_ring, lock_report
from whistleblowing.keys.sealing import new_key_pair, open_record, open_sealed, seal, seal_record
from whistleblowing.keys.shares import Share, combine, split
from whistleblowing.models import (
    IdentityDecision,
    IdentityRecord,
    IdentityRequest,
    IdentityShare,
    Officer,
    Report,
)
from whistleblowing.words import KeyPurpose

FEWEST_GUARDIANS = 2
# Every identity is sealed in this many characters of each field, given or not.
LONGEST_NAME, LONGEST_CONTACT = 80, 120


@dataclass(frozen=True)
class Identity:
    """What a reporter said of themselves; both empty for an anonymous report."""

    name: str = ""
    contact: str = ""


def seal_identity(report: Report, identity: Identity, chosen: Sequence[Officer]) -> None:
    """A step of filing: seals the identity, or that there is none, and splits its key.

    The caller holds the transaction; the chosen guardians get the shares. With fewer than two no
    record is made, and a name is refused: that says nothing of the reporter, since with this
    accused nobody's name is kept.
    """
    if len(chosen) < FEWEST_GUARDIANS:
        if identity != Identity():
            raise Refused(
                "identity_not_kept",
                _(
                    "没有两位与被检举人无关的身份保管人，姓名和联系方式现在不能与检举内容分开保存。"
                    "请清空后再提交；需要时可以在往来中告诉受理人员。"
                ),
            )
        return
    pair = new_key_pair()
    # Spaces up to one length in bytes: the sealed record does not tell whether there is a name.
    record = {
        "name": _padded(identity.name, LONGEST_NAME),
        "contact": _padded(identity.contact, LONGEST_CONTACT),
    }
    row = IdentityRecord.objects.create(report=report, sealed=seal_record(pair.public, record))
    IdentityShare.objects.bulk_create(
        IdentityShare(
            identity=row,
            guardian=guardian,
            number=share.number,
            sealed_share=seal(bytes(guardian.public_key), share.points),
        )
        for guardian, share in zip(chosen, split(pair.private, len(chosen)), strict=True)
    )


@transaction.atomic
def request_identity(report: Report, purpose: str, *, by: Reader, at: datetime) -> IdentityRequest:
    """Asks the guardians for the identity, for one purpose; the same whether there is a name."""
    locked_report = lock_report(report)
    key_ring(locked_report, by)
    if by.officer is None:
        raise NotAllowed()
    if not purpose.strip():
        raise Invalid("purpose_missing", _("请填写查询目的。"))
    identity = IdentityRecord.objects.filter(report=locked_report).first()
    shares = list(identity.shares.exclude(guardian=by.officer)) if identity else []
    if identity is None or len(shares) < FEWEST_GUARDIANS:
        raise Refused("too_few_guardians", _("没有两位可以决定的身份保管人，不能查询身份。"))
    _end_refused_request(identity, by.officer, at)
    request = IdentityRequest.objects.create(identity=identity, requester=by.officer, at=at)
    IdentityDecision.objects.bulk_create(
        IdentityDecision(
            request=request,
            guardian=share.guardian,
            number=share.number,
            sealed_purpose=seal_record(
                bytes(share.guardian.public_key), {"purpose": purpose.strip(), "by": by.name}
            ),
        )
        for share in shares
    )
    _log(locked_report, "request_identity", purpose, by, at)
    return request


@transaction.atomic
def decide_identity(
    decision: IdentityDecision, reason: str, *, approved: bool, by: Reader, at: datetime
) -> None:
    """Gives the guardian's share to the requester, or refuses it; the reason stays in the log."""
    locked_report, locked_decision = _lock_decision(decision, by)
    request = locked_decision.request
    if locked_decision.approved is not None or request.withdrawn_at is not None:
        raise Refused("already_decided", _("该申请已决定或者已撤回。"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写原因。"))
    if approved:
        share = request.identity.shares.get(guardian=locked_decision.guardian)
        points = open_sealed(by.private_key, bytes(share.sealed_share))
        locked_decision.resealed_share = seal(bytes(request.requester.public_key), points)
    locked_decision.approved, locked_decision.decided_at = approved, at
    _keep_reason(locked_decision, "decided", reason, by)
    locked_decision.save()
    _log(locked_report, "approve_identity" if approved else "refuse_identity", reason, by, at)


@transaction.atomic
def withdraw_identity(decision: IdentityDecision, reason: str, *, by: Reader, at: datetime) -> None:
    """Takes a granted request back: the shares given for it are deleted."""
    locked_report, locked_decision = _lock_decision(decision, by)
    request = locked_decision.request
    if not locked_decision.approved or request.withdrawn_at is not None:
        raise Refused("nothing_to_withdraw", _("该申请没有可以撤回的同意。"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写原因。"))
    request.decisions.update(resealed_share=b"")
    _keep_reason(locked_decision, "withdrawn", reason, by)
    locked_decision.save(update_fields=["sealed_reasons"])
    request.withdrawn_at = at
    request.save(update_fields=["withdrawn_at"])
    _log(locked_report, "withdraw_identity", reason, by, at)


@transaction.atomic
def open_identity(report: Report, *, by: Reader, at: datetime) -> Identity:
    """Returns the identity to the one person to whom two guardians gave it; each look is logged.

    Raises NotFound for everybody else, the guardians included.
    """
    locked_report = lock_report(report)
    key_ring(locked_report, by)
    request = IdentityRequest.objects.filter(
        identity__report=locked_report, requester=by.officer, withdrawn_at=None
    ).first()
    granted = list(request.decisions.filter(approved=True)[:FEWEST_GUARDIANS]) if request else []
    if request is None or len(granted) < FEWEST_GUARDIANS:
        raise NotFound()
    private_key = combine(
        [
            Share(row.number, open_sealed(by.private_key, bytes(row.resealed_share)))
            for row in granted
        ]
    )
    record = open_record(private_key, bytes(request.identity.sealed))
    _log(locked_report, "open_identity", "", by, at)
    return Identity(str(record["name"]).strip(), str(record["contact"]).strip())


def _end_refused_request(identity: IdentityRecord, officer: Officer, at: datetime) -> None:
    """Ends the officer's earlier request where too many guardians refused it; the history stays.

    A step of asking; the caller holds the report's lock. Refuses while it can still be granted.
    """
    earlier = identity.requests.filter(requester=officer, withdrawn_at=None).first()
    if earlier is None:
        return
    if earlier.decisions.exclude(approved=False).count() >= FEWEST_GUARDIANS:
        raise Refused("already_requested", _("您已申请过，请等待身份保管人决定。"))
    earlier.decisions.update(resealed_share=b"")
    earlier.withdrawn_at = at
    earlier.save(update_fields=["withdrawn_at"])


def _lock_decision(decision: IdentityDecision, by: Reader) -> tuple[Report, IdentityDecision]:
    """Locks the report and a decision on its identity; raises NotAllowed for anybody but the
    decision's guardian.
    """
    if by.officer is None or decision.guardian_id != by.officer.pk:
        raise NotAllowed()
    # The report first: whoever withdraws or decides at the same moment is seen afterwards.
    report = _lock_report_of(decision.request)
    rows = IdentityDecision.objects.select_for_update(of=("self",)).select_related("request")
    return report, rows.get(pk=decision.pk)


def _lock_report_of(request: IdentityRequest) -> Report:
    """Locks the report of a request; refuses where it was destroyed meanwhile."""
    report = request.identity.report
    if report is None:
        raise Refused("case_destroyed", _("该案件已过保存期限，身份已销毁。"))
    return lock_report(report)


def _keep_reason(decision: IdentityDecision, name: str, reason: str, by: Reader) -> None:
    """Adds a reason to those sealed to the guardian, which stay when the case log is destroyed."""
    reasons = reasons_of(decision, by) | {name: reason.strip()}
    decision.sealed_reasons = seal_record(bytes(decision.guardian.public_key), reasons)


def _log(report: Report, kind: str, text: str, by: Reader, at: datetime) -> None:
    """Appends to the auditors' file; a guardian may write there without being able to read it."""
    append(report, KeyPurpose.FILE, kind, {"text": text.strip()}, by=by.name, at=at)


def _padded(text: str, characters: int) -> str:
    """Returns the text with spaces up to the longest length in bytes that it may have."""
    return text[:characters] + " " * (4 * characters - len(text[:characters].encode()))
