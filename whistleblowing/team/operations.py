"""The team of a report: who gets its keys, from whom, and who loses them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.refusals import Invalid, NotAllowed, Refused
from whistleblowing.case_log.entries import append, opened_entries
from whistleblowing.keys.report_keys import (
    KeyRing,
    Reader,
    issue_keys,
    key_ring,
    lock_report,
    newest_key,
    readers_of,
)
from whistleblowing.keys.sealing import seal
from whistleblowing.models import Officer, Report, SealedKey
from whistleblowing.routing.readers import is_involved
from whistleblowing.words import KeyPurpose


@transaction.atomic
def grant_access(report: Report, officer: Officer, *, by: Reader, at: datetime) -> None:
    """Seals every key that the granting reader holds to another officer.

    Raises NotFound for who holds none. Granted twice at once, the second is refused. Whom routing
    would not choose is not let in either.
    """
    # Grants and removals change who gets the next key: one after the other.
    locked_report = lock_report(report)
    ring = key_ring(locked_report, by)
    if by.officer is None:
        raise NotAllowed()
    if not officer.public_key or officer.dismissed_at is not None:
        raise Refused(
            "officer_without_key", _("%(officer)s还没有设定口令，不能授权。"), officer=str(officer)
        )
    _refuse_involved(officer, ring, at)
    if SealedKey.objects.filter(officer=officer, key__report=locked_report).exists():
        raise Refused("already_reader", _("%(officer)s已在办案组。"), officer=str(officer))
    SealedKey.objects.bulk_create(
        SealedKey(key_id=key_id, officer=officer, sealed=seal(bytes(officer.public_key), private))
        for key_id, private in ring.private_keys.items()
    )
    append(
        locked_report,
        KeyPurpose.FILE,
        "grant_access",
        {"text": str(officer)},
        by=by.name,
        at=at,
    )


@transaction.atomic
def remove_reader(
    report: Report, officer: Officer, reason: str, *, by: Reader, at: datetime
) -> None:
    """Takes an officer's keys of a report and seals what follows to new ones.

    Officers remove themselves the same way: a recusal with its reason. The last reader stays, or
    nobody could read the report any more.
    """
    locked_report = lock_report(report)
    key_ring(locked_report, by)
    if by.officer is None:
        raise NotAllowed()
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写原因。"))
    readers = readers_of(locked_report)
    remaining = [reader for reader in readers if reader.pk != officer.pk]
    if len(remaining) == len(readers):
        raise Refused("not_a_reader", _("%(officer)s不在办案组。"), officer=str(officer))
    if not remaining:
        raise Refused("last_reader", _("最后一位办案人员不能退出，请先授权他人。"))
    kind = "recuse" if officer.pk == by.officer.pk else "remove_reader"
    content = {"text": f"{officer}：{reason.strip()}"}
    SealedKey.objects.filter(officer=officer, key__report=locked_report).delete()
    generation = newest_key(locked_report, KeyPurpose.FILE).generation + 1
    issue_keys(locked_report, remaining, generation=generation, at=at)
    # Written with the new key: the reason is not for who was removed.
    append(locked_report, KeyPurpose.FILE, kind, content, by=by.name, at=at)


def _refuse_involved(officer: Officer, ring: KeyRing, at: datetime) -> None:
    """Refuses an officer who is accused, above or beside the accused, or related to them."""
    filed = next((entry for entry in opened_entries(ring) if entry.kind == "file_report"), None)
    # Who cannot open by what the report was filed cannot say who is involved.
    if filed is None or is_involved(officer, filed.content, at):
        raise Refused(
            "officer_involved",
            _("%(officer)s与被检举人有隶属、同部门或申报的利益关系，不能参与办理。"),
            officer=str(officer),
        )
