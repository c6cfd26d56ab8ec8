"""Officers: appointed, given a key by a passphrase of their own, unlocked, dismissed."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.models import User
from office.refusals import Invalid, NotAllowed, Refused
from whistleblowing.keys.open_keys import close_all_of
from whistleblowing.keys.report_keys import Reader
from whistleblowing.keys.sealing import (
    Cost,
    WrongKey,
    derive_key,
    new_key_pair,
    unlock,
)
from whistleblowing.models import Officer
from whistleblowing.officers.escrow import lay_shares
from whistleblowing.officers.events import note
from whistleblowing.officers.passphrases import check_passphrase, lock_by_passphrase
from whistleblowing.words import EventKind

# After so many wrong passphrases each further one doubles the wait, up to an hour.
FREE_TRIES = 3
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Duties:
    """What an officer is for: which reports, others' deadlines, shares of keys, watches."""

    takes_reports: bool = False
    takes_leader_reports: bool = False
    watches_deadlines: bool = False
    guards_identity: bool = False
    holds_escrow: bool = False
    protects_reporters: bool = False


@transaction.atomic
def found_desk(person: User, *, by: str, at: datetime) -> Officer:
    """Appoints the first officer, from the server's console.

    Refused as soon as there is one: further officers are appointed by officers. No permission:
    whoever may run commands on the server may found the desk of an empty table, and reads nothing
    by it that was there before.
    """
    if Officer.objects.select_for_update(of=("self",)).filter(dismissed_at=None).exists():
        raise Refused("desk_is_founded", _("已有检举工作人员，请由其在审计工作台任命其他人员。"))
    officer = _appoint(person, Duties(takes_reports=True), at)
    note(EventKind.OFFICER_APPOINTED, officer, concerned=officer, at=at)
    return officer


@transaction.atomic
def appoint_officer(person: User, duties: Duties, *, by: Reader, at: datetime) -> Officer:
    """Appoints an officer, who then sets a passphrase; no key of any report comes with it.

    Who was dismissed before comes back with the own passphrase and the keys that nobody took:
    otherwise a report of which that officer is the last reader would be lost.
    """
    officer_in_charge = _authorise(by)
    _refuse_below(officer_in_charge, leads=duties.takes_leader_reports)
    if not person.is_active or not person.is_staff:
        raise Invalid("not_staff", _("%(person)s不是在职员工。"), person=person.display_name)
    earlier = Officer.objects.select_for_update(of=("self",)).filter(user=person).first()
    if earlier is None:
        officer = _appoint(person, duties, at)
    elif earlier.dismissed_at is None:
        raise Refused("already_appointed", _("%(person)s已经任命。"), person=person.display_name)
    else:
        officer = _appoint_again(earlier, duties)
    note(EventKind.OFFICER_APPOINTED, officer_in_charge, concerned=officer, at=at)
    return officer


def _appoint(person: User, duties: Duties, at: datetime) -> Officer:
    return Officer.objects.create(user=person, appointed_at=at, **asdict(duties))


def _appoint_again(officer: Officer, duties: Duties) -> Officer:
    """Gives a dismissed officer duties again. A step of appointing; the row is locked."""
    officer.dismissed_at = None
    for name, value in asdict(duties).items():
        setattr(officer, name, value)
    officer.save(update_fields=["dismissed_at", *asdict(duties)])
    return officer


def _authorise(by: Reader) -> Officer:
    """Returns the officer; raises NotAllowed for who receives no reports."""
    if by.officer is None or not by.officer.receives:
        raise NotAllowed()
    return by.officer


def _refuse_below(officer: Officer, *, leads: bool) -> None:
    """Refuses who does not take reports on leaders, where it is about an officer who does.

    Otherwise an auditor could shut out the people to whom a report on the auditor's own superiors
    goes, or put a friend there. The first one is appointed by whoever takes everyday reports.
    """
    others = Officer.objects.filter(
        takes_leader_reports=True, dismissed_at=None, user__is_active=True
    )
    if leads and not officer.takes_leader_reports and others.exists():
        raise Refused(
            "leaders_officers_go_above",
            _("接收对集团领导的检举的人员，只能由同样职责的人员任命或者免去。"),
        )


