"""What an award is decided and signed on: dated terms, dated priority, the sheet as files."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from office.approvals.steps import Opinion
from office.papers.revocation import revoke_paper
from office.refusals import Refused
from suppliers.certificates.operations import issue_stretch, reissue_certificate
from suppliers.dimensions import RatingClass
from suppliers.models import (
    CategoryKind,
    ContractTerm,
    OpenedOffer,
    PriorityRule,
    Sourcing,
    SupplyCategory,
    TermKind,
)
from suppliers.sourcing.award import approve_award, propose_award, return_award
from suppliers.sourcing.contract_terms import REQUIRED_TERMS, terms_on
from suppliers.sourcing.priority import priorities_at
from suppliers.states import SourcingState
from tests.office.pdf_reading import texts_of
from tests.suppliers.admission_records import People, people
from tests.suppliers.rating_records import a_final_run, a_perfect_year, rating_of
from tests.suppliers.sourcing_records import (
    OFFERS_UNTIL,
    a_sheet,
    a_sourcing,
    offered,
    opened,
    qualified_suppliers,
    refusal,
)
from tests.suppliers.supplier_records import NOON, a_category

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def staff() -> People:
    return people()


def a_term(category: SupplyCategory, kind: TermKind, text: str, **given: date) -> ContractTerm:
    values = {"starts": date(2026, 1, 1)} | given
    return ContractTerm.objects.create(
        category=category, kind=kind, text=text, source="采购制度", **values
    )


def an_opened(staff: People) -> Sourcing:
    """Three offers, of which the second is the lowest: 10 × 2 + 2.5 × 4 = 30 fen."""
    suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
    offered(staff, sourcing, [a_sheet(sourcing, n, 2 * n) for n in (3, 2, 5)], suppliers)
    return opened(staff, sourcing)


class TestTermsOn:
    def test_the_nearest_and_latest_term_of_a_kind_counts(self) -> None:
        above = a_category("03", CategoryKind.FUEL)
        coal = SupplyCategory.objects.create(
            code="03.01", name="动力煤", kind=CategoryKind.FUEL, parent=above
        )
        a_term(above, TermKind.SULPHUR, "不高于 1.0%")
        a_term(above, TermKind.MOISTURE, "不高于 12%")
        a_term(coal, TermKind.SULPHUR, "不高于 0.8%")
        a_term(coal, TermKind.SULPHUR, "不高于 0.6%", starts=date(2026, 3, 1))
        a_term(coal, TermKind.SULPHUR, "不高于 0.5%", starts=date(2026, 3, 3))
        a_term(coal, TermKind.OTHER, "按车检斤")
        a_term(coal, TermKind.OTHER, "已停用", ends=date(2026, 3, 1))
        a_term(above, TermKind.OTHER, "质量异议七日内提出")
        assert [(term.name, term.text) for term in terms_on(coal, TODAY)] == [
            ("硫分", "不高于 0.6%"),
            ("水分", "不高于 12%"),
            ("其他条款", "按车检斤"),
            ("其他条款", "质量异议七日内提出"),
        ]

    def test_each_kind_of_the_report_is_required(self) -> None:
        assert {
            kind.value: [str(term) for term in terms] for kind, terms in REQUIRED_TERMS.items()
        } == {
            "equipment": ["energy_saving"],
            "fuel": ["sulphur", "moisture", "volatiles", "calorific_value"],
            "works": ["wage_agreement"],
        }


class TestFrozenTerms:
    def test_what_the_category_must_have_is_named_then_frozen_until_it_is_returned(
        self, staff: People
    ) -> None:
        sourcing = an_opened(staff)
        best = sourcing.invitations.order_by("pk")[1].offers.get()
        SupplyCategory.objects.filter(pk=sourcing.category_id).update(kind=CategoryKind.EQUIPMENT)
        with pytest.raises(Refused, match="缺少合同条款：节能"):
            propose_award(sourcing, best, reason="低价", by=staff.buyer, at=OFFERS_UNTIL)
        term = a_term(a_category(), TermKind.ENERGY_SAVING, "一级能效")
        propose_award(sourcing, best, reason="低价", by=staff.buyer, at=OFFERS_UNTIL)
        # What the approvers saw stays, whatever becomes of the dated data.
        term.text = "二级能效"
        term.save()
        sourcing.refresh_from_db()
        assert sourcing.award_terms == [
            {"kind": "energy_saving", "name": "节能", "text": "一级能效", "source": "采购制度"}
        ]
        returned = return_award(sourcing, Opinion("再议"), by=staff.manager, at=OFFERS_UNTIL)
        assert (returned.award_terms, returned.state) == (None, SourcingState.OPENED)

    def test_the_database_changes_nothing_that_was_awarded(self, staff: People) -> None:
        sourcing = an_opened(staff)
        best = sourcing.invitations.order_by("pk")[1].offers.get()
        propose_award(sourcing, best, reason="低价", by=staff.buyer, at=OFFERS_UNTIL)
        approve_award(sourcing, Opinion("同意"), by=staff.manager, at=OFFERS_UNTIL)
        row = Sourcing.objects.filter(pk=sourcing.pk)
        changes: tuple[dict[str, Any], ...] = (
            {"award_terms": []},
            {"award_reason": "别的"},
            {"title": "别的"},
        )
        for change in changes:
            with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
                row.update(**change)
        assert row.get().award_reason == "低价"


class TestPriority:
    def test_last_years_excellent_goes_first_by_the_rule_of_the_last_day_for_offers(
        self, staff: People
    ) -> None:
        # The record of 2026 is excellent; offers of 2027 have the priority.
        excellent = a_perfect_year(1)
        run = a_final_run(staff)
        rating = rating_of(run, excellent)
        assert rating.rating_class == RatingClass.EXCELLENT
        during = OFFERS_UNTIL.replace(year=2027)
        assert priorities_at({excellent.pk}, during) == {}
        PriorityRule.objects.create(
            share=Decimal("0.05"), starts=date(2026, 1, 1), ends=date(2026, 12, 31), source="旧规"
        )
        PriorityRule.objects.create(
            share=Decimal("0.03"), starts=date(2027, 1, 1), source="采购办法"
        )
        priority = priorities_at({excellent.pk}, during)[excellent.pk]
        assert (priority.share, priority.reason) == (
            Decimal("0.03"),
            "2026 年度优秀供应商，按《采购办法》优先 3%",
        )
        # The year of the rating itself, and the one after next, give nothing.
        assert priorities_at({excellent.pk}, during.replace(year=2026)) == {}
        assert priorities_at({excellent.pk}, during.replace(year=2028)) == {}
        # A revoked certificate takes it away, another in its place gives it back.
        issue_stretch(run, by=staff.manager, at=during)
        certificate = rating.certificates.get()
        revoke_paper(
            certificate,
            "revoke_certificate",
            number=certificate.number,
            reason="弄虚作假",
            by=staff.manager,
            at=during,
        )
        assert priorities_at({excellent.pk}, during) == {}
        reissue_certificate(certificate, reason="查实有误", by=staff.manager, at=during)
        assert list(priorities_at({excellent.pk}, during)) == [excellent.pk]

    def test_the_database_wants_a_reason_with_a_priority(self, staff: People) -> None:
        sourcing = an_opened(staff)
        row = OpenedOffer.objects.filter(offer__invitation__sourcing=sourcing).first()
        assert row is not None
        assert (row.priority, row.priority_reason) == (Decimal(0), "")
        row.pk, row.priority = None, Decimal("0.03")
        with pytest.raises(IntegrityError, match="priority_with_a_reason"), transaction.atomic():
            row.save(force_insert=True)


class TestSheetFiles:
    def test_pdf_and_spreadsheet_say_what_the_page_says(
        self, staff: People, client: Client
    ) -> None:
        sourcing = an_opened(staff)
        # A name that a spreadsheet would take for a formula stays text.
        first = sourcing.items.get(line=1)
        first.name = '=HYPERLINK("http://x")'
        first.save()
        best = sourcing.invitations.order_by("pk")[1].offers.get()
        a_term(a_category(), TermKind.OTHER, "质保两年")
        propose_award(sourcing, best, reason="最低价", by=staff.buyer, at=OFFERS_UNTIL)
        assert staff.manager.user is not None
        client.force_login(staff.manager.user)
        pdf, book = (
            client.get(reverse(f"admin:suppliers_sourcing_{name}", args=[sourcing.pk]))
            for name in ("comparison_pdf", "comparison_workbook")
        )
        texts = "".join("".join(page) for page in texts_of(pdf.content))
        for part in (sourcing.number, "0.20+0.10+0.00=0.30", "质保两年", "最低价"):
            assert part in texts.replace(" ", ""), part
        rows = (
            CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
        )
        # The best offer stands first: 10 × 0.02, and how it comes about.
        assert rows[1][:5] == [first.name, 10.0, "件", 0.2, "0.02 × 10"]
        totals = next(row for row in rows if row[0] == "总价（元）")
        assert [totals[place] for place in (3, 5, 7)] == [0.3, 0.45, 0.75]
        shown = client.get(reverse("admin:suppliers_sourcing_change", args=[sourcing.pk]))
        assert "0.20 + 0.10 + 0.00 = 0.30" in shown.content.decode()

    def test_there_is_none_before_two_people_have_opened(
        self, staff: People, client: Client
    ) -> None:
        sourcing = a_sourcing(staff)
        assert staff.manager.user is not None
        client.force_login(staff.manager.user)
        for name in ("comparison_pdf", "comparison_workbook"):
            page = reverse(f"admin:suppliers_sourcing_{name}", args=[sourcing.pk])
            assert client.get(page).status_code == 404


def test_refusals_of_terms_have_their_code(staff: People) -> None:
    sourcing = an_opened(staff)
    SupplyCategory.objects.filter(pk=sourcing.category_id).update(kind=CategoryKind.FUEL)
    best = sourcing.invitations.order_by("pk")[1].offers.get()
    code = refusal(
        Refused, lambda: propose_award(sourcing, best, reason="x", by=staff.buyer, at=NOON)
    )
    sourcing.refresh_from_db()
    assert (code, sourcing.state, sourcing.award) == ("terms_missing", SourcingState.OPENED, None)
