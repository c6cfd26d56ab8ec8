"""The supplier's own page behind a one-time link: papers and the pledge, which count for nothing
before somebody has verified them.
"""

import io
from datetime import date, timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload
from office.models import Document, OneTimeLink
from office.refusals import Invalid, NotAllowed, NotFound
from suppliers.models import PaperType, Supplier, SupplierPaper
from suppliers.own_page.operations import HandedIn, issue_supplier_link, renew_papers
from suppliers.papers.gates import counts_on
from suppliers.papers.operations import PaperFacts, verify_paper
from tests.clock import present
from tests.suppliers.admission_records import People, people
from tests.suppliers.supplier_records import NOON, a_supplier

pytestmark = pytest.mark.django_db
GUEST = Actor.customer("供应商链接")
ISO = PaperFacts(PaperType.ISO_9001, date(2026, 1, 1), date(2028, 12, 31), "Q1", "中国质量认证中心")
PHOTO = b"\xff\xd8\xff" + b"scan"


def a_pdf(script: str = "") -> bytes:
    """A PDF of one page, with a script that runs when it is opened."""
    memory = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        if script:
            action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=script)
            pdf.Root.OpenAction = pdf.make_indirect(action)
        pdf.save(memory, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return memory.getvalue()


def scanned(content: bytes, name: str = "证书.pdf") -> HandedIn:
    return HandedIn(ISO, Upload(name, io.BytesIO(content)))


@pytest.fixture
def staff() -> People:
    return people()


@pytest.fixture
def supplier() -> Supplier:
    return a_supplier()


class TestRenewPapers:
    def test_papers_and_pledge_wait_for_verification(
        self, staff: People, supplier: Supplier
    ) -> None:
        secret = issue_supplier_link(supplier, by=staff.buyer, at=NOON)
        entered = renew_papers(
            secret, [scanned(a_pdf())], pledged_by="王建国 总经理", by=GUEST, at=NOON
        )
        assert [(paper.paper_type, paper.state) for paper in entered] == [
            ("iso_9001", "handed_in"),
            ("integrity_pledge", "handed_in"),
        ]
        assert entered[1].valid_until == date(2026, 12, 31)
        assert Document.objects.get().record_id == entered[0].pk
        assert entered[0].handed_in_by is None
        verify_paper(entered[0], looked_at="网站", seen="有效", by=staff.buyer, at=NOON)
        entered[0].refresh_from_db()
        assert counts_on(entered[0], date(2026, 3, 2))

    def test_the_link_works_once_and_for_fourteen_days(
        self, staff: People, supplier: Supplier
    ) -> None:
        old = issue_supplier_link(supplier, by=staff.buyer, at=NOON)
        secret = issue_supplier_link(supplier, by=staff.buyer, at=NOON)
        for dead, at in ((old, NOON), ("nothing", NOON), (secret, NOON + timedelta(days=14))):
            with pytest.raises(NotFound):
                renew_papers(dead, [], pledged_by="王建国", by=GUEST, at=at)
        renew_papers(secret, [], pledged_by="王建国", by=GUEST, at=NOON)
        with pytest.raises(NotFound):
            renew_papers(secret, [], pledged_by="王建国", by=GUEST, at=NOON)
        assert SupplierPaper.objects.count() == 1

    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            (a_pdf("app.alert('x')"), "证书.pdf", "含有脚本"),
            (b"%PDF-1.7 nothing", "证书.pdf", "无法读取"),
            (b"<svg><script/></svg>", "证书.svg", "只接受"),
            (b"<html><script>", "证书.pdf", "内容不是"),
        ],
    )
    def test_a_file_with_a_script_is_refused_and_the_link_stays(
        self, staff: People, supplier: Supplier, content: bytes, name: str, sentence: str
    ) -> None:
        secret = issue_supplier_link(supplier, by=staff.buyer, at=NOON)
        with pytest.raises(Invalid, match=sentence):
            renew_papers(secret, [scanned(content, name)], by=GUEST, at=NOON)
        assert (SupplierPaper.objects.count(), Document.objects.count()) == (0, 0)
        assert OneTimeLink.objects.get().used_at is None

    def test_staff_do_not_hand_in_for_the_supplier_and_nothing_is_nothing(
        self, staff: People, supplier: Supplier
    ) -> None:
        secret = issue_supplier_link(supplier, by=staff.buyer, at=NOON)
        with pytest.raises(NotAllowed):
            renew_papers(secret, [], pledged_by="王建国", by=staff.buyer, at=NOON)
        with pytest.raises(Invalid, match="至少提交一份"):
            renew_papers(secret, [], by=GUEST, at=NOON)
        assert SupplierPaper.objects.count() == 0


class TestPages:
    def test_the_buyer_gets_the_link_once_and_the_supplier_uses_it(
        self, client: Client, staff: People, supplier: Supplier
    ) -> None:
        assert staff.buyer.user is not None
        client.force_login(staff.buyer.user)
        address = reverse("admin:suppliers_supplier_issue_supplier_link", args=[supplier.pk])
        page = client.post(address)
        assert "no-store" in page.headers["Cache-Control"]
        path = "/supplier/" + page.context["link"].rpartition("/")[2]
        guest = Client()
        assert supplier.name in guest.get(path).content.decode()
        today = business_date(present())
        sheet = {
            "paper_type_1": "iso_14001",
            "number_1": "E1",
            "issuer_1": "中国质量认证中心",
            "valid_from_1": today.isoformat(),
            "valid_until_1": (today + timedelta(days=900)).isoformat(),
        }
        refused = guest.post(path, {**sheet, "pledge": "on"})
        assert refused.status_code == 422
        assert set(refused.context["form"].errors) == {"scan_1", "pledged_by"}
        scan = SimpleUploadedFile("a.jpg", PHOTO)
        sent = guest.post(path, {**sheet, "scan_1": scan, "pledge": "on", "pledged_by": "王建国"})
        assert sent.headers["Location"] == reverse("papers_renewed")
        assert set(SupplierPaper.objects.values_list("paper_type", "state")) == {
            ("iso_14001", "handed_in"),
            ("integrity_pledge", "handed_in"),
        }
        assert guest.get(path).status_code == 404
