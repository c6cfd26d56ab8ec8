"""Documents: what they are decides, not what they are called; opened by who may."""

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Account
from heating.roles import AGENT, CASHIER
from office.actors import Actor
from office.models import Document, JournalEntry, User
from office.operations.documents import LARGEST, Upload, attach_document
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
        with document.file.open("rb") as kept:
            assert kept.read() == content
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
