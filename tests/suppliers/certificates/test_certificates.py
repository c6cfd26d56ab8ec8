"""Certificates: numbered, printed in one pile, copies marked, confirmed in public, revoked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.test import Client
from django.urls import reverse

from office.jobs.queue import run_job
from office.models import Document, JobState, JournalEntry, PaperRevocation
from office.papers.numbers import draw_paper_numbers
from office.pdf import render_pdf, stamp_pages
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.certificates import operations
from suppliers.certificates.operations import (
    TEMPLATE,
    issue_certificates,
    print_certificate,
    revoke_certificate,
)
from suppliers.certificates.paper import CertificatePaper, certificate_paper
from suppliers.models import RatingRun, Supplier, SupplierCertificate, SupplierRating
from tests.office.pdf_reading import texts_of
from tests.parallel import at_once
from tests.suppliers.admission_records import People, people
from tests.suppliers.rating_records import (
    AFTER_OBJECTIONS,
    a_final_run,
    a_perfect_year,
    an_approved_run,
    quality_alone,
)
from tests.suppliers.supplier_records import a_supplier
from tests.suppliers.supply_records import a_delivery, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


def a_rated_year(staff: People) -> RatingRun:
    """A final rating with two excellent, one qualified, one unqualified and one idle supplier."""
    for number, accepted in enumerate((10000, 9000, 6000, 5999), start=1):
        order = an_order(a_supplier(number), lowest_price_fen=None)
        a_delivery(order, received=Decimal(10000), accepted=Decimal(accepted))
    a_supplier(5)
    return a_final_run(staff, quality_alone())


def issued(staff: People) -> list[SupplierCertificate]:
    run = a_rated_year(staff)
    run_job(issue_certificates(run, by=staff.manager, at=AFTER_OBJECTIONS).pk)
    return list(SupplierCertificate.objects.order_by("number"))


def a_paper(**changes: Any) -> CertificatePaper:
    values: dict[str, Any] = {
        "company": "双良热力集团有限公司",
        "award": "优秀供应商",
        "year": "2026",
        "supplier": "第1管件有限公司",
        "credit_code": "911401000000000011",
        "number": "00202700000001",
        "issued_on": "2027年1月13日",
        "valid_until": "2027年12月31日",
        "verification_code": "ABCD2345EFGH",
        "verify_url": "https://example.org/verify/certificate/ABCD2345EFGH",
    }
    return CertificatePaper(**(values | changes))


class TestIssueCertificates:
    def test_only_once_the_result_is_final(self, staff: People) -> None:
        a_perfect_year()
        run = an_approved_run(staff)
        with pytest.raises(Refused, match="确定以后才能颁发"):
            issue_certificates(run, by=staff.manager, at=AFTER_OBJECTIONS)
        with pytest.raises(NotAllowed):
            issue_certificates(run, by=staff.buyer, at=AFTER_OBJECTIONS)
        assert SupplierCertificate.objects.count() == 0

    def test_suppliers_check_9_numbers_without_gaps_for_the_qualified_and_excellent(
        self, staff: People
    ) -> None:
        certificates = issued(staff)
        assert [(row.number, row.award, row.supplier.name) for row in certificates] == [
            ("00202700000001", "excellent", "第1管件有限公司"),
            ("00202700000002", "excellent", "第2管件有限公司"),
            ("00202700000003", "qualified", "第3管件有限公司"),
        ]
        assert len({row.verification_code for row in certificates}) == 3
        run = RatingRun.objects.get()
        with pytest.raises(Refused, match="已全部颁发"):
            issue_certificates(run, by=staff.manager, at=AFTER_OBJECTIONS)

    def test_the_pile_has_a_page_for_each_and_counts_as_the_original(self, staff: People) -> None:
        certificates = issued(staff)
        document = Document.objects.get(kind="certificate")
        with document.file.open() as file:
            pages = texts_of(file.read())
        assert len(pages) == 3
        for certificate, texts in zip(certificates, pages, strict=True):
            assert certificate.number in texts
            assert certificate.supplier.name in texts
            assert certificate.verification_code in texts
        prints = JournalEntry.objects.filter(action="print_certificate")
        assert [entry.facts["copy"] for entry in prints] == [0, 0, 0]

    def test_a_worker_killed_in_the_job_is_resumed_without_a_gap(
        self, staff: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = a_rated_year(staff)
        monkeypatch.setattr(operations, "STRETCH", 1)
        drawn = []

        def killed(kind: str, owners: Any) -> list[str]:
            drawn.append(kind)
            numbers = draw_paper_numbers(kind, owners)
            if len(drawn) == 2:
                raise OperationalError("the server went away")
            return numbers

        monkeypatch.setattr(operations, "draw_paper_numbers", killed)
        job = issue_certificates(run, by=staff.manager, at=AFTER_OBJECTIONS)
        with pytest.raises(OperationalError):
            run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == (JobState.RUNNING, 1, 4)
        assert SupplierCertificate.objects.count() == 1
        job.state = JobState.QUEUED
        job.save()
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.percent, job.result) == (
            JobState.DONE,
            100,
            {"certificates": 3, "printed": 3},
        )
        assert sorted(SupplierCertificate.objects.values_list("number", flat=True)) == [
            "00202700000001",
            "00202700000002",
            "00202700000003",
        ]

    def test_killed_before_the_pile_prints_it_once(
        self, staff: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = a_rated_year(staff)

        def killed(*args: Any, **options: Any) -> Any:
            raise OperationalError("the server went away")

        with monkeypatch.context() as broken:
            broken.setattr(operations, "stamp_pages", killed)
            job = issue_certificates(run, by=staff.manager, at=AFTER_OBJECTIONS)
            with pytest.raises(OperationalError):
                run_job(job.pk)
        assert Document.objects.filter(kind="certificate").count() == 0
        for _attempt in range(2):
            job.refresh_from_db()
            job.state = JobState.QUEUED
            job.save()
            run_job(job.pk)
        assert Document.objects.filter(kind="certificate").count() == 1
        assert JournalEntry.objects.filter(action="print_certificate").count() == 3


class TestPrintCertificate:
    def test_suppliers_check_9_printed_again_it_is_marked_as_a_copy(self, staff: People) -> None:
        certificate = issued(staff)[0]
        first = print_certificate(certificate, by=staff.buyer, at=AFTER_OBJECTIONS)
        second = print_certificate(certificate, by=staff.buyer, at=AFTER_OBJECTIONS)
        assert (first.copy_mark, second.copy_mark) == ("副本 1", "副本 2")
        assert first.number == second.number == certificate.number

    @pytest.mark.parametrize("changes", [{}, {"copy": 2}, {"revoked": True, "copy": 1}])
    def test_a_stamped_page_reads_like_the_laid_out_one(self, changes: dict[str, Any]) -> None:
        paper = a_paper(**changes)
        (file,) = stamp_pages(TEMPLATE, [paper])
        (stamped,) = texts_of(file.content)
        (plain,) = texts_of(render_pdf(TEMPLATE, {"paper": paper}))
        assert file.laid_out == 0
        assert sorted(stamped) == sorted(plain)

    def test_the_text_is_what_was_frozen(self, staff: People) -> None:
        certificate = issued(staff)[0]
        certificate.supplier.name = "改了名的公司"
        certificate.supplier.save()
        paper = print_certificate(certificate, by=staff.buyer, at=AFTER_OBJECTIONS)
        assert paper.supplier == "第1管件有限公司"
        assert (paper.valid_until, paper.issued_on) == ("2027年12月31日", certificate_day(paper))


def certificate_day(paper: CertificatePaper) -> str:
    """The day in the paper's own creation date, as Chinese papers write it."""
    year, month, day = paper.created[:10].split("-")
    return f"{int(year)}年{int(month)}月{int(day)}日"


