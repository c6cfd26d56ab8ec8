"""The import as clerks, workers and the command line see it."""

import hashlib
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from python_calamine import CalamineWorkbook

from billing.account_list.operations import import_accounts, queue_account_import
from billing.account_list.report import SHOWN
from billing.models import AccountImport, Bill, HeatingSeason, Transfer
from customers.models import Account, Community, Customer, HeatStation, TariffCategory
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company, JobState, JournalEntry, User
from tests.billing.account_list.lists import AT, HEADINGS, company_with_season, csv_file, row

HOUSE = Actor.system("test")
OWED = {"往年欠费年度": "2024-2025", "往年欠费金额": "10"}
RECORDS = (Account, AccountImport, Bill, Community, Customer, HeatStation, HeatingSeason)


def counted() -> list[int]:
    return [model.objects.count() for model in RECORDS]


class TestImportAccounts:
    def test_keeps_the_list_its_report_and_a_line_in_the_journal(self, company: Company) -> None:
        clerk = User.objects.create_superuser("clerk")
        file = csv_file(row(1, **OWED), row(2, 手机号="1"))
        record = import_accounts(company, file, dry_run=False, by=Actor.staff(clerk), at=AT)
        file.seek(0)
        content = file.read()
        with record.file.open("rb") as stored_file:
            assert stored_file.read() == content
        assert record.sha256 == hashlib.sha256(content).hexdigest()
        assert (record.imported_by, record.dry_run) == (clerk, False)
        assert record.report["rows_refused_count"] == 1
        entry = JournalEntry.objects.get(action="import_accounts")
        assert (entry.by, entry.record_id) == (clerk, record.pk)
        assert entry.facts == {
            "dry_run": False,
            "sha256": record.sha256,
            "accounts_new": 1,
            "rows_refused": 1,
            "opening_arrears_new_fen": 1000,
        }

    def test_a_dry_run_keeps_its_report_and_nothing_else(self, company: Company) -> None:
        before = counted()
        record = import_accounts(company, csv_file(row(1, **OWED)), dry_run=True, by=HOUSE, at=AT)
        assert record.report["accounts_new"] == 1
        record.delete()
        assert counted() == before
        assert not Transfer.objects.exists()

    def test_refused_rows_are_corrected_and_loaded_again(self, company: Company) -> None:
        formula = '=HYPERLINK("http://example.com","点我")'
        file = csv_file(row(1), row(2, 手机号="1", 备注=formula), row(3))
        record = import_accounts(company, file, dry_run=False, by=HOUSE, at=AT)
        with record.refused_file.open("rb") as written:
            content = written.read()
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        header, refused = sheet.to_python()
        assert header == [*HEADINGS, "原因"]
        assert refused[-2:] == [formula, "第 3 行（户名 张丙）：手机号无效，填的是“*”"]
        assert refused[0] == "2200002"

        with default_storage.open(str(record.refused_file.name)) as again:
            second = import_accounts(company, again, dry_run=False, by=HOUSE, at=AT)
        assert [refused_row["says"] for refused_row in second.report["rows_refused"]] == [
            "手机号无效"
        ]
        with second.refused_file.open("rb") as written:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(written.read())).get_sheet_by_index(0)
        assert sheet.to_python()[0] == [*HEADINGS, "原因"]

    def test_the_report_shows_the_first_rows_and_counts_them_all(self, company: Company) -> None:
        rows = [row(serial, 手机号="1") for serial in range(SHOWN + 7)]
        record = import_accounts(company, csv_file(*rows), dry_run=True, by=HOUSE, at=AT)
        assert len(record.report["rows_refused"]) == SHOWN
        assert record.report["rows_refused_count"] == SHOWN + 7

    def test_leaves_no_table_behind(self, company: Company) -> None:
        import_accounts(company, csv_file(row(1)), dry_run=False, by=HOUSE, at=AT)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'account_list%'")
            assert cursor.fetchone() == (0,)
            # Of this database: other tests at work on the same server hold theirs.
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE locktype = 'advisory' AND datname = current_database()"
            )
            assert cursor.fetchone() == (0,)


