"""Check 3: a copy of everything opens nothing; grants, removal, passphrases and recovery."""

from datetime import timedelta

import pytest

from office.refusals import Invalid, NotAllowed, NotFound, Refused
from tests.whistleblowing.island_records import (
    NOON,
    PASSPHRASE,
    a_report,
    an_officer,
    reporter,
    signed_in,
)
from tests.whistleblowing.what_is_stored import every_row
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.keys.report_keys import Reader, key_ring, readers_of
from whistleblowing.models import KeyRecovery, OpenKey, SealedKey, SystemEvent
from whistleblowing.officers.operations import (
    Duties,
    change_passphrase,
    set_first_passphrase,
    unlock_key,
)
from whistleblowing.officers.recovery import approve_recovery, begin_recovery, finish_recovery
from whistleblowing.process.operations import add_note, write_as_reporter
from whistleblowing.team.operations import grant_access, remove_reader

pytestmark = pytest.mark.django_db
HOLDER = Duties(holds_escrow=True)
LATER = NOON + timedelta(hours=1)


def test_no_private_key_stands_in_any_table_even_while_it_is_open() -> None:
    head = an_officer()
    report, receipt = a_report()
    signed_in(head)
    assert OpenKey.objects.count() == 1
    keys = [head.private_key, reporter(receipt).private_key]
    keys += list(key_ring(report, head).private_keys.values())
    rows = [row for _, row in every_row()]
    assert [key for key in keys if any(key.hex() in row for row in rows)] == []
    assert [row for row in rows if PASSPHRASE in row or receipt in row] == []


def test_a_new_investigator_reads_only_after_a_grant_and_then_everything() -> None:
    head = an_officer()
    report, _ = a_report()
    investigator = an_officer("王二", by=head)
    assert investigator.officer is not None
    with pytest.raises(NotFound):
        key_ring(report, investigator)
    with pytest.raises(NotFound):
        grant_access(report, investigator.officer, by=investigator, at=NOON)
    grant_access(report, investigator.officer, by=head, at=NOON)
    kinds = [entry.kind for entry in opened_entries(key_ring(report, investigator))]
    assert kinds == ["file_report", "grant_access"]
    # Granted twice at once, the second is refused and nothing is sealed twice.
    with pytest.raises(Refused, match="已在办案组"):
        grant_access(report, investigator.officer, by=head, at=NOON)
    assert SealedKey.objects.filter(officer=investigator.officer).count() == 2


def test_a_removed_reader_reads_nothing_that_came_later() -> None:
    head = an_officer()
    report, receipt = a_report()
    removed = an_officer("王二", by=head)
    assert removed.officer is not None
    grant_access(report, removed.officer, by=head, at=NOON)
    # As if the keys had been copied away before the removal.
    copied = key_ring(report, removed)
    remove_reader(report, removed.officer, "其配偶在采购部", by=head, at=LATER)
    write_as_reporter(report, "新的证据", [], by=reporter(receipt), at=LATER)
    add_note(report, "新的备注", by=head, at=LATER)
    assert [entry.kind for entry in opened_entries(copied)] == ["file_report", "grant_access"]
    with pytest.raises(NotFound):
        key_ring(report, removed)
    assert [reader.pk for reader in readers_of(report)] == [head.officer and head.officer.pk]
    kinds = [entry.kind for entry in opened_entries(key_ring(report, head))]
    assert kinds == ["file_report", "grant_access", "remove_reader", "message", "note"]
    mine = [entry.kind for entry in opened_entries(key_ring(report, reporter(receipt)))]
    assert mine == ["file_report", "message"]


def test_the_last_reader_stays_and_a_removal_has_its_reason() -> None:
    head = an_officer()
    assert head.officer is not None
    report, _ = a_report()
    with pytest.raises(Refused, match="最后一位"):
        remove_reader(report, head.officer, "回避", by=head, at=NOON)
    with pytest.raises(Invalid, match="原因"):
        remove_reader(report, head.officer, " ", by=head, at=NOON)
    assert len(readers_of(report)) == 1


