"""Proves the chain of every case log without a key: the digests are taken over what is sealed."""

from collections.abc import Iterator
from itertools import groupby

from whistleblowing.case_log.entries import FIRST_DIGEST, digest_of
from whistleblowing.models import CaseEntry


def broken_entries() -> Iterator[CaseEntry]:
    """Yields the first entry of each report's log at which the chain breaks."""
    rows = CaseEntry.objects.order_by("report_id", "number").iterator()
    for _report_id, entries in groupby(rows, key=lambda entry: entry.report_id):
        digest = FIRST_DIGEST
        for number, entry in enumerate(entries, start=1):
            digest = digest_of(entry, digest)
            if entry.number != number or entry.digest != digest:
                yield entry
                break