class TestQueueAccountImport:
    def test_a_second_worker_answers_with_what_the_first_has_loaded(self, company: Company) -> None:
        job = queue_account_import(company, csv_file(row(1)), dry_run=False, by=HOUSE, at=AT)
        first, second = (
            import_accounts(company, csv_file(row(1)), dry_run=False, by=HOUSE, at=AT, job=job)
            for _ in range(2)
        )
        assert first == second
        assert first.report["accounts_new"] == 1
        assert AccountImport.objects.count() == Account.objects.count() == 1
        assert JournalEntry.objects.filter(action="import_accounts").count() == 1

    def test_a_worker_imports_it_once(self, company: Company) -> None:
        clerk = User.objects.create_superuser("clerk")
        job = queue_account_import(
            company, csv_file(row(1)), dry_run=False, by=Actor.staff(clerk), at=AT
        )
        assert run_job(job.pk)
        job.refresh_from_db()
        record = AccountImport.objects.get()
        assert job.state == JobState.DONE
        assert job.result == {"account_import": record.pk, "rows_refused": 0}
        assert (record.job, record.imported_by, record.file_name) == (job, clerk, "台账.csv")
        assert record.file.name == job.params["stored"]
        assert Account.objects.count() == 1

        job.state = JobState.QUEUED
        job.save()
        assert run_job(job.pk)
        assert AccountImport.objects.count() == 1

    def test_the_same_list_waits_once(self, company: Company) -> None:
        first, second = (
            queue_account_import(company, csv_file(row(1)), dry_run=False, by=HOUSE, at=AT)
            for _ in range(2)
        )
        assert first == second

    def test_what_cannot_be_read_fails_with_its_sentence(self, company: Company) -> None:
        file = csv_file(row(1), headings=["无"] * 23)
        job = queue_account_import(company, file, dry_run=False, by=HOUSE, at=AT)
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert job.error.startswith("没有找到表头")


@pytest.mark.django_db(transaction=True)
class TestConcurrentImports:
    def test_imports_of_a_company_wait_for_each_other(self) -> None:
        company = company_with_season()
        reports: list[dict[str, Any]] = []

        def work() -> None:
            try:
                file = csv_file(*[row(serial, **OWED) for serial in range(300)])
                record = import_accounts(company, file, dry_run=False, by=HOUSE, at=AT)
                reports.append(record.report)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(report["accounts_new"] for report in reports) == [0, 0, 300]
        assert Account.objects.count() == Bill.objects.count() == 300


class TestCommand:
    def run(self, path: Path, *options: str) -> tuple[str, str, int]:
        out, err = io.StringIO(), io.StringIO()
        code = 0
        try:
            call_command(
                "import_accounts", str(path), *options, "--company", "11", stdout=out, stderr=err
            )
        except SystemExit as ended:
            code = int(ended.code or 0)
        return out.getvalue(), err.getvalue(), code

    def test_says_what_it_did_and_writes_the_files_asked_for(
        self, company: Company, tmp_path: Path
    ) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(csv_file(row(1, **OWED), row(2, 手机号="1")).read())
        report, refused = tmp_path / "report.json", tmp_path / "refused.xlsx"
        out, _, code = self.run(path, "--report", str(report), "--refused", str(refused))
        assert code == 0
        assert "退回 第 3 行 手机号：手机号无效，填的是“*”" in out
        assert "合格户号 1 个（新建 1 个，系统中已有 0 个）" in out
        assert "往年欠费 1 笔，共 10.00 元" in out
        written_report = json.loads(report.read_text(encoding="utf-8"))
        assert (
            written_report["company"],
            written_report["sheet"],
            written_report["header_row"],
        ) == (company.name, "a", 1)
        assert [refused_row["row"] for refused_row in written_report["rows_refused"]] == [3]
        assert refused.stat().st_size > 0
        assert JournalEntry.objects.get(action="import_accounts").actor == (
            "import_accounts command"
        )

    def test_a_dry_run_writes_nothing(self, company: Company, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(csv_file(row(1, **OWED)).read())
        before = counted()
        out, _, code = self.run(path, "--dry-run")
        assert (code, counted()) == (0, before)
        assert "没有写入任何内容" in out
        assert not JournalEntry.objects.exists()

    def test_a_file_that_cannot_be_read(self, company: Company, tmp_path: Path) -> None:
        _, err, code = self.run(tmp_path / "missing.csv")
        assert (code, err.startswith("文件无法读取")) == (1, True)
        broken = tmp_path / "a.xlsx"
        broken.write_bytes(b"PK\x03\x04broken")
        _, err, code = self.run(broken)
        assert (code, err.strip()) == (1, "表格已损坏或有密码，请重新保存后再导入。")

    def test_an_unknown_company(self, company: Company, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(csv_file(row(1)).read())
        out, err = io.StringIO(), io.StringIO()
        with pytest.raises(SystemExit):
            call_command("import_accounts", str(path), "--company", "无", stdout=out, stderr=err)
        assert err.getvalue().startswith("没有“无”这家公司")


class TestCategories:
    def test_belong_to_the_company(self, company: Company) -> None:
        other = Company.objects.get(code="12")
        TariffCategory.objects.create(company=other, name="宾馆", residential=False)
        record = import_accounts(
            company, csv_file(row(1, 热价类别="宾馆")), dry_run=True, by=HOUSE, at=AT
        )
        assert [refused_row["says"] for refused_row in record.report["rows_refused"]] == [
            "热价类别不存在"
        ]
        assert isinstance(record.file, File)
