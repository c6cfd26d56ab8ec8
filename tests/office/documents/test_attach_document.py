"""Documents: what they are decides, not what they are called; opened by who may."""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from customers.models import Account
from heating.roles import AGENT, AUDITOR, CASHIER, SERVICE_MANAGER
from office.actors import Actor
from office.documents.document_kinds import RETENTIONS, kept_until
from office.documents.operations import LARGEST, Upload, attach_document
from office.models import Document, DocumentAccess, JournalEntry, User
from office.refusals import NotAllowed, Refused
from tests.builders import NOW, a_company, a_member_of_staff, an_account

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n0000"


def xlsx(*extra: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parcel:
        for name in ("[Content_Types].xml", "xl/workbook.xml", *extra):
            parcel.writestr(name, "<x/>")
    return out.getvalue()


@pytest.fixture
def account() -> Account:
    return an_account(a_company())


@pytest.fixture
def agent(account: Account) -> User:
    return a_member_of_staff("agent", AGENT, account.company)


def address_of(document: Document) -> str:
    return reverse("admin:office_document_open", args=[document.pk])


def attach(account: Account, name: str, content: bytes, by: User) -> Document:
    return attach_document(
        account,
        Upload(name, io.BytesIO(content)),
        company=account.company,
        kind="contract",
        by=Actor.staff(by),
        at=NOW,
    )


class TestAttachDocument:
    @pytest.mark.parametrize(
        ("name", "content", "content_type"),
        [
            ("合同.pdf", PDF, "application/pdf"),
            ("现场.PNG", PNG, "image/png"),
            ("照片.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
            (
                "台账.xlsx",
                xlsx(),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
        ],
    )
    def test_keeps_what_is_what_it_says(
        self, name: str, content: bytes, content_type: str, account: Account, agent: User
    ) -> None:
        document = attach(account, name, content, agent)
        assert document.content_type == content_type
        assert (document.title, document.size) == (name, len(content))
        with document.file.open("rb") as stored_file:
            assert stored_file.read() == content
        assert JournalEntry.objects.get(action="attach_document").record_id == account.pk

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("a.pdf", b"", "file_empty"),
            ("a.svg", b"<svg/>", "file_kind"),
            ("a.exe", b"MZ", "file_kind"),
            ("pdf", PDF, "file_kind"),
            ("a.pdf", b"MZ\x90", "file_disguised"),
            ("a.png", b"<svg onload=alert(1)>", "file_disguised"),
            ("a.xlsx", b"PK\x03\x04broken", "file_disguised"),
            ("a.xlsx", xlsx("xl/vbaProject.bin"), "file_disguised"),
            ("a.docx", xlsx(), "file_disguised"),
            ("a.pdf", PDF + xlsx(), "file_disguised"),
            ("a.jpg", b"\xff\xd8\xff" + xlsx(), "file_disguised"),
            ("a.png", PNG + xlsx(), "file_disguised"),
            ("a.pdf", PDF + b"0" * LARGEST, "file_too_large"),
        ],
    )
    def test_refuses_the_rest_and_keeps_nothing(
        self, name: str, content: bytes, code: str, account: Account, agent: User
    ) -> None:
        with pytest.raises(Refused) as refusal:
            attach(account, name, content, agent)
        assert refusal.value.code == code
        assert Document.objects.count() == 0

    def test_the_same_content_is_kept_once(self, account: Account, agent: User) -> None:
        assert attach(account, "a.pdf", PDF, agent) == attach(account, "b.pdf", PDF, agent)

    def test_only_by_who_may_in_their_company(self, account: Account) -> None:
        cashier = a_member_of_staff("cashier", CASHIER, account.company)
        stranger = a_member_of_staff("stranger", AGENT, a_company("21"))
        for user in (cashier, stranger):
            with pytest.raises(NotAllowed):
                attach(account, "a.pdf", PDF, user)


class TestOpenDocument:
    def test_is_written_down_before_a_byte_leaves(
        self, account: Account, agent: User, client: Client
    ) -> None:
        document = attach(account, "a.pdf", PDF, agent)
        client.force_login(agent)
        client.get(address_of(document))
        access = DocumentAccess.objects.get()
        assert (access.document, access.by, access.origin, access.outcome) == (
            document,
            agent,
            "127.0.0.1",
            "opened",
        )
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            DocumentAccess.objects.all().delete()

    def test_an_altered_file_stays_here_and_raises_the_alarm(
        self, account: Account, agent: User, client: Client
    ) -> None:
        document = attach(account, "a.pdf", PDF, agent)
        Path(document.file.path).write_bytes(PDF + b"forged")
        client.force_login(agent)
        answer = client.get(address_of(document))
        assert answer.status_code == 409
        assert "内容与上传时不一致" in answer.content.decode()
        assert DocumentAccess.objects.get().outcome == "altered"
        alarm = JournalEntry.objects.get(action="find_document_damaged")
        assert (alarm.record_id, alarm.by) == (document.pk, agent)
        client.force_login(a_member_of_staff("manager", SERVICE_MANAGER, account.company))
        assert "有档案的文件被改动或丢失" in client.get("/admin/").content.decode()
        Path(document.file.path).write_bytes(PDF)
        client.get(address_of(document))
        assert "有档案的文件被改动或丢失" not in client.get("/admin/").content.decode()

    def test_a_lost_file_is_told_from_an_altered_one(
        self, account: Account, agent: User, client: Client
    ) -> None:
        document = attach(account, "a.pdf", PDF, agent)
        Path(document.file.path).unlink()
        client.force_login(agent)
        answer = client.get(address_of(document))
        assert (answer.status_code, DocumentAccess.objects.get().outcome) == (409, "missing")

    def test_who_opened_it_is_seen_by_manager_and_auditor_of_the_company_alone(
        self, account: Account, agent: User, client: Client
    ) -> None:
        document = attach(account, "a.pdf", PDF, agent)
        client.force_login(agent)
        client.get(address_of(document))
        page = reverse("admin:office_document_change", args=[document.pk])
        log = reverse("admin:office_documentaccess_changelist")
        assert "还没有人调阅过" not in client.get(page).content.decode()
        assert "127.0.0.1" not in client.get(page).content.decode()
        assert client.get(log).status_code == 403
        for role in (SERVICE_MANAGER, AUDITOR):
            client.force_login(a_member_of_staff(role.key, role, account.company))
            assert "127.0.0.1" in client.get(page).content.decode()
            assert "127.0.0.1" in client.get(log).content.decode()
        client.force_login(a_member_of_staff("stranger", AUDITOR, a_company("21")))
        assert client.get(page).status_code == 404
        assert "127.0.0.1" not in client.get(log).content.decode()

    def test_comes_as_an_attachment_and_is_not_guessed_at(
        self, account: Account, agent: User, client: Client
    ) -> None:
        document = attach(account, "用热合同.pdf", PDF, agent)
        client.force_login(agent)
        answer = client.get(reverse("admin:office_document_open", args=[document.pk]))
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]

    def test_not_for_another_company_nor_without_its_permission(
        self, account: Account, agent: User, client: Client
    ) -> None:
        document = attach(account, "a.pdf", PDF, agent)
        address = reverse("admin:office_document_open", args=[document.pk])
        client.force_login(a_member_of_staff("stranger", AGENT, a_company("21")))
        assert client.get(address).status_code == 404
        Document.objects.update(permission="billing.resolve_alarm")
        client.force_login(agent)
        assert client.get(address).status_code == 404


