"""A watch begins with a report, is judged more than once, and ends after 24 months."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.models import Person
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from whistleblowing.case_log.entries import append, opened_entries
from whistleblowing.integrity.partners import partner_records
from whistleblowing.keys.report_keys import Reader, key_ring, lock_report
from whistleblowing.keys.sealing import new_key_pair, open_sealed, seal, seal_record
from whistleblowing.models import Officer, Report, Watch, WatchNote, WatchShare
from whistleblowing.protection.queries import protection_officers
from whistleblowing.protection.rules import watched_until
from whistleblowing.routing.readers import not_involved
from whistleblowing.words import KeyPurpose, ProtectedRole, WatchedChange


@dataclass(frozen=True)
class Protected:
    """Whom a watch is for: the name, as what (`ProtectedRole`), and what protects them."""

    name: str
    role: str
    measures: str


@dataclass(frozen=True)
class EnteredChange:
    """What happened to a protected person and when, as the protection officer heard of it."""

    kind: str
    day: date
    words: str


@transaction.atomic
def begin_watch(report: Report, protected: Protected, *, by: Reader, at: datetime) -> Watch:
    """Begins a watch of 24 months over a named reporter, a helper or an outside partner.

    Only the protection officers can read it, and they need hold no key of the report. The case log
    says that there is a watch, not over whom: the team may not know the name. Everybody of the name
    is watched.
    """
    locked_report = lock_report(report)
    ring = key_ring(locked_report, by)
    if by.officer is None:
        raise NotAllowed()
    name = "".join(protected.name.split())
    if not name or not protected.measures.strip() or protected.role not in ProtectedRole.values:
        raise Invalid("watch_incomplete", _("请选择身份，填写受保护人的姓名或者名称和保护措施。"))
    filed = next((each for each in opened_entries(ring) if each.kind == "file_report"), None)
    officers = not_involved(protection_officers(), filed.content, at) if filed else []
    if not officers:
        raise Refused("no_protection_officer", _("没有可以负责的保护专员，请先任命。"))
    today = business_date(at)
    pair = new_key_pair()
    watch = Watch.objects.create(
        public_key=pair.public, first_day=today, last_day=watched_until(today)
    )
    WatchShare.objects.bulk_create(
        WatchShare(
            watch=watch, officer=officer, sealed=seal(bytes(officer.public_key), pair.private)
        )
        for officer in officers
    )
    facts = {"name": name, "role": protected.role, **_recorded(protected.role, name)}
    _note(watch, protected.measures, by=by, at=at, **facts)
    text = "已开始一项二十四个月的保护观察。"
    append(locked_report, KeyPurpose.FILE, "begin_watch", {"text": text}, by=by.name, at=at)
    return watch


@transaction.atomic
def record_change(watch: Watch, change: EnteredChange, *, by: Reader, at: datetime) -> None:
    """Enters what the organisation chart does not have, such as pay, appraisal or a contract.

    It is new for every protection officer of the watch until it is judged. No line in the journal:
    the sealed note stays in the watch.
    """
    locked_watch = _lock_watch(watch, by)
    if change.kind not in WatchedChange.values:
        raise Invalid("change_kind_missing", _("请选择发生了什么。"))
    if not change.words.strip():
        raise Invalid("change_unexplained", _("请填写经过。"))
    if not locked_watch.first_day <= change.day <= business_date(at):
        raise Invalid("change_day_wrong", _("日期应在保护观察开始之后、今天或者以前。"))
    facts = {"kind": change.kind, "day": change.day.isoformat()}
    _note(locked_watch, change.words, by=by, at=at, **facts)


@transaction.atomic
def judge_retaliation(watch: Watch, text: str, seen: int, *, by: Reader, at: datetime) -> None:
    """Records how the protection officer judges what changed, and what is done about it.

    `seen` is how many changes were on the screen: those that come later are new.

    No line in the journal: the note itself stays in the watch.
    """
    locked_watch = _lock_watch(watch, by)
    if not text.strip():
        raise Invalid("judgement_missing", _("请填写判断和措施。"))
    _note(locked_watch, text, by=by, at=at, seen=seen)


@transaction.atomic
def share_watch(watch: Watch, officer: Officer, *, by: Reader, at: datetime) -> None:
    """Seals a watch to another protection officer, such as before the own duty ends.

    No line in the journal: a note in the watch says to whom it was given.
    """
    locked_watch = _lock_watch(watch, by)
    if officer not in protection_officers():
        raise Refused(
            "no_protection_officer", _("%(officer)s不是保护专员，不能接手。"), officer=str(officer)
        )
    if locked_watch.shares.filter(officer=officer).exists():
        raise Refused("already_shared", _("%(officer)s已能看到。"), officer=str(officer))
    share = locked_watch.shares.get(officer=by.officer)
    private_key = open_sealed(by.private_key, bytes(share.sealed))
    WatchShare.objects.create(
        watch=locked_watch, officer=officer, sealed=seal(bytes(officer.public_key), private_key)
    )
    _note(locked_watch, f"交给{officer}共同保护。", by=by, at=at)


def end_watches(today: date) -> int:
    """A step of the nightly task: deletes watches that are over; returns how many."""
    over = Watch.objects.filter(last_day__lt=today)
    WatchNote.objects.filter(watch__in=over).delete()
    WatchShare.objects.filter(watch__in=over).delete()
    return over.delete()[0]


def _recorded(role: str, name: str) -> dict[str, list[int]]:
    """Returns everybody of the name in the organisation chart, or all partners of the name."""
    if role == ProtectedRole.PARTNER:
        return {"people": [], "partners": partner_records().named(name)}
    people = Person.objects.filter(name=name).order_by("pk")
    return {"people": list(people.values_list("pk", flat=True)), "partners": []}


def _lock_watch(watch: Watch, by: Reader) -> Watch:
    """Locks a watch; raises NotFound for whom it is not sealed to."""
    # Two officers may judge the same change at one moment: both notes stay, in order.
    locked_watch = Watch.objects.select_for_update(of=("self",)).get(pk=watch.pk)
    if by.officer is None:
        raise NotAllowed()
    if not locked_watch.shares.filter(officer=by.officer).exists():
        raise NotFound()
    return locked_watch


def _note(watch: Watch, text: str, *, by: Reader, at: datetime, **facts: object) -> None:
    record = {"text": text.strip(), "by": by.name, **facts}
    WatchNote.objects.create(
        watch=watch, sealed=seal_record(bytes(watch.public_key), record), at=at
    )
