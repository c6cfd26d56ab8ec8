"""An annual rating: scored from the record, approved by two others, published, final."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from heating.roles import GROUP_LEADER, PROCUREMENT_MANAGER
from office.actors import Actor
from office.approvals.steps import Opinion
from office.head_office import head_office
from office.jobs.queue import run_job
from office.models import ApprovalOpinion
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.dimensions import Dimension, RatingClass
from suppliers.models import RatingRun, RatingScore, Supplier, SupplierRating
from suppliers.rating.objections import answer_objection, raise_objection
from suppliers.rating.rating_entries import entries_of_score, figure_text
from suppliers.rating.runs import (
    approve_rating_run,
    cancel_rating_run,
    close_panel,
    create_rating_run,
    finalise_rating_run,
    publish_rating_run,
    reopen_rating_run,
    return_rating_run,
    score_rating_run,
)
from suppliers.rating_states import RATING_RUN, RatingRunState
from suppliers.supply_record.operations import record_breach, withdraw_entry
from tests.builders import HERE, a_company, a_member_of_staff
from tests.office.guards import body_of_guard
from tests.parallel import at_once
from tests.suppliers.admission_records import People, people
from tests.suppliers.rating_records import (
    AFTER_OBJECTIONS,
    a_final_run,
    a_perfect_year,
    a_proposed_run,
    a_published_rule,
    a_scored_run,
    an_approved_run,
    quality_alone,
    rating_of,
    rule_facts,
    seen_by_panel,
)
from tests.suppliers.supplier_records import a_supplier
from tests.suppliers.supply_records import NEW_YEAR, a_case, a_delivery, an_order

pytestmark = pytest.mark.django_db

FIGURES = ("dimension", "numerator", "denominator", "rows", "weight", "value")


@pytest.fixture
def staff() -> People:
    return people()


def figures(rating: SupplierRating) -> list[tuple[object, ...]]:
    return list(RatingScore.objects.filter(rating=rating).order_by("pk").values_list(*FIGURES))


def a_mixed_year() -> Supplier:
    """Two orders of which one was breached, three deliveries, three cases."""
    supplier = a_supplier()
    first = an_order(supplier)  # 100 at 12.50, lowest 12.00
    second = an_order(supplier, quantity=Decimal(50), unit_price_fen=2000, lowest_price_fen=None)
    record_breach(second, reason="拒绝送货", by=HERE, at=NEW_YEAR)
    a_delivery(first, received=Decimal(60), accepted=Decimal(57))
    a_delivery(first, received=Decimal(40), accepted=Decimal(40), actual_on=date(2026, 5, 3))
    a_delivery(second, actual_on=None, received=Decimal(0), accepted=Decimal(0))
    withdraw_entry(a_delivery(first), reason="重复", by=HERE, at=NEW_YEAR)
    a_case(supplier)
    a_case(supplier, closed_on=date(2026, 6, 21))
    a_case(supplier, closed_on=None)
    return supplier


class TestCreateRatingRun:
    def test_takes_the_rule_in_force_for_a_year_that_has_ended(self, staff: People) -> None:
        with pytest.raises(Refused, match="没有已发布的评审规则"):
            create_rating_run(2026, by=staff.buyer, at=NEW_YEAR)
        rule = a_published_rule(staff)
        with pytest.raises(Invalid, match="2027 年还没有结束"):
            create_rating_run(2027, by=staff.buyer, at=NEW_YEAR)
        with pytest.raises(Refused, match="2025 年没有已发布"):
            create_rating_run(2025, by=staff.buyer, at=NEW_YEAR)
        assert RatingRun.objects.count() == 0
        run = create_rating_run(2026, by=staff.buyer, at=NEW_YEAR)
        assert (run.rule, run.state) == (rule, RatingRunState.SCOPED)

    def test_a_year_is_rated_once_unless_it_was_given_up(self, staff: People) -> None:
        a_published_rule(staff)
        run = create_rating_run(2026, by=staff.buyer, at=NEW_YEAR)
        with pytest.raises(Refused, match="已有评审"):
            create_rating_run(2026, by=staff.colleague, at=NEW_YEAR)
        cancel_rating_run(run, by=staff.buyer, at=NEW_YEAR)
        assert create_rating_run(2026, by=staff.colleague, at=NEW_YEAR).pk > run.pk


class TestScoreRatingRun:
    def test_suppliers_check_3_a_score_is_added_up_by_hand(self, staff: People) -> None:
        supplier = a_mixed_year()
        run = a_scored_run(staff)
        rating = rating_of(run, supplier)
        # Quality 97 of 100 m; one of two orders kept; one of three deliveries and one of three
        # cases in time; 100 m × 12.00 of 100 m × 12.50 yuan.
        assert figures(rating) == [
            ("quality", Decimal(97), Decimal(100), 3, Decimal(40), Decimal("97.00")),
            ("contract", Decimal(1), Decimal(2), 2, Decimal(20), Decimal("50.00")),
            ("delivery", Decimal(1), Decimal(3), 3, Decimal(20), Decimal("33.33")),
            ("after_sales", Decimal(1), Decimal(3), 3, Decimal(10), Decimal("33.33")),
            ("price", Decimal(120_000), Decimal(125_000), 1, Decimal(10), Decimal("96.00")),
        ]
        # 38.80 + 10 + 6.666 + 3.333 + 9.60 = 68.399.
        assert (rating.total, rating.rating_class) == (Decimal("68.40"), RatingClass.QUALIFIED)

    def test_suppliers_check_3_each_score_opens_to_what_it_was_made_of(self, staff: People) -> None:
        supplier = a_mixed_year()
        run = a_scored_run(staff)
        # What is corrected later belongs to a later scoring.
        later = NEW_YEAR + timedelta(seconds=1)
        a_delivery(an_order(supplier, at=later), at=later)
        assert staff.leader.user is not None
        staff.leader.user.is_superuser = True
        for score in RatingScore.objects.filter(rating__run=run).select_related(
            "rating__run__rule"
        ):
            entries = entries_of_score(score, staff.leader.user)
            assert (entries.numerator, entries.denominator, len(entries.rows), entries.unseen) == (
                score.numerator,
                score.denominator,
                score.rows,
                0,
            ), score.dimension
        assert figure_text(Dimension.PRICE, Decimal(125_000)) == "1,250"

    def test_entries_of_other_companies_are_only_counted(self, staff: People) -> None:
        supplier = a_supplier()
        a_delivery(an_order(supplier, company=a_company("21")))
        a_delivery(an_order(supplier))
        score = rating_of(a_scored_run(staff), supplier).scores.get(dimension="quality")
        reader = a_member_of_staff("甲公司采购", PROCUREMENT_MANAGER, a_company())
        entries = entries_of_score(score, reader)
        assert (score.rows, len(entries.rows), entries.unseen) == (2, 1, 1)

    def test_suppliers_check_2_no_deliveries_is_not_rated(self, staff: People) -> None:
        idle, busy = a_supplier(1), a_perfect_year(2)
        run = a_proposed_run(staff)
        rating = rating_of(run, idle)
        assert (rating.total, rating.rating_class) == (None, RatingClass.NOT_RATED)
        assert (rating.for_panel, rating.panel_points) == (False, None)
        excellent = SupplierRating.objects.filter(run=run, rating_class=RatingClass.EXCELLENT)
        assert [row.supplier for row in excellent] == [busy]
        assert run.summary["classes"] == {
            "excellent": 1,
            "qualified": 0,
            "unqualified": 0,
            "not_rated": 1,
        }

    def test_suppliers_check_2_every_bound_lies_in_exactly_one_class(self, staff: People) -> None:
        expected = {}
        for number, (accepted, rating_class) in enumerate(
            [
                (5999, RatingClass.UNQUALIFIED),
                (6000, RatingClass.QUALIFIED),
                (8999, RatingClass.QUALIFIED),
                (9000, RatingClass.EXCELLENT),
                (10000, RatingClass.EXCELLENT),
            ],
            start=1,
        ):
            supplier = a_supplier(number)
            order = an_order(supplier, lowest_price_fen=None)
            a_delivery(order, received=Decimal(10000), accepted=Decimal(accepted))
            expected[supplier.pk] = (Decimal(accepted) / 100, rating_class)
        run = a_proposed_run(staff, quality_alone())
        assert {
            row.supplier_id: (row.total, row.rating_class)
            for row in SupplierRating.objects.filter(run=run)
        } == expected

    def test_again_replaces_what_was_scored_before(self, staff: People) -> None:
        supplier = a_perfect_year()
        run = a_scored_run(staff)
        assert rating_of(run, supplier).total == Decimal("99.60")
        a_case(supplier, closed_on=None, at=NEW_YEAR + timedelta(hours=1))
        run_job(score_rating_run(run, by=staff.buyer, at=NEW_YEAR + timedelta(hours=2)).pk)
        # One of two cases in time: 5 of the 10 points of after-sales are gone.
        assert rating_of(run, supplier).total == Decimal("94.60")
        assert SupplierRating.objects.count() == 1
        assert RatingScore.objects.count() == 5

    def test_a_worker_that_comes_late_changes_nothing(self, staff: People) -> None:
        a_perfect_year()
        run = a_scored_run(staff)
        job = score_rating_run(run, by=staff.buyer, at=NEW_YEAR)
        run_job(job.pk)
        before = list(SupplierRating.objects.values_list("pk", "total"))
        job.refresh_from_db()
        job.state = "queued"
        job.save()
        run_job(job.pk)
        assert list(SupplierRating.objects.values_list("pk", "total")) == before


class TestApproveRatingRun:
    def test_by_two_others_at_two_levels(self, staff: People) -> None:
        a_perfect_year()
        run = a_proposed_run(staff)
        with pytest.raises(NotAllowed):
            approve_rating_run(run, by=staff.buyer, at=NEW_YEAR)
        approve_rating_run(run, Opinion("同意"), by=staff.manager, at=NEW_YEAR)
        run.refresh_from_db()
        assert run.state == RatingRunState.PROPOSED
        approve_rating_run(run, Opinion("同意"), by=staff.leader, at=NEW_YEAR)
        run.refresh_from_db()
        assert (run.state, run.approved_by) == (RatingRunState.APPROVED, staff.leader.user)

    def test_who_created_it_approves_at_no_level_whatever_they_may(self, staff: People) -> None:
        a_perfect_year()
        run = a_proposed_run(staff)
        assert staff.buyer.user is not None
        staff.buyer.user.groups.add(Group.objects.get(name=PROCUREMENT_MANAGER.name))
        fresh = Actor.staff(type(staff.buyer.user).objects.get(pk=staff.buyer.user.pk))
        with pytest.raises(NotAllowed, match="创建人以外"):
            approve_rating_run(run, by=fresh, at=NEW_YEAR)

    def test_is_returned_to_the_panel_with_the_reason(self, staff: People) -> None:
        supplier = a_perfect_year()
        run = a_proposed_run(staff)
        returned = return_rating_run(run, Opinion("请复核产能"), by=staff.manager, at=NEW_YEAR)
        assert returned.state == RatingRunState.PANEL
        assert rating_of(run, supplier).rating_class == RatingClass.EXCELLENT
        assert close_panel(run, by=staff.buyer, at=NEW_YEAR).state == RatingRunState.PROPOSED


@pytest.mark.django_db(transaction=True)
class TestAtTheSameSecond:
    def test_one_person_does_not_approve_at_two_levels(self, staff: People) -> None:
        a_perfect_year()
        run = a_proposed_run(staff)
        both = a_member_of_staff("两级", PROCUREMENT_MANAGER, head_office())
        both.groups.add(Group.objects.get(name=GROUP_LEADER.name))

        def press() -> RatingRun:
            return approve_rating_run(run, Opinion("同意"), by=Actor.staff(both), at=NEW_YEAR)

        outcomes = at_once([press] * 3)
        assert [o.code for o in outcomes if isinstance(o, Refused)] == ["not_allowed"] * 2
        assert [o.level for o in ApprovalOpinion.objects.all()] == [1]
        run.refresh_from_db()
        assert run.state == RatingRunState.PROPOSED


class TestPublishRatingRun:
    def test_objections_are_taken_to_the_last_day_and_then_it_is_final(self, staff: People) -> None:
        supplier = a_perfect_year()
        run = an_approved_run(staff)
        published = publish_rating_run(run, by=staff.manager, at=NEW_YEAR)
        # Published on 5 January in Shanghai, seven days.
        assert published.objections_until == date(2027, 1, 12)
        last_moment = AFTER_OBJECTIONS.replace(day=12, hour=15, minute=59)
        with pytest.raises(Refused, match="公示到 2027-01-12 为止"):
            finalise_rating_run(run, by=staff.manager, at=last_moment)
        objection = raise_objection(
            run,
            supplier,
            raised_from="第2管件有限公司",
            reason="到货日期有误",
            by=staff.buyer,
            at=last_moment,
        )
        with pytest.raises(Refused, match="已于 2027-01-12 期满"):
            raise_objection(
                run,
                supplier,
                raised_from="x",
                reason="x",
                by=staff.buyer,
                at=last_moment + timedelta(minutes=1),
            )
        with pytest.raises(Refused, match="还有异议没有答复"):
            finalise_rating_run(run, by=staff.manager, at=AFTER_OBJECTIONS)
        answer_objection(
            objection, upheld=False, answer="核对无误", by=staff.manager, at=AFTER_OBJECTIONS
        )
        final = finalise_rating_run(run, by=staff.manager, at=AFTER_OBJECTIONS)
        assert (final.state, final.finalised_at) == (RatingRunState.FINAL, AFTER_OBJECTIONS)

    def test_an_upheld_objection_leads_back_to_the_panel(self, staff: People) -> None:
        supplier = a_perfect_year()
        run = an_approved_run(staff)
        publish_rating_run(run, by=staff.manager, at=NEW_YEAR)
        with pytest.raises(Refused, match="没有成立的异议"):
            reopen_rating_run(run, reason="复核", by=staff.manager, at=NEW_YEAR)
        objection = raise_objection(
            run, supplier, raised_from="某公司", reason="漏记一件", by=staff.buyer, at=NEW_YEAR
        )
        answer_objection(objection, upheld=True, answer="属实", by=staff.manager, at=NEW_YEAR)
        with pytest.raises(Refused, match="有异议成立"):
            finalise_rating_run(run, by=staff.manager, at=AFTER_OBJECTIONS)
        reopened = reopen_rating_run(run, reason="漏记一件", by=staff.manager, at=NEW_YEAR)
        assert (reopened.state, reopened.objections_until) == (RatingRunState.PANEL, None)

    def test_who_entered_an_objection_does_not_answer_it(self, staff: People) -> None:
        supplier = a_perfect_year()
        run = an_approved_run(staff)
        publish_rating_run(run, by=staff.manager, at=NEW_YEAR)
        objection = raise_objection(
            run, supplier, raised_from="某公司", reason="x", by=staff.manager, at=NEW_YEAR
        )
        with pytest.raises(NotAllowed, match="登记人以外的人"):
            answer_objection(objection, upheld=True, answer="x", by=staff.manager, at=NEW_YEAR)
        objection.refresh_from_db()
        assert objection.upheld is None


class TestSuppliersCheck3OldYearsNeverChange:
    def test_a_new_rule_leaves_the_old_year(self, staff: People) -> None:
        supplier = a_perfect_year()
        run = a_final_run(staff)
        before = (figures(rating_of(run, supplier)), rating_of(run, supplier).rating_class)
        a_published_rule(staff, rule_facts(excellent_from=Decimal(100)))
        with pytest.raises(Refused, match="已确定"):
            score_rating_run(run, by=staff.buyer, at=AFTER_OBJECTIONS)
        assert (figures(rating_of(run, supplier)), rating_of(run, supplier).rating_class) == before

    def test_in_the_database_nothing_of_a_proposed_run_changes(self, staff: People) -> None:
        a_perfect_year()
        run = a_proposed_run(staff)
        changes: list[Callable[[], object]] = [
            lambda: SupplierRating.objects.filter(run=run).update(total=100),
            lambda: RatingScore.objects.filter(rating__run=run).update(value=100),
            lambda: RatingScore.objects.filter(rating__run=run).delete(),
        ]
        for change in changes:
            with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
                change()

    def test_in_the_database_a_final_run_stands(self, staff: People) -> None:
        a_perfect_year()
        run = a_final_run(staff)
        changes: list[Callable[[], object]] = [
            lambda: RatingRun.objects.filter(pk=run.pk).update(finalised_at=NEW_YEAR),
            lambda: RatingRun.objects.filter(pk=run.pk).update(state="panel"),
        ]
        for change in changes:
            with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
                change()

    def test_the_database_guards_the_very_table(self) -> None:
        table, body = body_of_guard(RATING_RUN)
        assert body == table


class TestPages:
    def test_from_the_run_to_each_entry(self, staff: People, client: Client) -> None:
        supplier = a_mixed_year()
        run = a_scored_run(staff)
        seen_by_panel(run, staff)
        client.force_login(a_member_of_staff("读者", PROCUREMENT_MANAGER, a_company()))
        page = client.get(reverse("admin:suppliers_ratingrun_change", args=[run.pk]))
        assert "共 1 家，还差 0 家" in page.content.decode()
        rating = rating_of(run, supplier)
        page = client.get(reverse("admin:suppliers_supplierrating_change", args=[rating.pk]))
        assert "68.40" in page.content.decode()
        address = reverse("admin:score_entries", args=[rating.pk])
        page = client.get(address, {"dimension": "quality"})
        assert '<td class="money">97</td>' in page.content.decode()
        assert client.get(address, {"dimension": "charm"}).status_code == 404

    def test_a_run_goes_on_by_its_buttons(self, staff: People, client: Client) -> None:
        a_perfect_year()
        a_published_rule(staff)
        assert staff.buyer.user is not None
        client.force_login(staff.buyer.user)
        added = client.post(reverse("admin:suppliers_ratingrun_add"), {"year": 2025})
        assert added.status_code == 409
        run = create_rating_run(2026, by=staff.buyer, at=NEW_YEAR)
        client.post(reverse("admin:suppliers_ratingrun_score_rating_run", args=[run.pk]))
        run.refresh_from_db()
        assert run.state == RatingRunState.SCORING