class TestRetention:
    def test_by_kind_and_by_the_rule_of_the_day(self) -> None:
        assert kept_until("recording", date(2026, 1, 12)) == date(2029, 1, 12)
        assert kept_until("recording", date(2021, 10, 31)) is None
        assert kept_until("evidence", date(2024, 2, 29)) == date(2044, 2, 29)
        assert kept_until("recording", date(2024, 2, 29)) == date(2027, 3, 1)
        assert kept_until("contract", date(2026, 1, 12)) is None
        assert kept_until("something new", date(2026, 1, 12)) is None
        assert all(rule.source for rule in RETENTIONS)

    def test_nothing_is_changed_nor_deleted_before(self, account: Account, agent: User) -> None:
        for kind in ("contract", "photo"):
            document = attach_document(
                account,
                Upload("a.pdf", io.BytesIO(PDF)),
                company=account.company,
                kind=kind,
                by=Actor.staff(agent),
                at=NOW,
            )
            rows = Document.objects.filter(pk=document.pk)
            for forbidden in (
                rows.delete,
                lambda rows=rows: rows.update(sha256="0" * 64),
                lambda rows=rows: rows.update(record_id=0),
                lambda rows=rows: rows.update(kept_until=date(2026, 1, 1)),
            ):
                with pytest.raises(DatabaseError), transaction.atomic():
                    forbidden()
        assert Document.objects.count() == 2

    def test_may_go_when_its_time_is_over(self, account: Account, agent: User) -> None:
        attach_document(
            account,
            Upload("a.pdf", io.BytesIO(PDF)),
            company=account.company,
            kind="recording",
            by=Actor.staff(agent),
            at=datetime(2022, 1, 12, tzinfo=UTC),
        )
        assert Document.objects.get().kept_until == date(2025, 1, 12)
        Document.objects.all().delete()
        assert not Document.objects.exists()
