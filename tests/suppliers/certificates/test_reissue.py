"""A certificate that is wrong or was revoked is reissued under a new number."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from office.models import JournalEntry
from office.papers.revocation import revocation_of
from office.pdf import render_pdf
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.certificates.operations import (
    TEMPLATE,
    issue_stretch,
    print_certificate,
    reissue_certificate,
    revoke_certificate,
)
from suppliers.models import Supplier, SupplierCertificate
from tests.office.pdf_reading import texts_of
from tests.parallel import at_once
from tests.suppliers.admission_records import People, people
from tests.suppliers.rating_records import AFTER_OBJECTIONS as AT
from tests.suppliers.rating_records import a_final_run, a_perfect_year
from tests.suppliers.sourcing_records import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


def a_certificate(staff: People) -> SupplierCertificate:
    a_perfect_year()
    run = a_final_run(staff)
    issue_stretch(run, by=staff.manager, at=AT)
    return run.certificates.get()


class TestReissueCertificate:
    def test_a_wrong_one_is_revoked_and_each_names_the_other(
        self, staff: People, client: Client
    ) -> None:
        wrong = a_certificate(staff)
        Supplier.objects.filter(pk=wrong.supplier_id).update(name="太原华源管件有限公司")
        right = reissue_certificate(wrong, reason="名称有误", by=staff.manager, at=AT)
        assert (wrong.number, right.number) == ("00202700000001", "00202700000002")
        assert (right.replaces, right.rating, right.award) == (wrong, wrong.rating, wrong.award)
        revocation = revocation_of(wrong)
        assert revocation is not None
        assert revocation.reason == "名称有误"
        entry = JournalEntry.objects.get(action="reissue_certificate")
        assert entry.facts == {
            "number": right.number,
            "replaces": wrong.number,
            "reason": "名称有误",
        }
        old, new = (
            client.get(reverse("verify_supplier_certificate", args=[row.verification_code]))
            for row in (wrong, right)
        )
        assert "已作废" in old.content.decode()
        assert f'已由新证书替代</dt><dd class="figures">{right.number}' in old.content.decode()
        assert "这张证书是我们颁发的" in new.content.decode()
        assert f'替代的证书</dt><dd class="figures">{wrong.number}' in new.content.decode()
        paper = print_certificate(right, by=staff.buyer, at=AT)
        assert (paper.supplier, paper.copy_mark) == ("太原华源管件有限公司", "")
        text = "".join(texts_of(render_pdf(TEMPLATE, {"paper": paper}))[0])
        assert f"替代已作废的 {wrong.number}" in text

    def test_a_revoked_one_keeps_its_reason_and_has_one_successor(self, staff: People) -> None:
        certificate = a_certificate(staff)
        revoke_certificate(certificate, reason="遗失", by=staff.manager, at=AT)
        assert (
            refusal(
                Invalid,
                lambda: reissue_certificate(certificate, reason=" ", by=staff.manager, at=AT),
            )
            == "reason_missing"
        )
        with pytest.raises(NotAllowed):
            reissue_certificate(certificate, reason="x", by=staff.buyer, at=AT)
        second = reissue_certificate(certificate, reason="遗失补发", by=staff.manager, at=AT)
        with pytest.raises(Refused, match=f"已由 {second.number} 替代"):
            reissue_certificate(certificate, reason="x", by=staff.manager, at=AT)
        third = reissue_certificate(second, reason="又遗失", by=staff.manager, at=AT)
        revocation = revocation_of(certificate)
        assert revocation is not None
        assert (revocation.reason, third.number) == ("遗失", "00202700000003")

    def test_the_database_takes_no_second_first_one_and_no_valid_predecessor(
        self, staff: People
    ) -> None:
        valid = a_certificate(staff)
        for replaces, message in ((None, "one_first_certificate"), (valid, "none that is revoked")):
            row = SupplierCertificate.objects.get(pk=valid.pk)
            row.pk, row.replaces = None, replaces
            row.number, row.verification_code = "2", "2"
            with pytest.raises(IntegrityError, match=message), transaction.atomic():
                row.save(force_insert=True)

    def test_by_the_button_of_its_page(self, staff: People, client: Client) -> None:
        wrong = a_certificate(staff)
        assert staff.manager.user is not None
        client.force_login(staff.manager.user)
        name = "admin:suppliers_suppliercertificate_{}"
        client.post(
            reverse(name.format("reissue_certificate"), args=[wrong.pk]), {"reason": "名称有误"}
        )
        right = SupplierCertificate.objects.get(replaces=wrong)
        shown = client.get(reverse(name.format("change"), args=[wrong.pk])).content.decode()
        assert f"{right.number}</a>" in shown


@pytest.mark.django_db(transaction=True)
def test_two_who_reissue_at_once_issue_one(staff: People) -> None:
    certificate = a_certificate(staff)

    def press() -> SupplierCertificate:
        return reissue_certificate(certificate, reason="x", by=staff.manager, at=AT)

    outcomes = at_once([press] * 2)
    assert [o.code for o in outcomes if isinstance(o, Refused)] == ["already_reissued"]
    assert SupplierCertificate.objects.filter(replaces=certificate).count() == 1
