"""What reporters do with their receipt."""

from datetime import datetime

from django.db import transaction

from whistleblowing.case_log.entries import append
from whistleblowing.keys.receipts import key_of_receipt, new_receipt
from whistleblowing.keys.report_keys import Reader, key_ring, lock_report
from whistleblowing.keys.sealing import seal
from whistleblowing.models import Report, SealedKey
from whistleblowing.words import KeyPurpose


def renew_receipt(report: Report, *, by: Reader, at: datetime) -> str:
    """Gives a report a new receipt and returns it; the old one opens nothing any more.

    Raises NotFound for whoever does not hold the old one. Keys are sealed to the new receipt only.
    """
    receipt = new_receipt()
    receipt_key = key_of_receipt(receipt)
    with transaction.atomic():
        # The operator and the caller may use a one-time receipt at the same moment: one wins.
        locked_report = lock_report(report)
        ring = key_ring(locked_report, by)
        for row in SealedKey.objects.filter(officer=None, key__report=locked_report):
            row.sealed = seal(receipt_key.public, ring.private_keys[row.key_id])
            row.save(update_fields=["sealed"])
        locked_report.receipt_key = receipt_key.public
        locked_report.one_time_receipt = False
        locked_report.save(update_fields=["receipt_key", "one_time_receipt"])
        append(locked_report, KeyPurpose.TALK, "renew_receipt", {"text": ""}, by="", at=at)
    return receipt