@transaction.atomic
def set_first_passphrase(officer: Officer, passphrase: str, *, by: User, at: datetime) -> bytes:
    """Makes the officer's key pair, locks it by the passphrase and returns the private key."""
    locked_officer = _lock_own(officer, by)
    if locked_officer.public_key:
        raise Refused("has_key", _("您已设定过口令，请直接解锁。"))
    check_passphrase(passphrase)
    pair = new_key_pair()
    locked_officer.public_key, locked_officer.keyed_at = pair.public, at
    lock_by_passphrase(locked_officer, pair.private, passphrase)
    locked_officer.save()
    lay_shares(locked_officer, pair.private)
    note(EventKind.KEYS_CREATED, locked_officer, at=at)
    return pair.private


@transaction.atomic
def change_passphrase(officer: Officer, old: str, new: str, *, by: User, at: datetime) -> None:
    """Locks the same private key by a new passphrase; every open key of the officer closes."""
    locked_officer = _lock_own(officer, by)
    try:
        private_key = _private_key_of(locked_officer, old)
    except WrongKey:
        raise Invalid("passphrase_wrong", _("原口令不正确。")) from None
    check_passphrase(new)
    lock_by_passphrase(locked_officer, private_key, new)
    locked_officer.save()
    close_all_of(locked_officer)
    note(EventKind.PASSPHRASE_CHANGED, locked_officer, at=at)


def unlock_key(officer: Officer, passphrase: str, *, by: User, at: datetime) -> bytes:
    """Returns the officer's private key; a wrong passphrase makes the next try wait.

    The count of wrong tries is committed before the refusal, which would roll it back.
    """
    with transaction.atomic():
        locked_officer = _lock_own(officer, by)
        if locked_officer.blocked_until is not None and at < locked_officer.blocked_until:
            raise Refused("wait", _("口令多次错误，请稍后再试。"), status=429)
        private_key = _try_passphrase(locked_officer, passphrase, at)
        if private_key is not None:
            # Holders may have been appointed since the passphrase was set.
            lay_shares(locked_officer, private_key)
        note(EventKind.UNLOCKED if private_key else EventKind.UNLOCK_FAILED, locked_officer, at=at)
    if private_key is None:
        raise Invalid("passphrase_wrong", _("口令不正确。口令遗失时只能由两位密钥托管人共同恢复。"))
    return private_key


def _try_passphrase(officer: Officer, passphrase: str, at: datetime) -> bytes | None:
    """Returns the private key or None; counts wrong tries. The caller holds the lock."""
    private_key: bytes | None
    try:
        private_key = _private_key_of(officer, passphrase)
        officer.failed_unlocks, officer.blocked_until = 0, None
    except WrongKey:
        private_key = None
        officer.failed_unlocks += 1
        if (beyond := officer.failed_unlocks - FREE_TRIES) >= 0:
            wait = min(timedelta(seconds=30) * 2 ** min(beyond, 10), LONGEST_WAIT)
            officer.blocked_until = at + wait
    officer.save(update_fields=["failed_unlocks", "blocked_until"])
    return private_key


def _private_key_of(officer: Officer, passphrase: str) -> bytes:
    key = derive_key(passphrase, bytes(officer.salt), Cost(officer.operations, officer.memory))
    return unlock(key, bytes(officer.locked_private_key))


@transaction.atomic
def dismiss_officer(officer: Officer, *, by: Reader, at: datetime) -> None:
    """Ends an officer's duty: nothing new is sealed to them and the open keys close.

    Keys of reports they hold are taken by removing them from each (`team`).
    """
    officer_in_charge = _authorise(by)
    if officer_in_charge.pk == officer.pk:
        raise Refused("own_dismissal", _("不能免去自己，请由另一位检举工作人员办理。"))
    locked_officer = Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
    _refuse_below(officer_in_charge, leads=locked_officer.takes_leader_reports)
    if locked_officer.dismissed_at is not None:
        raise Refused("already_dismissed", _("该人员已免去。"))
    locked_officer.dismissed_at = at
    locked_officer.save(update_fields=["dismissed_at"])
    close_all_of(locked_officer)
    note(EventKind.OFFICER_DISMISSED, officer_in_charge, concerned=locked_officer, at=at)


def _lock_own(officer: Officer, by: User) -> Officer:
    """Locks the officer's row; raises NotAllowed unless the person unlocks for themselves."""
    locked_officer = Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
    if locked_officer.user_id != by.pk or locked_officer.dismissed_at is not None:
        raise NotAllowed()
    return locked_officer
