"""Two at one moment, and a process that is killed: really at once, each on its own connection."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest
from django.conf import settings
from django.db import connection, transaction

from office.refusals import Refused
from tests.parallel import at_once
from tests.patience import PATIENCE_SECONDS, wait_for
from tests.whistleblowing.closed_cases import a_closed_case
from tests.whistleblowing.island_records import NOON, a_report, an_officer, reporter
from whistleblowing.case_log.verification import broken_entries
from whistleblowing.conversation.operations import renew_receipt
from whistleblowing.files.reading import sweep_pieces
from whistleblowing.identity.operations import (
    decide_identity,
    open_identity,
    request_identity,
    withdraw_identity,
)
from whistleblowing.identity.queries import asked_of
from whistleblowing.keys.report_keys import Reader, key_ring, lock_report
from whistleblowing.models import (
    CaseEntry,
    FilePiece,
    IdentityDecision,
    Officer,
    Report,
    Retention,
    SealedFile,
    SealedKey,
)
from whistleblowing.officers.operations import Duties
from whistleblowing.process.operations import Words, add_note, take_step
from whistleblowing.retention.operations import hold_report, warn_and_destroy
from whistleblowing.team.operations import grant_access, remove_reader

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], object]
GUARD = Duties(guards_identity=True)

# Files a report with a file in the test's database, as a worker of the web server would.
KILLED = """
import django; django.setup()
from datetime import datetime, UTC
from whistleblowing.files.upload import SealingUploadHandler
from whistleblowing.filing.operations import file_report
handler = SealingUploadHandler()
handler.new_file("files", "证据.mp4", "video/mp4", None, None, None)
for start in range(3 * 2**20 // 65536):
    handler.receive_data_chunk(b"evidence" * 8192, start)
upload = handler.file_complete(3 * 2**20)
facts = dict(kind_of_fraud="other", rank="staff", accused="钱某某", company="", department="",
             partner="", what="x", when="", where="")
at = datetime(2026, 3, 3, 4, tzinfo=UTC)
file_report(facts, [upload], form_key="k" * 40, by="reporter", at=at)
"""


def _waiting() -> int:
    """How many connections wait for a lock."""
    with connection.cursor() as cursor:
        # Not pg_stat_activity: within a transaction it stays as it was at its first reading.
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def _all_behind_one_lock(report: Report, works: list[Work]) -> list[object]:
    """Lets all works wait for the report's lock together before any of them gets it."""
    locked = Event()

    def hold() -> None:
        with transaction.atomic():
            lock_report(report)
            locked.set()
            wait_for(lambda: _waiting() == len(works), "everybody waiting")

    def after_the_lock(work: Work) -> Work:
        def run() -> object:
            locked.wait(PATIENCE_SECONDS)
            return work()

        return run

    return at_once([hold, *(after_the_lock(work) for work in works)])[1:]


def _officer(reader: Reader) -> Officer:
    assert reader.officer is not None
    return reader.officer


def test_of_grants_to_one_officer_at_once_one_seals_and_the_others_are_refused() -> None:
    head = an_officer()
    colleague = an_officer("王二", by=head)
    report, _ = a_report()

    def grant() -> None:
        grant_access(report, _officer(colleague), by=head, at=NOON)

    outcomes = _all_behind_one_lock(report, [grant] * 3)
    codes = sorted(each.code for each in outcomes if isinstance(each, Refused))
    assert codes == ["already_reader", "already_reader"]
    assert outcomes.count(None) == 1
    assert SealedKey.objects.filter(officer=colleague.officer).count() == 2
    assert list(report.entries.values_list("number", flat=True)) == [1, 2]
    assert list(broken_entries()) == []


def test_a_grant_and_a_removal_at_once_leave_nobody_with_half_of_the_keys() -> None:
    head = an_officer()
    newcomer, removed = an_officer("王二", by=head), an_officer("李三", by=head)
    report, _ = a_report()
    grant_access(report, _officer(removed), by=head, at=NOON)
    works: list[Work] = [
        lambda: grant_access(report, _officer(newcomer), by=head, at=NOON),
        lambda: remove_reader(report, _officer(removed), "回避", by=head, at=NOON),
        lambda: add_note(report, "同时", by=head, at=NOON),
    ]
    assert _all_behind_one_lock(report, works) == [None, None, None]
    assert list(report.entries.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert list(broken_entries()) == []
    # Whichever came first: who stays reads every generation, who went reads none.
    assert report.keys.count() == 4
    for reader in (head, newcomer):
        assert len(key_ring(report, reader).private_keys) == 4
    assert not SealedKey.objects.filter(officer=removed.officer).exists()


def test_words_that_come_while_a_report_is_destroyed_find_nothing_or_come_before() -> None:
    head = an_officer()
    report = a_closed_case(head, opened=False)
    over = NOON + timedelta(days=37 * 31)
    works: list[Work] = [
        lambda: warn_and_destroy(by="tests", at=over),
        lambda: add_note(report, "同时", by=head, at=over),
        lambda: hold_report(report, "诉讼", by=head, at=over),
    ]
    destroyed, noted, retention = _all_behind_one_lock(report, works)
    is_there = Report.objects.filter(pk=report.pk).exists()
    # A hold that came first stops the end; otherwise all that comes later finds nothing.
    assert destroyed == (0 if is_there else 1)
    assert isinstance(retention, Retention) == is_there
    for outcome in (noted, retention):
        assert not isinstance(outcome, Refused) or outcome.code == "not_found"
    assert CaseEntry.objects.count() == (report.entries.count() if is_there else 0)


def test_of_two_guardians_at_once_one_withdraws_and_nothing_is_given_after_it() -> None:
    head = an_officer()
    first, second = (an_officer(name, GUARD, by=head) for name in ("保一", "保二"))
    report, _ = a_report()
    request_identity(report, "核实", by=head, at=NOON)
    decide_identity(asked_of(first)[0][0], "同意", approved=True, by=first, at=NOON)
    works: list[Work] = [
        lambda: withdraw_identity(asked_of(first)[0][0], "撤回", by=first, at=NOON),
        lambda: decide_identity(asked_of(second)[0][0], "同意", approved=True, by=second, at=NOON),
    ]
    withdrawn, decided = _all_behind_one_lock(report, works)
    assert withdrawn is None
    assert decided is None or getattr(decided, "code", "") == "already_decided"
    assert not IdentityDecision.objects.exclude(resealed_share=b"").exists()
    with pytest.raises(Refused):
        open_identity(report, by=head, at=NOON)


def test_of_two_officers_who_decide_at_once_one_decides_and_the_other_is_refused() -> None:
    head = an_officer()
    colleague = an_officer("王二", by=head)
    report, _ = a_report()
    grant_access(report, _officer(colleague), by=head, at=NOON)
    take_step(report, "begin_check", Words("查"), by=head, at=NOON)
    words = Words("依据", "告知")
    outcomes = _all_behind_one_lock(
        report,
        [
            lambda: take_step(report, "open_case", words, by=head, at=NOON).state,
            lambda: take_step(report, "decline_case", words, by=colleague, at=NOON).state,
        ],
    )
    (state,) = [each for each in outcomes if isinstance(each, str)]
    (refusal,) = [each for each in outcomes if isinstance(each, Refused)]
    assert refusal.status == 409
    report.refresh_from_db()
    assert (report.state, state in ("opened", "declined")) == (state, True)
    # Filed, granted, checked, and the two entries of the one decision.
    assert list(report.entries.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert list(broken_entries()) == []


def test_of_two_who_change_one_receipt_at_once_one_wins() -> None:
    an_officer()
    report, receipt = a_report()
    own = reporter(receipt)

    def renew() -> str:
        return renew_receipt(report, by=own, at=NOON)

    outcomes = _all_behind_one_lock(report, [renew] * 2)
    (fresh,) = [each for each in outcomes if isinstance(each, str)]
    (refusal,) = [each for each in outcomes if isinstance(each, Refused)]
    assert refusal.code == "not_found"
    assert key_ring(report, reporter(fresh)).report == report


def test_a_process_killed_while_a_report_is_sealed_leaves_no_report_and_nothing_in_clear() -> None:
    an_officer()
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    variables = os.environ | {
        "DJANGO_SETTINGS_MODULE": "heating.settings",
        "HEATING_ENV": "demo",
        "DATABASE_URL": settings.DATABASE_URL or url,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The report, its keys, its file and its log are written by then, and not committed.
            cursor.execute("LOCK TABLE whistleblowing_owedstep IN ACCESS EXCLUSIVE MODE")
        with subprocess.Popen([sys.executable, "-c", KILLED], env=variables) as process:
            wait_for(lambda: _waiting() == 1 or process.poll() is not None, "the lock")
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
    wait_for(lambda: _waiting() == 0, "the end of the killed process's statement")
    rows = (Report, SealedKey, SealedFile, CaseEntry)
    assert [row.objects.count() for row in rows] == [0, 0, 0, 0]
    pieces = list(FilePiece.objects.order_by("number"))
    assert [piece.number for piece in pieces] == [0, 1, 2]
    assert all(b"evidence" not in bytes(piece.sealed) for piece in pieces)
    written_at = pieces[-1].written_at
    assert sweep_pieces(written_at) == 0
    # The same form again is a new report, and the lost pieces go after a day.
    report, _ = a_report("k" * 40)
    assert sweep_pieces(written_at + timedelta(days=1, seconds=1)) == 3
    assert Report.objects.get() == report
