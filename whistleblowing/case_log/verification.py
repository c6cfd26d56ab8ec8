"""Proves the chain of every case log without a key: the digests are taken over what is sealed."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from whistleblowing.case_log.entries import FIRST_DIGEST, digest_of, replacement_digest
from whistleblowing.models import CaseEntry


def broken_entries() -> Iterator[CaseEntry]:
    """Yields the first entry of each report's log at which the chain breaks."""
    rows = CaseEntry.objects.order_by("report_id", "number").iterator()
    for _report_id, entries in groupby(rows, key=lambda entry: entry.report_id):
        broken = _first_broken(list(entries))
        if broken is not None:
            yield broken


def _first_broken(log: Sequence[CaseEntry]) -> CaseEntry | None:
    """Returns the first entry that is not what the chain says.

    What was redacted keeps its digest; a later entry vouches for what stands there now.
    """
    vouched = {entry.replaces: entry.replaced_digest for entry in log if entry.replaces}
    digest = FIRST_DIGEST
    for number, entry in enumerate(log, start=1):
        if number in vouched:
            is_whole = vouched[number] == replacement_digest(entry, digest)
            digest = entry.digest
        else:
            digest = digest_of(entry, digest)
            is_whole = entry.digest == digest
        if entry.number != number or not is_whole:
            return entry
    return None