def test_who_recuses_themselves_reads_nothing_that_follows_and_the_reason_stays() -> None:
    head = an_officer()
    other = an_officer("王二", by=head)
    assert other.officer is not None
    report, _ = a_report()
    grant_access(report, other.officer, by=head, at=NOON)
    remove_reader(report, other.officer, "与被检举人同乡", by=other, at=LATER)
    with pytest.raises(NotFound):
        key_ring(report, other)
    entry = opened_entries(key_ring(report, head))[-1]
    assert (entry.kind, entry.by, entry.content["text"]) == (
        *("recuse", other.name),
        f"{other.officer}：与被检举人同乡",
    )


def test_a_changed_passphrase_opens_the_same_reports_and_the_old_one_nothing() -> None:
    head = an_officer()
    assert head.officer is not None
    report, _ = a_report()
    person = head.officer.user
    with pytest.raises(Invalid, match="原口令"):
        change_passphrase(head.officer, "wrong", "another passphrase", by=person, at=NOON)
    with pytest.raises(Invalid, match="至少 12"):
        change_passphrase(head.officer, PASSPHRASE, "short", by=person, at=NOON)
    signed_in(head)
    change_passphrase(head.officer, PASSPHRASE, "another passphrase", by=person, at=NOON)
    assert OpenKey.objects.count() == 0
    with pytest.raises(Invalid, match="口令不正确"):
        unlock_key(head.officer, PASSPHRASE, by=person, at=NOON)
    private_key = unlock_key(head.officer, "another passphrase", by=person, at=NOON)
    assert key_ring(report, Reader(private_key, officer=head.officer)).report == report


def test_two_holders_together_recover_a_key_and_one_does_not() -> None:
    head = an_officer()
    assert head.officer is not None
    report, _ = a_report()
    person = head.officer.user
    with pytest.raises(Refused, match="没有交存"):
        begin_recovery(head.officer, "brand new passphrase", by=person, at=NOON)
    first, second = (an_officer(name, HOLDER, by=head) for name in ("托一", "托二"))
    # Shares are laid at the next unlocking.
    unlock_key(head.officer, PASSPHRASE, by=person, at=NOON)
    recovery = begin_recovery(head.officer, "brand new passphrase", by=person, at=NOON)
    with pytest.raises(NotAllowed):
        approve_recovery(recovery, by=head, at=NOON)
    approve_recovery(recovery, by=first, at=NOON)
    with pytest.raises(Refused, match="已同意过"):
        approve_recovery(recovery, by=first, at=NOON)
    with pytest.raises(Refused, match="两位"):
        finish_recovery(recovery, "brand new passphrase", by=person, at=NOON)
    approve_recovery(recovery, by=second, at=LATER)
    assert second.officer is not None
    with pytest.raises(NotAllowed):
        finish_recovery(recovery, "brand new passphrase", by=second.officer.user, at=LATER)
    with pytest.raises(Invalid, match="新口令"):
        finish_recovery(recovery, PASSPHRASE, by=person, at=LATER)
    private_key = finish_recovery(recovery, "brand new passphrase", by=person, at=LATER)
    assert private_key == head.private_key
    assert key_ring(report, Reader(private_key, officer=head.officer)).report == report
    assert KeyRecovery.objects.get().done_at == LATER
    kinds = list(SystemEvent.objects.order_by("at").values_list("kind", flat=True))
    assert kinds.count("recovery_approved") == 2
    assert kinds[-1] == "recovered"


def test_a_passphrase_is_ones_own() -> None:
    head = an_officer()
    other = an_officer("王二", by=head)
    assert head.officer is not None
    assert other.officer is not None
    with pytest.raises(NotAllowed):
        unlock_key(head.officer, PASSPHRASE, by=other.officer.user, at=NOON)
    with pytest.raises(Refused, match="已设定过口令"):
        set_first_passphrase(head.officer, PASSPHRASE, by=head.officer.user, at=NOON)
