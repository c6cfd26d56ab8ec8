"""Papers count from their verification to their last day, and categories ask for them by date."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from heating.roles import PROCUREMENT, TECHNICAL_REVIEWER
from office.actors import Actor
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import PaperRequirement, PaperType, Supplier, SupplierPaper, SupplyCategory
from suppliers.papers.gates import MissingPaper, missing_papers_at
from suppliers.papers.operations import PaperFacts, hand_in_paper, reject_paper, verify_paper
from suppliers.states import PaperState
from tests.builders import a_company, a_member_of_staff
from tests.suppliers.supplier_records import NOON, a_category, a_supplier, a_verified_paper

pytestmark = pytest.mark.django_db
ISO = PaperType.ISO_45001


@pytest.fixture
def buyer() -> Actor:
    return Actor.staff(a_member_of_staff("采购甲", PROCUREMENT, a_company()))


@pytest.fixture
def reviewer() -> Actor:
    return Actor.staff(a_member_of_staff("技术乙", TECHNICAL_REVIEWER, a_company()))


def require(category: SupplyCategory | None = None, **changes: Any) -> PaperRequirement:
    values = {
        "paper_type": ISO,
        "category": category,
        "starts": date(2026, 1, 1),
        "source": "采购管理办法第12条",
    }
    return PaperRequirement.objects.create(**(values | changes))


def missing_papers(
    supplier: Supplier, category: SupplyCategory, at: datetime
) -> list[MissingPaper]:
    dealing = (supplier.pk, category.pk)
    return missing_papers_at([dealing], at)[dealing]


def noon(year: int, month: int, day: int) -> datetime:
    """Noon in Shanghai."""
    return datetime(year, month, day, 4, tzinfo=UTC)


def hand_in(by: Actor) -> SupplierPaper:
    return hand_in_paper(a_supplier(), PaperFacts(ISO, date(2026, 1, 1)), by=by, at=NOON)


class TestHandInPaper:
    def test_an_end_before_the_beginning_is_refused(self, buyer: Actor) -> None:
        facts = PaperFacts(ISO, date(2026, 1, 2), date(2026, 1, 1))
        with pytest.raises(Invalid, match="不能早于"):
            hand_in_paper(a_supplier(), facts, by=buyer, at=NOON)
        assert SupplierPaper.objects.count() == 0


class TestVerifyPaper:
    def test_a_paper_counts_once_another_has_looked(self, buyer: Actor, reviewer: Actor) -> None:
        require()
        paper = hand_in(buyer)
        category = a_category()
        lacking = missing_papers(paper.supplier, category, NOON)
        assert [(row.paper_type, str(row.reason)) for row in lacking] == [(ISO, "没有已核验的证照")]
        verify_paper(paper, looked_at="国家认监委网站", seen="有效", by=reviewer, at=NOON)
        assert missing_papers(paper.supplier, category, NOON) == []
        (row,) = paper.verifications.all()
        assert (row.accepted, row.looked_at, row.seen, row.by) == (
            True,
            "国家认监委网站",
            "有效",
            reviewer.user,
        )

    def test_never_by_who_entered_it(self, buyer: Actor) -> None:
        paper = hand_in(buyer)
        with pytest.raises(NotAllowed, match="登记人以外的人"):
            verify_paper(paper, looked_at="网站", seen="有效", by=buyer, at=NOON)
        paper.refresh_from_db()
        assert (paper.state, paper.verifications.count()) == (PaperState.HANDED_IN, 0)

    def test_where_and_what_must_be_said(self, buyer: Actor, reviewer: Actor) -> None:
        paper = hand_in(buyer)
        with pytest.raises(Invalid, match="核验途径"):
            verify_paper(paper, looked_at=" ", seen="有效", by=reviewer, at=NOON)
        paper.refresh_from_db()
        assert paper.state == PaperState.HANDED_IN

    def test_the_new_paper_replaces_the_old(self, buyer: Actor, reviewer: Actor) -> None:
        supplier = a_supplier()
        a_verified_paper(supplier, ISO, verifier=reviewer)
        new = hand_in_paper(
            supplier, PaperFacts(ISO, date(2026, 3, 1), date(2029, 2, 28)), by=buyer, at=NOON
        )
        verify_paper(new, looked_at="网站", seen="有效", by=reviewer, at=NOON)
        assert list(supplier.papers.order_by("pk").values_list("state", flat=True)) == [
            PaperState.REPLACED,
            PaperState.VERIFIED,
        ]


class TestRejectPaper:
    def test_a_rejected_paper_never_counts(self, buyer: Actor, reviewer: Actor) -> None:
        require()
        paper = hand_in(buyer)
        reject_paper(paper, looked_at="网站", seen="编号不存在", by=reviewer, at=NOON)
        assert len(missing_papers(paper.supplier, a_category(), NOON)) == 1
        with pytest.raises(Refused):
            verify_paper(paper, looked_at="网站", seen="有效", by=reviewer, at=NOON)


class TestGates:
    def test_a_paper_that_ends_today_in_shanghai_counts_until_midnight(
        self, reviewer: Actor
    ) -> None:
        require()
        supplier, category = a_supplier(), a_category()
        a_verified_paper(supplier, ISO, verifier=reviewer, valid_until=date(2026, 6, 30))
        at_2358 = datetime(2026, 6, 30, 15, 58, tzinfo=UTC)
        at_0001 = datetime(2026, 6, 30, 16, 1, tzinfo=UTC)
        assert missing_papers(supplier, category, at_2358) == []
        lacking = missing_papers(supplier, category, at_0001)
        assert [str(row.reason) for row in lacking] == ["已过期或尚未生效"]

    def test_a_category_asks_for_what_those_above_it_ask_for(self) -> None:
        above = a_category("01")
        leaf = SupplyCategory.objects.create(
            code="01.01", name="钢管", kind=above.kind, parent=above
        )
        other = a_category("02")
        require(above)
        supplier = a_supplier()
        assert len(missing_papers(supplier, leaf, NOON)) == 1
        assert missing_papers(supplier, other, NOON) == []

    def test_requirements_are_dated(self) -> None:
        require(ends=date(2026, 6, 30))
        supplier, category = a_supplier(), a_category()
        days = (noon(2025, 12, 31), noon(2026, 1, 1), noon(2026, 6, 30), noon(2026, 7, 1))
        assert [len(missing_papers(supplier, category, day)) for day in days] == [0, 1, 1, 0]

    def test_a_check_without_an_end_grows_old(self, reviewer: Actor) -> None:
        require(paper_type=PaperType.DISHONESTY_CHECK, most_days=180)
        supplier, category = a_supplier(), a_category()
        a_verified_paper(
            supplier,
            PaperType.DISHONESTY_CHECK,
            verifier=reviewer,
            valid_from=date(2026, 1, 1),
            valid_until=None,
        )
        # The first of January and 180 days: the 30th of June is the last.
        assert missing_papers(supplier, category, noon(2026, 6, 30)) == []
        assert len(missing_papers(supplier, category, noon(2026, 7, 1))) == 1
