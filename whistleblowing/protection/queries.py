"""What a protection officer sees: the people watched, what changed for them, what was judged.

Personnel enter changes in the organisation chart for everybody alike. Only with the officer's key
can the two be brought together, so nothing in the chart or in the tables says who is watched.
The same holds for outside partners and what the suppliers' desks enter of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.language import Text
from office.models import Appointment, PostTerm
from whistleblowing.integrity.partners import partner_records
from whistleblowing.keys.report_keys import Reader
from whistleblowing.keys.sealing import open_record, open_sealed
from whistleblowing.models import Officer, Watch, WatchShare
from whistleblowing.protection import rules
from whistleblowing.words import ProtectedRole, WatchedChange

_BEGAN: Text = _("任职")
_ENDED: Text = _("离任")
_POST_CHANGED: Text = _("岗位调整")


@dataclass(frozen=True)
class Change:
    """A change for a person: what kind, on which post (empty for what was entered), and why."""

    day: date
    what: Text
    post: str
    reason: str = ""


@dataclass(frozen=True)
class WatchedPerson:
    """A watch as its officer reads it.

    `is_new` says that changes came after the last judgement, `ask_on` when the officer must ask the
    person again, and `must_ask` that this day has come. `successors` could share the watch.
    `is_recorded` says whether the chart or the suppliers' desks have anybody of the name; whom they
    do not have is watched by questions alone.
    """

    watch: Watch
    name: str
    role: Text
    notes: list[tuple[datetime, str, str]]
    changes: list[Change]
    is_new: bool
    ask_on: date
    must_ask: bool
    successors: list[Officer]
    is_recorded: bool = True


def protection_officers() -> list[Officer]:
    """Returns the officers to whom watches can be sealed."""
    officers = Officer.objects.filter(
        protects_reporters=True, dismissed_at=None, keyed_at__isnull=False
    )
    return list(officers.select_related("user").order_by("pk"))


def watched_people(reader: Reader, today: date) -> list[WatchedPerson]:
    """Returns the people whom the officer watches, those who need attention first."""
    shares = (
        WatchShare.objects.filter(officer=reader.officer, watch__last_day__gte=today)
        .select_related("watch")
        .prefetch_related("watch__notes", "watch__shares")
    )
    officers = protection_officers()
    people = [_opened(share, reader, officers, today) for share in shares]
    return sorted(
        people, key=lambda person: (not (person.is_new or person.must_ask), person.ask_on)
    )


def _opened(
    share: WatchShare, reader: Reader, officers: Iterable[Officer], today: date
) -> WatchedPerson:
    private_key = open_sealed(reader.private_key, bytes(share.sealed))
    watch = share.watch
    having = {each.officer_id for each in watch.shares.all()}
    notes = list(watch.notes.all())
    records = [open_record(private_key, bytes(note.sealed)) for note in notes]
    first = records[0]
    people, partners = first["people"], first.get("partners", [])
    changes = [
        *changes_of(people, watch.first_day, today),
        *_of_partners(partners, watch.first_day, today),
        *_entered(records),
    ]
    judged = [
        (business_date(note.at), int(record["seen"]))
        for note, record in zip(notes, records, strict=True)
        if "seen" in record
    ]
    last_judged, seen = judged[-1] if judged else (watch.first_day, 0)
    ask_on = rules.asked_again_on(last_judged, watch.last_day)
    return WatchedPerson(
        watch,
        str(first["name"]),
        _role_name(str(first["role"])),
        [
            (note.at, str(record["by"]), str(record["text"]))
            for note, record in zip(notes, records, strict=True)
            if "kind" not in record
        ],
        sorted(changes, key=lambda change: change.day, reverse=True),
        is_new=len(changes) > seen,
        ask_on=ask_on,
        must_ask=ask_on <= today,
        successors=[officer for officer in officers if officer.pk not in having],
        is_recorded=bool(people or partners),
    )


def changes_of(people: Iterable[int], since: date, today: date) -> list[Change]:
    """Returns what the chart says began, ended or changed for people after a day and until today.

    A post that is changed under its holder, such as to a lower rank, counts like a new one.
    """
    rows = Appointment.objects.filter(person__in=list(people)).filter(
        Q(last_day__gte=since) | Q(last_day=None)
    )
    changes = []
    for row in rows.select_related("post"):
        terms = list(PostTerm.objects.filter(post=row.post).order_by("first_day"))
        if since < row.first_day <= today:
            changes.append(Change(row.first_day, _BEGAN, _name_on(terms, row, row.first_day)))
        if row.last_day is not None and since <= row.last_day <= today:
            post = _name_on(terms, row, row.last_day)
            changes.append(Change(row.last_day, _ENDED, post, row.reason))
        end = min(row.last_day or today, today)
        changes += [
            Change(new.first_day, _POST_CHANGED, f"{_term_name(old)} → {_term_name(new)}")
            for old, new in pairwise(terms)
            if max(since, row.first_day) < new.first_day <= end
        ]
    return changes


def _of_partners(partners: Sequence[int], since: date, today: date) -> list[Change]:
    """Returns what the suppliers' desks say ended or became less for partners."""
    if not partners:
        return []
    return [
        Change(dealing.day, dealing.what, dealing.subject, dealing.reason)
        for dealing in partner_records().dealings(partners, since, today)
    ]


def _role_name(role: str) -> Text:
    """Returns as what somebody is protected; earlier notes have the words instead of the key."""
    return ProtectedRole(role).label if role in ProtectedRole.values else role


def _entered(records: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Returns the changes that protection officers entered."""
    return [
        Change(
            date.fromisoformat(record["day"]),
            WatchedChange(record["kind"]).label,
            "",
            str(record["text"]),
        )
        for record in records
        if "kind" in record
    ]


def _name_on(terms: Sequence[PostTerm], row: Appointment, day: date) -> str:
    term = next((each for each in reversed(terms) if each.first_day <= day), None)
    return term.name if term else row.post.code


def _term_name(term: PostTerm) -> str:
    return f"{term.name}（{term.get_rank_display()}）"