class TestRevokeCertificate:
    def test_suppliers_check_9_revoked_says_revoked(self, staff: People, client: Client) -> None:
        certificate = issued(staff)[0]
        page = reverse("verify_supplier_certificate", args=[certificate.verification_code])
        # However it is typed.
        assert client.get(page.lower()).status_code == 200
        text = client.get(page).content.decode()
        assert "这张证书是我们颁发的" in text
        assert certificate.number in text
        with pytest.raises(Invalid, match="作废的原因"):
            revoke_certificate(certificate, reason=" ", by=staff.manager, at=AFTER_OBJECTIONS)
        with pytest.raises(NotAllowed):
            revoke_certificate(certificate, reason="x", by=staff.buyer, at=AFTER_OBJECTIONS)
        revoke_certificate(certificate, reason="弄虚作假", by=staff.manager, at=AFTER_OBJECTIONS)
        answer = client.get(page)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert "自 2027-01-13 12:00 起作废，不再有效" in answer.content.decode()
        assert "这张证书是我们颁发的" not in answer.content.decode()
        # The reason is for the house.
        assert "弄虚作假" not in answer.content.decode()
        assert print_certificate(certificate, by=staff.buyer, at=AFTER_OBJECTIONS).revoked
        with pytest.raises(Refused, match="无需再次作废"):
            revoke_certificate(certificate, reason="x", by=staff.manager, at=AFTER_OBJECTIONS)

    def test_an_unknown_code_is_nobodys(self, client: Client) -> None:
        answer = client.get(reverse("verify_supplier_certificate", args=["ABCDEFGHJKMN"]))
        assert answer.status_code == 404
        assert "没有这张证书" in answer.content.decode()


