"""A statement over HTTP, from upload to a booked line, by the people whose work it is."""

import io

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing.models import (
    BankStatement,
    Bill,
    CompanyBankAccount,
    Payment,
    StatementLine,
    StatementLineBooking,
)
from billing.statements.headings import headings_of
from heating.roles import AUDITOR, CASHIER, CLERK
from office.jobs.queue import run_job
from office.models import Job, JobState
from tests.billing.statements.files import csv_file
from tests.billing.statements.statements import HEADING, imported
from tests.builders import a_member_of_staff

PAID_IN: list[object] = [
    "20251103",
    "",
    "2,058.48",
    "3,058.48",
    "王秀英",
    "62000001",
    "暖气费",
    "S1",
]
REVERSED: list[object] = ["20251104", "", "9.00", "3,067.48", "李雷", "62000002", "热费", "S2"]
REVERSAL: list[object] = ["20251104", "", "-9.00", "3,058.48", "李雷", "62000002", "冲正", "S2"]


def signed_in(role: object, bank_account: CompanyBankAccount) -> Client:
    client = Client()
    client.force_login(a_member_of_staff("u", role, bank_account.company))  # type: ignore[arg-type]
    return client


def work_off() -> None:
    for job in Job.objects.filter(state=JobState.QUEUED):
        run_job(job.pk)


def upload(client: Client, bank_account: CompanyBankAccount, *lines: list[object]) -> str:
    """Uploads a statement of these lines, works the preview off and returns the last page."""
    content = csv_file([["期初余额", "1000.00"], HEADING, *lines]).getvalue()
    return send(client, bank_account, "对账单.csv", content)


def send(client: Client, bank_account: CompanyBankAccount, name: str, content: bytes) -> str:
    """Uploads this file, works the preview off and returns the last page."""
    answer = client.post(
        reverse("admin:billing_bankstatement_add"),
        {"bank_account": bank_account.pk, "file": SimpleUploadedFile(name, content)},
    )
    assert answer.status_code == 302
    work_off()
    return client.get(answer["Location"], follow=True).content.decode()


class TestImportStatement:
    def test_from_upload_to_a_booked_line(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        client = signed_in(CLERK, bank_account)
        page = upload(client, bank_account, PAID_IN, REVERSED, REVERSAL)
        preview = BankStatement.objects.get()
        assert preview.dry_run
        assert not StatementLine.objects.exists()
        assert "期初余额加各笔发生额等于期末余额" in page
        assert bill.account.number in page
        assert "第 4 行" in page
        client.post(reverse("admin:billing_bankstatement_import_statement", args=[preview.pk]))
        work_off()
        statement = BankStatement.objects.get(dry_run=False)
        assert (statement.new_count, StatementLine.objects.count()) == (3, 3)
        lines = client.get(
            reverse("admin:billing_statementline_changelist"), {"state": "waiting"}
        ).content.decode()
        assert "王秀英" in lines
        assert "李雷" not in lines
        line = StatementLine.objects.get(serial="S1")
        shown = client.get(reverse("admin:billing_statementline_change", args=[line.pk]))
        assert f'value="{bill.account.number}"' in shown.content.decode()
        assert "尾号 0001" in shown.content.decode()
        assert "62000001" not in shown.content.decode()
        client.post(
            reverse("admin:billing_statementline_book_statement_line", args=[line.pk]),
            {"account_number": bill.account.number},
        )
        payment = Payment.objects.get()
        assert (payment.amount_fen, payment.contract) == (205848, bill.contract)
        booked = client.get(reverse("admin:billing_statementline_change", args=[line.pk]))
        assert payment.receipt.number in booked.content.decode()

    def test_what_only_a_workbook_hides_is_said_before_it_is_imported(
        self, bank_account: CompanyBankAccount
    ) -> None:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
            sheet = book.add_worksheet("对账单")
            for place, row in enumerate([["期初余额", "1000.00"], HEADING, PAID_IN]):
                sheet.write_row(place, 0, row)
            sheet.set_row(2, None, None, {"hidden": True})
            book.add_worksheet("十二月").write_row(0, 0, HEADING)
        page = send(signed_in(CLERK, bank_account), bank_account, "对账单.xlsx", file.getvalue())
        assert "有 1 个隐藏的行也会读取：第 3 行。" in page
        assert "还有 1 个工作表没有读取：十二月（1 行）。" in page
        assert not StatementLine.objects.exists()

    def test_a_doubtful_statement_has_no_button_to_import_it(
        self, bank_account: CompanyBankAccount
    ) -> None:
        client = signed_in(CLERK, bank_account)
        page = upload(client, bank_account, PAID_IN, ["20251104", "", "5", "1", "甲", "", "", ""])
        preview = BankStatement.objects.get()
        address = reverse("admin:billing_bankstatement_import_statement", args=[preview.pk])
        assert "余额不衔接，可能缺行" in page
        assert address not in page
        client.post(address)
        work_off()
        assert not StatementLine.objects.exists()

    def test_a_file_without_a_known_header_says_what_to_do(
        self, bank_account: CompanyBankAccount
    ) -> None:
        client = signed_in(CLERK, bank_account)
        content = csv_file([["发生日", "进", "出", "结存"], ["20251103", "1", "", "1"]]).getvalue()
        form = {"bank_account": bank_account.pk}
        add = reverse("admin:billing_bankstatement_add")
        answer = client.post(add, {**form, "file": SimpleUploadedFile("a.csv", content)})
        work_off()
        page = client.get(answer["Location"], follow=True).content.decode()
        assert "没有找到表头" in page
        own = {"day": "发生日", "received": "进", "paid": "出", "balance": "结存"}
        client.post(reverse("admin:billing_bankstatement_headings"), {**form, **own})
        assert headings_of(bank_account)["received"] == ["进"]
        answer = client.post(add, {**form, "file": SimpleUploadedFile("a.csv", content)})
        work_off()
        assert BankStatement.objects.get().report["sound"]

    def test_who_may_not_import_or_book_is_refused(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        imported(bank_account, PAID_IN)
        line = StatementLine.objects.get()
        book = reverse("admin:billing_statementline_book_statement_line", args=[line.pk])
        add = reverse("admin:billing_bankstatement_add")
        values = {"account_number": bill.account.number}
        client = signed_in(AUDITOR, bank_account)
        assert client.get(add).status_code == 403
        assert client.post(book, values).status_code == 403
        assert not StatementLineBooking.objects.exists()

    def test_a_cashier_books_but_does_not_import(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        imported(bank_account, PAID_IN)
        line = StatementLine.objects.get()
        client = signed_in(CASHIER, bank_account)
        assert client.get(reverse("admin:billing_bankstatement_add")).status_code == 403
        client.post(
            reverse("admin:billing_statementline_book_statement_line", args=[line.pk]),
            {"account_number": bill.account.number},
        )
        assert StatementLineBooking.objects.get().booked_by is not None
