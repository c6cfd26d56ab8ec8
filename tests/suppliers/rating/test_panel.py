"""The panel: two departments face to face, each member on sheets of their own."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from heating.roles import AUDITOR, PROCUREMENT
from office.actors import Actor
from office.head_office import head_office
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.dimensions import Aspect, Dimension, PanelDepartment, RatingClass
from suppliers.models import PanelMember, PanelSheet, RatingRun, SupplierRating
from suppliers.rating.face_to_face import (
    SheetPoints,
    class_after_panel,
    mean_points,
    needs_panel,
)
from suppliers.rating.operations import DimensionTerms
from suppliers.rating.panel import fill_panel_sheet, name_panel_member
from suppliers.rating.runs import close_panel
from suppliers.rating.score_rows import sheets_of_run
from suppliers.rating.scoring import Rating
from suppliers.rating_states import RatingRunState
from tests.builders import a_member_of_staff
from tests.parallel import at_once
from tests.suppliers.admission_records import People, people
from tests.suppliers.rating_records import (
    WEIGHTS,
    a_panel,
    a_perfect_year,
    a_proposed_run,
    a_scored_run,
    rating_of,
    rule_facts,
    seen_by_panel,
    sheet,
)
from tests.suppliers.supplier_records import a_supplier
from tests.suppliers.supply_records import NEW_YEAR

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


def a_listed_rating(staff: People) -> SupplierRating:
    """The rating of a supplier whom the panel has to see."""
    supplier = a_perfect_year()
    return rating_of(a_scored_run(staff), supplier)


class TestTheArithmetic:
    def test_the_mean_of_all_aspects_is_rounded_once(self) -> None:
        first = SheetPoints("technical", dict.fromkeys(Aspect, Decimal(80)), {})
        second = SheetPoints("operations", dict.fromkeys(Aspect, Decimal("79.99")), {})
        # 79.995 rounds up.
        assert mean_points([first, second]) == Decimal("80.00")
        assert mean_points([]) is None

    @pytest.mark.parametrize(
        ("points", "rating_class"),
        [
            (None, RatingClass.UNQUALIFIED),
            ("59.99", RatingClass.UNQUALIFIED),
            ("60", RatingClass.EXCELLENT),
        ],
    )
    def test_the_bound_of_the_panel_is_inclusive(
        self, points: str | None, rating_class: RatingClass
    ) -> None:
        rating = Rating((), Decimal(95), RatingClass.EXCELLENT)
        panel_points = None if points is None else Decimal(points)
        assert class_after_panel(rating, panel_points, Decimal(60)) == rating_class

    def test_the_panel_lifts_nobody(self) -> None:
        low = Rating((), Decimal(40), RatingClass.UNQUALIFIED)
        assert class_after_panel(low, Decimal(100), Decimal(60)) == RatingClass.UNQUALIFIED
        assert not needs_panel(low, panel_counts=False)


class TestNamePanelMember:
    def test_only_who_may_sit_on_a_panel_and_once(self, staff: People) -> None:
        run = a_scored_run(staff)
        auditor = a_member_of_staff("审计", AUDITOR, head_office())
        with pytest.raises(Invalid, match="没有担任评委的权限"):
            name_panel_member(run, auditor, PanelDepartment.FINANCE, by=staff.manager, at=NEW_YEAR)
        a_panel(run, staff)
        assert staff.technician.user is not None
        with pytest.raises(Refused, match="已是本次评审的评委"):
            name_panel_member(
                run,
                staff.technician.user,
                PanelDepartment.FINANCE,
                by=staff.manager,
                at=NEW_YEAR,
            )
        assert PanelMember.objects.count() == 2


class TestFillPanelSheet:
    def test_by_members_only_with_all_points(self, staff: People) -> None:
        rating = a_listed_rating(staff)
        with pytest.raises(NotAllowed, match="不是本次评审的评委"):
            fill_panel_sheet(rating, sheet(), by=staff.technician, at=NEW_YEAR)
        a_panel(rating.run, staff)
        cases: list[tuple[dict[str, Any], str]] = [
            ({"brand": Decimal("100.01")}, "0到100"),
            ({"quality": Decimal(80)}, "不由评委打分"),
        ]
        for wrong, sentence in cases:
            with pytest.raises(Invalid, match=sentence):
                fill_panel_sheet(rating, sheet(**wrong), by=staff.technician, at=NEW_YEAR)
        assert PanelSheet.objects.count() == 0

    def test_a_change_is_a_new_version_and_an_old_window_overwrites_nothing(
        self, staff: People
    ) -> None:
        rating = a_listed_rating(staff)
        a_panel(rating.run, staff)
        fill_panel_sheet(rating, sheet("70"), by=staff.technician, at=NEW_YEAR)
        fill_panel_sheet(rating, sheet("90", seen=1), by=staff.technician, at=NEW_YEAR)
        with pytest.raises(Refused, match="另一个窗口"):
            fill_panel_sheet(rating, sheet("10", seen=1), by=staff.technician, at=NEW_YEAR)
        versions = PanelSheet.objects.order_by("version").values_list("version", flat=True)
        assert list(versions) == [1, 2]
        (points,) = sheets_of_run(rating.run)[rating.supplier_id]
        assert set(points.aspects.values()) == {Decimal(90)}

    def test_not_for_a_supplier_whose_record_falls_short(self, staff: People) -> None:
        idle = a_supplier()
        run = a_scored_run(staff)
        a_panel(run, staff)
        with pytest.raises(Refused, match="不需面对面评审"):
            fill_panel_sheet(rating_of(run, idle), sheet(), by=staff.technician, at=NEW_YEAR)

    def test_the_database_takes_no_sheet_after_the_panel(self, staff: People) -> None:
        supplier = a_perfect_year()
        run = a_proposed_run(staff)
        member = PanelMember.objects.filter(run=run).first()
        with pytest.raises(IntegrityError, match="not with its panel"), transaction.atomic():
            PanelSheet.objects.create(
                run=run,
                supplier=supplier,
                member=member,  # type: ignore[misc]
                version=9,
                opinion="x",
                filled_at=NEW_YEAR,
            )
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            PanelSheet.objects.update(opinion="x")


@pytest.mark.django_db(transaction=True)
class TestTwoPanelsEditing:
    def test_two_members_at_once_both_stand(self, staff: People) -> None:
        rating = a_listed_rating(staff)
        members = a_panel(rating.run, staff)
        works = [
            lambda by=by, points=points: fill_panel_sheet(rating, sheet(points), by=by, at=NEW_YEAR)
            for by, points in zip(members.values(), ("70", "90"), strict=True)
        ]
        outcomes = at_once(works)
        assert not any(isinstance(outcome, Refused) for outcome in outcomes)
        assert mean_points(sheets_of_run(rating.run)[rating.supplier_id]) == Decimal("80.00")

    def test_two_windows_of_one_member_are_one_sheet(self, staff: People) -> None:
        rating = a_listed_rating(staff)
        a_panel(rating.run, staff)

        def press() -> PanelSheet:
            return fill_panel_sheet(rating, sheet(), by=staff.technician, at=NEW_YEAR)

        outcomes = at_once([press] * 3)
        assert [o.code for o in outcomes if isinstance(o, Refused)] == ["sheet_changed"] * 2
        assert PanelSheet.objects.count() == 1

    def test_a_sheet_or_the_end_of_the_panel_comes_first(self, staff: People) -> None:
        rating = a_listed_rating(staff)
        seen_by_panel(rating.run, staff)

        def revise() -> object:
            return fill_panel_sheet(rating, sheet("40", seen=1), by=staff.technician, at=NEW_YEAR)

        def end() -> object:
            return close_panel(rating.run, by=staff.buyer, at=NEW_YEAR)

        outcomes = at_once([revise, end])
        rating.refresh_from_db()
        # Either the new sheet counts, or it was refused: never a sheet that nobody counted.
        refused = isinstance(outcomes[0], Refused)
        assert rating.panel_points == Decimal("80.00" if refused else "60.00")
        assert PanelSheet.objects.count() == (2 if refused else 3)


class TestClosePanel:
    def test_waits_for_two_departments(self, staff: People) -> None:
        supplier = a_perfect_year()
        run = a_scored_run(staff)
        rating = rating_of(run, supplier)
        a_panel(run, staff)
        colleague = a_member_of_staff("技术乙", PROCUREMENT, head_office())
        name_panel_member(run, colleague, PanelDepartment.TECHNICAL, by=staff.manager, at=NEW_YEAR)
        fill_panel_sheet(rating, sheet(), by=staff.technician, at=NEW_YEAR)
        fill_panel_sheet(rating, sheet(), by=Actor.staff(colleague), at=NEW_YEAR)
        # Two people of one department are one department.
        with pytest.raises(Refused, match="还有 1 家供应商不足 2 个部门"):
            close_panel(run, by=staff.buyer, at=NEW_YEAR)
        assert RatingRun.objects.get(pk=run.pk).state == RatingRunState.PANEL
        fill_panel_sheet(rating, sheet(), by=staff.operator, at=NEW_YEAR)
        assert close_panel(run, by=staff.buyer, at=NEW_YEAR).state == RatingRunState.PROPOSED

    def test_who_does_not_convince_the_panel_is_not_qualified(self, staff: People) -> None:
        supplier = a_perfect_year()
        run = a_scored_run(staff)
        seen_by_panel(run, staff, "59.99")
        close_panel(run, by=staff.buyer, at=NEW_YEAR)
        rating = rating_of(run, supplier)
        assert (rating.total, rating.panel_points, rating.rating_class) == (
            Decimal("99.60"),
            Decimal("59.99"),
            RatingClass.UNQUALIFIED,
        )

    def test_a_share_of_the_panel_goes_into_the_score(self, staff: People) -> None:
        parts = {part: DimensionTerms(weight) for part, weight in WEIGHTS.items()}
        parts[Dimension.PRICE] = DimensionTerms(Decimal(10), Decimal(50))
        supplier = a_perfect_year()
        run = a_scored_run(staff, rule_facts(dimensions=parts))
        rating = rating_of(run, supplier)
        assert (rating.total, rating.rating_class) == (None, RatingClass.NOT_RATED)
        people_of_panel = a_panel(run, staff)
        for points, person in zip(("80", "91"), people_of_panel.values(), strict=True):
            fill_panel_sheet(rating, sheet("80", price=Decimal(points)), by=person, at=NEW_YEAR)
        close_panel(run, by=staff.buyer, at=NEW_YEAR)
        rating.refresh_from_db()
        score = rating.scores.get(dimension="price")
        # 96 × 50 % + 85.5 × 50 % = 90.75; 90 + 9.075 = 99.075.
        assert (score.panel_mean, score.value) == (Decimal("85.50"), Decimal("90.75"))
        assert (rating.total, rating.rating_class) == (Decimal("99.08"), RatingClass.EXCELLENT)


class TestThePage:
    def test_hands_in_and_leads_to_the_next_supplier(self, staff: People, client: Client) -> None:
        first, second = a_perfect_year(1), a_perfect_year(2)
        run = a_scored_run(staff)
        a_panel(run, staff)
        assert staff.technician.user is not None
        client.force_login(staff.technician.user)
        address = reverse("admin:fill_panel_sheet", args=[rating_of(run, first).pk])
        assert "评审表：" in client.get(address).content.decode()
        form = {f"{item.value}_points": "80" for item in Aspect} | {"opinion": "同意", "seen": "0"}
        assert client.post(address, form | {"brand_points": "101"}).status_code == 422
        answer = client.post(address, form)
        following = reverse("admin:fill_panel_sheet", args=[rating_of(run, second).pk])
        assert (answer.status_code, answer["Location"]) == (302, following)
        stale = client.post(address, form)
        assert stale.status_code == 409
        assert "另一个窗口" in stale.content.decode()
        assert PanelSheet.objects.count() == 1