class TestTheDatabase:
    def test_changes_no_certificate_and_takes_none_that_is_not_earned(self, staff: People) -> None:
        certificate = issued(staff)[0]
        of_row = SupplierCertificate.objects.filter(pk=certificate.pk)
        unqualified = SupplierRating.objects.get(rating_class="unqualified")
        changes: list[Callable[[], object]] = [
            lambda: of_row.update(number="1"),
            lambda: of_row.update(paper={}),
            lambda: of_row.delete(),
        ]
        for change in changes:
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                change()
        certificate.pk = None
        certificate.rating = unqualified
        certificate.number, certificate.verification_code = "2", "2"
        with (
            pytest.raises(IntegrityError, match="not what a final rating says"),
            transaction.atomic(),
        ):
            certificate.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_who_revoke_at_once_are_one(staff: People) -> None:
    certificate = issued(staff)[0]

    def press() -> PaperRevocation:
        return revoke_certificate(certificate, reason="x", by=staff.manager, at=AFTER_OBJECTIONS)

    outcomes = at_once([press] * 3)
    assert [o.code for o in outcomes if isinstance(o, Refused)] == ["already_revoked"] * 2
    assert PaperRevocation.objects.count() == 1


class TestPages:
    def test_issuing_begins_on_the_page_of_the_year(self, staff: People, client: Client) -> None:
        run = a_rated_year(staff)
        assert staff.manager.user is not None
        client.force_login(staff.manager.user)
        page = reverse("admin:issue_certificates", args=[run.pk])
        shown = client.get(page).content.decode()
        assert ("颁发证书" in shown, "没有字体可以打印" in shown) == (True, False)
        # A private character, which no font draws as its owner means it.
        Supplier.objects.update(name="太原\ue000管件厂")
        assert "“\ue000”没有字体可以打印" in client.get(page).content.decode()
        assert client.post(page).status_code == 302
        progress = client.get(reverse("admin:certificates_progress", args=[run.pk])).json()
        assert progress == {"state": "queued", "percent": 0}

    def test_a_print_is_a_pdf(self, staff: People, client: Client) -> None:
        certificate = issued(staff)[0]
        assert staff.manager.user is not None
        client.force_login(staff.manager.user)
        name = "admin:suppliers_suppliercertificate_print_certificate"
        answer = client.post(reverse(name, args=[certificate.pk]))
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert "副本 1" in texts_of(answer.content)[0]
        paper = certificate_paper(certificate.paper)
        page = reverse("admin:suppliers_suppliercertificate_change", args=[certificate.pk])
        assert paper.verification_code in client.get(page).content.decode()
