"""Filing: a report is sealed to its readers and to a receipt in one transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.refusals import Refused
from whistleblowing.case_log.entries import append
from whistleblowing.clocks.promises import FROM_RECEIPT, begin_step
from whistleblowing.files.reading import check_uploads, keep_files
from whistleblowing.files.upload import SealedUpload
from whistleblowing.filing.queries import chosen_guardians, chosen_readers
from whistleblowing.identity.operations import Identity, seal_identity
from whistleblowing.keys.receipts import key_of_receipt, new_receipt
from whistleblowing.keys.report_keys import issue_keys
from whistleblowing.models import Report
from whistleblowing.words import KeyPurpose

ANYBODY = "reporter"


def file_report(
    facts: Mapping[str, Any],
    uploads: Sequence[SealedUpload],
    *,
    form_key: str,
    identity: Identity | None = None,
    by: str,
    at: datetime,
) -> str:
    """Seals a report and returns its receipt, which is shown once and stored nowhere.

    No permission: anybody may report. A form that is sent twice is refused the second time, and a
    name that two guardians who are not involved cannot keep. `by` is `ANYBODY`: nothing is known of
    the sender.
    """
    files = check_uploads(uploads)
    receipt = new_receipt()
    receipt_key = key_of_receipt(receipt)
    digest = hashlib.blake2b(form_key.encode(), digest_size=32).hexdigest()
    with transaction.atomic():
        readers, watcher = chosen_readers(facts, at)
        report, is_new = Report.objects.get_or_create(
            form_digest=digest,
            defaults={
                "receipt_key": receipt_key.public,
                "received_at": at,
                "watcher": watcher,
                # Whoever filled the form in for somebody else has seen the receipt.
                "one_time_receipt": bool(facts.get("channel")),
            },
        )
        if not is_new:
            raise Refused("sent_twice", _("这份检举已经收到，没有重复登记；查询凭证只显示一次。"))
        issue_keys(report, readers, generation=1, at=at)
        seal_identity(report, identity or Identity(), chosen_guardians(facts, at))
        ids = keep_files(report, files, KeyPurpose.TALK, at=at)
        append(report, KeyPurpose.TALK, "file_report", {**facts, "files": ids}, by="", at=at)
        for step in FROM_RECEIPT:
            begin_step(report, step, at=at)
    return receipt
