"""Rules of the annual rating: two people, frozen, and old years never change."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from heating.roles import GROUP_LEADER, PROCUREMENT, PROCUREMENT_MANAGER
from office.actors import Actor
from office.head_office import head_office
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.dimensions import Dimension, RatingClass, WithoutData
from suppliers.models import RatingRule, RatingRuleLine
from suppliers.rating.operations import (
    DimensionTerms,
    draft_rating_rule,
    publish_rating_rule,
)
from suppliers.rating.simulation import simulate
from suppliers.rating.sums import rate_year
from suppliers.rating.terms import rule_of_year, terms_of
from suppliers.rating_states import RATING_RULE, RatingRuleState
from tests.builders import a_company, a_member_of_staff
from tests.office.guards import body_of_guard
from tests.suppliers.rating_records import rule_facts
from tests.suppliers.supplier_records import a_supplier
from tests.suppliers.supply_records import NEW_YEAR, a_case, a_delivery, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db: None) -> Actor:
    return Actor.staff(a_member_of_staff("采购主管", PROCUREMENT_MANAGER, a_company()))


@pytest.fixture
def leader(db: None) -> Actor:
    return Actor.staff(a_member_of_staff("集团领导", GROUP_LEADER, a_company()))


class TestDraftRatingRule:
    def test_becomes_the_terms_of_the_pure_rules(self, manager: Actor) -> None:
        parts = dict(rule_facts().dimensions)
        parts[Dimension.PRICE] = DimensionTerms(
            Decimal(10), Decimal(50), WithoutData.SPREAD, Decimal("80.5")
        )
        facts = rule_facts(dimensions=parts, grace_days=3)
        terms = terms_of(draft_rating_rule(facts, by=manager, at=NEW_YEAR))
        assert sum(terms.weights.values()) == 100
        assert (terms.grace_days, terms.panel_share[Dimension.PRICE]) == (3, Decimal(50))
        assert terms.without_data[Dimension.PRICE] == WithoutData.SPREAD
        assert terms.excellent_needs == {Dimension.PRICE: Decimal("80.5")}

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"qualified_from": Decimal("90.01")}, "优秀线不能低于合格线"),
            ({"excellent_from": Decimal("100.01")}, "0到100之间"),
            ({"source": " "}, "请填写依据"),
            ({"from_year": 26}, "四位年份"),
            ({"panel_from": Decimal("-0.01")}, "0到100之间"),
            ({"objection_days": 0}, "1到90之间"),
        ],
    )
    def test_terms_that_contradict_each_other_are_refused(
        self, wrong: dict[str, Any], sentence: str, manager: Actor
    ) -> None:
        with pytest.raises(Invalid, match=sentence):
            draft_rating_rule(rule_facts(**wrong), by=manager, at=NEW_YEAR)
        assert RatingRule.objects.count() == 0

    @pytest.mark.parametrize("weight", ["9.99", "10.01"])
    def test_weights_are_100_in_all(self, weight: str, manager: Actor) -> None:
        facts = rule_facts()
        parts = facts.dimensions | {Dimension.PRICE: DimensionTerms(Decimal(weight))}  # type: ignore[operator]
        with pytest.raises(Invalid, match="之和须为100"):
            draft_rating_rule(replace(facts, dimensions=parts), by=manager, at=NEW_YEAR)
        assert RatingRule.objects.count() == 0


class TestPublishRatingRule:
    def test_by_another_person_from_its_year_on(self, manager: Actor, leader: Actor) -> None:
        rule = draft_rating_rule(rule_facts(), by=manager, at=NEW_YEAR)
        assert rule_of_year(2026) is None
        with pytest.raises(NotAllowed):
            publish_rating_rule(rule, by=manager, at=NEW_YEAR)
        published = publish_rating_rule(rule, by=leader, at=NEW_YEAR)
        assert (rule_of_year(2025), rule_of_year(2026), rule_of_year(2030)) == (
            None,
            published,
            published,
        )
        with pytest.raises(Refused):
            publish_rating_rule(rule, by=leader, at=NEW_YEAR)

    def test_never_by_who_drafted_it_whatever_they_may(self, manager: Actor) -> None:
        rule = draft_rating_rule(rule_facts(), by=manager, at=NEW_YEAR)
        assert manager.user is not None
        manager.user.is_superuser = True
        with pytest.raises(NotAllowed, match="起草人以外的人"):
            publish_rating_rule(rule, by=manager, at=NEW_YEAR)
        rule.refresh_from_db()
        assert rule.state == RatingRuleState.DRAFT

    def test_a_new_rule_changes_no_old_year(self, manager: Actor, leader: Actor) -> None:
        old = draft_rating_rule(rule_facts(from_year=2025), by=manager, at=NEW_YEAR)
        publish_rating_rule(old, by=leader, at=NEW_YEAR)
        order = an_order(a_supplier(), ordered_on=date(2025, 4, 1), promised_on=date(2025, 5, 1))
        a_delivery(order, promised_on=date(2025, 5, 1), actual_on=date(2025, 5, 1))
        a_case(
            order.supplier,
            opened_on=date(2025, 6, 1),
            due_on=date(2025, 6, 2),
            closed_on=date(2025, 6, 2),
        )

        def rated(year: int) -> Any:
            rule = rule_of_year(year)
            assert rule is not None
            return rate_year(terms_of(rule), year, as_of=NEW_YEAR)

        before = rated(2025)
        # 40 + 20 + 20 + 10 and 96 of the price's 10 in a hundred.
        assert before[order.supplier_id].total == Decimal("99.60")
        strict = draft_rating_rule(
            rule_facts(excellent_from=Decimal("99.61")), by=manager, at=NEW_YEAR
        )
        publish_rating_rule(strict, by=leader, at=NEW_YEAR)
        assert rule_of_year(2026) == strict
        assert rated(2025) == before


class TestTheDatabase:
    def test_changes_no_rule(self, manager: Actor, leader: Actor) -> None:
        rule = draft_rating_rule(rule_facts(), by=manager, at=NEW_YEAR)
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            RatingRule.objects.filter(pk=rule.pk).update(excellent_from=80)
        publish_rating_rule(rule, by=leader, at=NEW_YEAR)
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            RatingRule.objects.filter(pk=rule.pk).update(title="另一份")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            RatingRuleLine.objects.filter(rule=rule).update(weight=20)

    def test_publishes_none_whose_weights_are_not_100(self, manager: Actor, leader: Actor) -> None:
        rule = RatingRule.objects.create(
            title="x",
            source="x",
            from_year=2026,
            qualified_from=60,
            excellent_from=90,
            panel_from=60,
            objection_days=7,
            drafted_by=manager.user,  # type: ignore[misc]
            drafted_at=NEW_YEAR,
        )
        RatingRuleLine.objects.bulk_create(
            RatingRuleLine(
                rule=rule, dimension=part, weight=19, panel_share=0, without_data=WithoutData.SPREAD
            )
            for part in Dimension
        )
        with pytest.raises(IntegrityError, match="not 100 in all"), transaction.atomic():
            RatingRule.objects.filter(pk=rule.pk).update(
                state=RatingRuleState.PUBLISHED, published_by=leader.user, published_at=NEW_YEAR
            )

    def test_guards_the_very_table(self) -> None:
        table, body = body_of_guard(RATING_RULE)
        assert body == table


class TestSimulate:
    def test_shows_whose_class_would_change(self, manager: Actor, leader: Actor) -> None:
        rule = draft_rating_rule(rule_facts(), by=manager, at=NEW_YEAR)
        publish_rating_rule(rule, by=leader, at=NEW_YEAR)
        order = an_order(a_supplier())
        a_delivery(order)
        a_case(order.supplier)
        strict = draft_rating_rule(
            rule_facts(excellent_from=Decimal("99.61")), by=manager, at=NEW_YEAR
        )
        simulation = simulate(strict, 2026, as_of=NEW_YEAR)
        (row,) = simulation.rows
        assert (row.supplier, row.differs) == (order.supplier, True)
        assert simulation.counts[:2] == [
            (RatingClass.EXCELLENT, 0, 1),
            (RatingClass.QUALIFIED, 1, 0),
        ]
        assert RatingRule.objects.get(pk=strict.pk).state == RatingRuleState.DRAFT

    def test_on_the_page_only_for_who_sees_the_whole_group(self, client: Client) -> None:
        user = a_member_of_staff("集团采购", PROCUREMENT_MANAGER, head_office())
        user.group_wide = True
        user.save()
        rule = draft_rating_rule(rule_facts(), by=Actor.staff(user), at=NEW_YEAR)
        address = reverse("admin:suppliers_ratingrule_change", args=[rule.pk])
        client.force_login(user)
        assert "没有另一份现行规则可比较" in client.get(address).content.decode()
        client.force_login(a_member_of_staff("采购甲", PROCUREMENT, a_company()))
        assert "没有另一份现行规则可比较" not in client.get(address).content.decode()
