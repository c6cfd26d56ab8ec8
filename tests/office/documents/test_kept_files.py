"""Files and rows agree: what was rolled back leaves no file, what was kept loses none."""

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.models import AccountImport
from customers.models import Account
from office.actors import Actor
from office.documents.kept_files import UNDECIDED, refused_files_removed, remove_lost_files
from office.documents.operations import Upload, attach_document
from office.jobs.queue import enqueue_job
from office.models import Document, Job, JobState
from office.refusals import Refused
from tests.builders import a_company, an_account
from tests.clock import present

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def archive(tmp_path: Path, settings: Any) -> Path:
    """An empty archive of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def attach(account: Account, name: str) -> Document:
    return attach_document(
        account,
        Upload(name, io.BytesIO(b"%PDF-1.7 " + name.encode())),
        company=account.company,
        kind="contract",
        by=Actor.system("test"),
        at=present(),
    )


def files() -> list[str]:
    """The files in the archive, as documents name them."""
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def refused_after(account: Account, name: str) -> None:
    """A step that keeps a file and is refused later."""

    @transaction.atomic
    def keep_and_refuse() -> None:
        attach(account, name)
        raise Refused("later", "后来的一步不行。")

    with pytest.raises(Refused):
        keep_and_refuse()


def kept_names() -> list[str]:
    return sorted(Document.objects.values_list("file", flat=True))


@pytest.mark.django_db(transaction=True)
class TestRefusedFiles:
    def test_are_gone_and_those_that_were_kept_stay(self) -> None:
        account = an_account(a_company())
        with refused_files_removed():
            attach(account, "a.pdf")
        before = files()
        assert before == kept_names()
        with refused_files_removed():
            refused_after(account, "b.pdf")
            assert len(files()) == 2
        assert files() == before
        # One step refused, the rest of the work goes on: just its file goes.
        with refused_files_removed(), transaction.atomic():
            refused_after(account, "c.pdf")
            attach(account, "d.pdf")
        assert len(files()) == 2
        assert files() == kept_names()

    def test_also_after_a_failure(self) -> None:
        account = an_account(a_company())

        @transaction.atomic
        def keep_and_fail() -> None:
            attach(account, "a.pdf")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), refused_files_removed():
            keep_and_fail()
        assert files() == []


@pytest.mark.django_db
class TestRemoveLostFiles:
    def test_only_what_has_no_row_and_has_lain_for_a_day(self) -> None:
        account = an_account(a_company())
        document = attach(account, "kept.pdf")
        refused_after(account, "killed.pdf")
        refused_after(account, "just-now.pdf")
        now = present()
        killed, young = (
            next(file_name for file_name in files() if name in file_name)
            for name in ("killed", "now")
        )
        for name, age in ((killed, UNDECIDED + MINUTE), (str(document.file.name), 90 * UNDECIDED)):
            then = (now - age).timestamp()
            os.utime(Path(settings.MEDIA_ROOT) / name, (then, then))
        assert remove_lost_files(now) == 1
        assert files() == sorted([str(document.file.name), young])
        assert remove_lost_files(now) == 0

    def test_also_of_last_month_in_an_archive_that_has_no_folder_yet(self, archive: Path) -> None:
        new_year = datetime(2026, 12, 31, 19, tzinfo=UTC)
        assert remove_lost_files(new_year) == 0
        lost = archive / "documents/2026/12/lost.pdf"
        lost.parent.mkdir(parents=True)
        lost.write_bytes(b"%PDF-")
        then = datetime(2026, 12, 30, tzinfo=UTC).timestamp()
        os.utime(lost, (then, then))
        assert remove_lost_files(new_year) == 1
        assert files() == []

    def test_also_lists_that_were_never_imported_but_none_a_job_still_has_to_read(
        self, archive: Path
    ) -> None:
        now = present()
        company = a_company()
        folder = archive / f"account-lists/{timezone.localtime(now):%Y/%m}"
        folder.mkdir(parents=True)
        names = ("imported.xlsx", "refused.xlsx", "failed.xlsx", "waiting.xlsx")
        for name in names:
            (folder / name).write_bytes(b"PK")
            then = (now - UNDECIDED - MINUTE).timestamp()
            os.utime(folder / name, (then, then))
        imported, refused, failed, waiting = (
            str((folder / name).relative_to(archive)) for name in names
        )
        AccountImport.objects.create(
            company=company, file=imported, refused_file=refused, dry_run=False, imported_at=now
        )
        for stored, state in ((failed, JobState.FAILED), (waiting, JobState.QUEUED)):
            job = enqueue_job(
                "import_accounts", key=stored, by=Actor.system("test"), at=now, stored=stored
            )
            Job.objects.filter(pk=job.pk).update(state=state)
        assert remove_lost_files(now) == 1
        assert files() == sorted([imported, refused, waiting])
