"""Keeping closed reports for their time, holding them longer, and destroying them."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.refusals import Invalid, NotAllowed, Refused
from whistleblowing.case_log.entries import append
from whistleblowing.keys.report_keys import Reader, key_ring, lock_report
from whistleblowing.models import (
    CaseEntry,
    Destruction,
    FilePiece,
    FindingsCopy,
    IdentityDecision,
    IdentityRecord,
    IdentityShare,
    Notice,
    OwedStep,
    Report,
    ReportKey,
    Retention,
    RetentionWarning,
    SealedFile,
    SealedKey,
)
from whistleblowing.retention.rules import is_over, warning_due
from whistleblowing.words import KeyPurpose


@transaction.atomic
def hold_report(report: Report, reason: str, *, by: Reader, at: datetime) -> Retention:
    """Stops the destruction of a closed report, such as for a lawsuit, until it is released."""
    retention = _lock_retention(report, by)
    if retention.held_at is not None:
        raise Refused("held_already", _("该案件已经保全。"))
    return _hold(retention, "hold_report", reason, at, by=by, at=at)


@transaction.atomic
def release_report(report: Report, reason: str, *, by: Reader, at: datetime) -> Retention:
    """Ends a legal hold; a report whose time is over is destroyed by the next night."""
    retention = _lock_retention(report, by)
    if retention.held_at is None:
        raise Refused("not_held", _("该案件没有保全。"))
    return _hold(retention, "release_report", reason, None, by=by, at=at)


def warn_and_destroy(*, by: str, at: datetime) -> int:
    """Announces the end 90, 30 and 7 days before, and destroys what is over and not held.

    Returns how many reports were destroyed. No permission: the clock does it (`by`). No line in
    the journal: warnings and the record of destruction stay.
    """
    today, destroyed = business_date(at), 0
    for key in list(Retention.objects.filter(held_at=None).values_list("report", flat=True)):
        with transaction.atomic():
            # The report first, as every operation does: words that are written at this moment come
            # before the end, or find nothing any more; so does a hold that is placed.
            Report.objects.select_for_update(of=("self",)).filter(pk=key).first()
            retention = (
                Retention.objects.select_for_update(of=("self",))
                .filter(report=key, held_at=None)
                .first()
            )
            if retention is None:
                continue
            if is_over(retention.last_day, today):
                _destroy(retention, at)
                destroyed += 1
            else:
                _warn(retention, at)
    return destroyed


def _hold(
    retention: Retention,
    kind: str,
    reason: str,
    held_at: datetime | None,
    *,
    by: Reader,
    at: datetime,
) -> Retention:
    """Sets or ends the hold and says why in the log. A step; the caller holds the locks."""
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写原因。"))
    retention.held_at = held_at
    retention.save(update_fields=["held_at"])
    append(retention.report, KeyPurpose.FILE, kind, {"text": reason.strip()}, by=by.name, at=at)
    return retention


def _lock_retention(report: Report, by: Reader) -> Retention:
    """Locks a report and its retention; raises NotFound for who holds no key of it."""
    locked_report = lock_report(report)
    if by.officer is None:
        raise NotAllowed()
    key_ring(locked_report, by)
    retention = Retention.objects.select_for_update(of=("self",)).filter(report=report).first()
    if retention is None:
        raise Refused("not_closed", _("案件结案后才有保存期限。"))
    return retention


def _warn(retention: Retention, at: datetime) -> None:
    warned_days = list(retention.warnings.values_list("days", flat=True))
    days = warning_due(retention.last_day, business_date(at), min(warned_days, default=None))
    if days is not None:
        RetentionWarning.objects.create(retention=retention, days=days, at=at)


def _destroy(retention: Retention, at: datetime) -> None:
    """Deletes everything of a report, content and keys. A step of the night; the retention is
    locked.
    """
    report, rule = retention.report, retention.rule
    with connection.cursor() as cursor:
        # The log's trigger lets go of this report's entries and of no others.
        cursor.execute("SELECT set_config('whistleblowing.destroying', %s, true)", [str(report.pk)])
    RetentionWarning.objects.filter(retention=retention).delete()
    retention.delete()
    Notice.objects.filter(owed_step__report=report).delete()
    OwedStep.objects.filter(report=report).delete()
    CaseEntry.objects.filter(report=report).delete()
    files = SealedFile.objects.filter(report=report)
    FilePiece.objects.filter(file_id__in=list(files.values_list("pk", flat=True))).delete()
    files.delete()
    FindingsCopy.objects.filter(report=report).delete()
    SealedKey.objects.filter(key__report=report).delete()
    ReportKey.objects.filter(report=report).delete()
    _destroy_identity(report)
    report.delete()
    Destruction.objects.create(rule=rule, at=at)


def _destroy_identity(report: Report) -> None:
    """Deletes the identity and its shares; who asked for it, when and why stays, without it."""
    identity = IdentityRecord.objects.filter(report=report).first()
    if identity is None:
        return
    IdentityShare.objects.filter(identity=identity).delete()
    if not identity.requests.exists():
        identity.delete()
        return
    IdentityDecision.objects.filter(request__identity=identity).update(resealed_share=b"")
    identity.report, identity.sealed = None, b""
    identity.save(update_fields=["report", "sealed"])
