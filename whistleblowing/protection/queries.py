"""What a protection officer sees: the people watched, what changed for them, what was judged.

Personnel enter changes in the organisation chart for everybody alike. Only with the officer's key
can the two be brought together, so nothing in the chart or in the tables says who is watched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from office.models import Appointment, PostTerm
from whistleblowing.keys.report_keys import Reader
from whistleblowing.keys.sealing import open_record, open_sealed
from whistleblowing.models import Watch, WatchShare


@dataclass(frozen=True)
class Change:
    """A change for a person: an appointment that began or ended, with the post and the reason."""

    day: date
    post: str
    reason: str = ""
    ended: bool = False


@dataclass(frozen=True)
class WatchedPerson:
    """A watch as its officer reads it; `is_new` says that changes came after the last note."""

    watch: Watch
    name: str
    role: str
    notes: list[tuple[datetime, str, str]]
    changes: list[Change]
    is_new: bool


def watched_people(reader: Reader, today: date) -> list[WatchedPerson]:
    """Returns the people whom the officer watches, those with new changes first."""
    shares = (
        WatchShare.objects.filter(officer=reader.officer, watch__last_day__gte=today)
        .select_related("watch")
        .prefetch_related("watch__notes")
    )
    people = [_opened(share, reader, today) for share in shares]
    return sorted(people, key=lambda person: (not person.is_new, person.watch.last_day))


def _opened(share: WatchShare, reader: Reader, today: date) -> WatchedPerson:
    private_key = open_sealed(reader.private_key, bytes(share.sealed))
    notes = list(share.watch.notes.all())
    records = [open_record(private_key, bytes(note.sealed)) for note in notes]
    first: dict[str, Any] = records[0]
    changes = changes_of(first["people"], share.watch.first_day, today)
    seen = int(records[-1].get("seen", 0))
    return WatchedPerson(
        share.watch,
        str(first["name"]),
        str(first["role"]),
        [
            (note.at, str(record["by"]), str(record["text"]))
            for note, record in zip(notes, records, strict=True)
        ],
        changes,
        len(changes) > seen,
    )


def changes_of(people: Iterable[int], since: date, today: date) -> list[Change]:
    """Returns what began or ended for people after a day and until today, the latest first."""
    rows = Appointment.objects.filter(person__in=list(people)).filter(
        Q(first_day__gt=since) | Q(last_day__gte=since)
    )
    changes = []
    for row in rows.select_related("post"):
        if since < row.first_day <= today:
            changes.append(Change(row.first_day, _post_name(row, row.first_day)))
        if row.last_day is not None and since <= row.last_day <= today:
            post = _post_name(row, row.last_day)
            changes.append(Change(row.last_day, post, row.reason, ended=True))
    return sorted(changes, key=lambda change: change.day, reverse=True)


def _post_name(row: Appointment, day: date) -> str:
    term = PostTerm.objects.filter(post=row.post, first_day__lte=day).order_by("first_day").last()
    return term.name if term else row.post.code
