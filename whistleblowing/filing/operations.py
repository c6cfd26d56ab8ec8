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
from whistleblowing.keys.receipts import key_of_receipt, new_receipt
from whistleblowing.keys.report_keys import issue_keys
from whistleblowing.models import Officer, Report
from whistleblowing.words import KeyPurpose, Rank

ANYBODY = "reporter"


def file_report(
    facts: Mapping[str, Any],
    uploads: Sequence[SealedUpload],
    *,
    form_key: str,
    by: str,
    at: datetime,
) -> str:
    """Seals a report and returns its receipt, which is shown once and stored nowhere.

    No permission: anybody may report. A form that is sent twice is refused the second time. `by`
    is `ANYBODY`: nothing is known of the sender.
    """
    files = check_uploads(uploads)
    receipt = new_receipt()
    receipt_key = key_of_receipt(receipt)
    digest = hashlib.blake2b(form_key.encode(), digest_size=32).hexdigest()
    with transaction.atomic():
        readers = chosen_readers(Rank(facts["rank"]), str(facts["accused"]))
        report, is_new = Report.objects.get_or_create(
            form_digest=digest,
            defaults={
                "receipt_key": receipt_key.public,
                "received_at": at,
                "watcher": chosen_watcher(readers, str(facts["accused"])),
            },
        )
        if not is_new:
            raise Refused("sent_twice", _("这份检举已经收到，没有重复登记；查询凭证只显示一次。"))
        issue_keys(report, readers, generation=1, at=at)
        ids = keep_files(report, files, KeyPurpose.TALK, at=at)
        append(report, KeyPurpose.TALK, "file_report", {**facts, "files": ids}, by="", at=at)
        for step in FROM_RECEIPT:
            begin_step(report, step, at=at)
    return receipt


def chosen_readers(rank: Rank, accused: str) -> list[Officer]:
    """Returns the officers to whom a new report is sealed, chosen before anybody reads it.

    A report on a group leader goes to those above only; whoever bears the name of the accused is
    never chosen. Refused where nobody remains, with what else the reporter can do.
    """
    officers = Officer.objects.filter(dismissed_at=None, keyed_at__isnull=False)
    if rank is Rank.GROUP_LEADER:
        officers = officers.filter(takes_leader_reports=True)
    else:
        officers = officers.filter(takes_reports=True)
    readers = [
        officer for officer in officers.select_related("user") if not is_named(officer, accused)
    ]
    if not readers:
        raise Refused(
            "nobody_to_read",
            _("网上暂时没有可以受理这类检举的人员。请写信寄给董事会审计委员会，信封注明“亲启”。"),
        )
    return readers


def chosen_watcher(readers: Sequence[Officer], accused: str) -> Officer | None:
    """Returns an officer for what is overdue: neither a reader of the report nor accused in it."""
    watchers = Officer.objects.filter(
        watches_deadlines=True, dismissed_at=None, keyed_at__isnull=False
    ).exclude(pk__in=[reader.pk for reader in readers])
    return next(
        (officer for officer in watchers.select_related("user") if not is_named(officer, accused)),
        None,
    )


def is_named(officer: Officer, accused: str) -> bool:
    """Returns whether the accused may be this officer: the name stands in the words."""
    names = {officer.user.display_name, officer.user.get_full_name()}
    words = "".join(accused.split())
    return any(name and "".join(name.split()) in words for name in names)
