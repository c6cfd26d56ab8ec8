"""The annual connection plan: 120,000 m² from two areas, approved, and what came of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client

from customers.annual_plans.operations import (
    AreaFacts,
    add_surveyed_area,
    approve_annual_plan,
    draft_annual_plan,
    return_annual_plan,
    submit_annual_plan,
)
from customers.annual_plans.progress import progress_of, steps_of
from customers.models import AnnualPlan, SurveyedArea
from office.approvals.steps import Opinion
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import a_company
from tests.customers.connection_records import NOON, TODAY, People, people
from tests.customers.connection_works_records import signed

SOUTH = AreaFacts(
    "南部新城",
    Decimal("5200.00"),
    Decimal("180000.00"),
    Decimal("90000.00"),
    Decimal("112.548900"),
    Decimal("37.870600"),
    TODAY,
    "三个地块已出让",
)
NORTH = replace(SOUTH, name="北部片区", target_area=Decimal("30000.00"))


@pytest.fixture
def staff() -> People:
    return people()


def a_plan(staff: People, **given: Any) -> AnnualPlan:
    values: dict[str, Any] = {"year": 2026, "target_area": Decimal("120000.00")} | given
    return draft_annual_plan(
        a_company("11"), **values, source="市供热规划", by=staff.engineer, at=NOON
    )


@pytest.mark.django_db
class TestApproveAnnualPlan:
    def test_two_areas_make_up_the_target_and_the_leader_approves(self, staff: People) -> None:
        plan = a_plan(staff)
        add_surveyed_area(plan, SOUTH, by=staff.engineer, at=NOON)
        with pytest.raises(Refused) as refusal:
            submit_annual_plan(plan, by=staff.engineer, at=NOON)
        assert refusal.value.code == "target_differs"
        add_surveyed_area(plan, NORTH, by=staff.engineer, at=NOON)
        submit_annual_plan(plan, by=staff.engineer, at=NOON)
        with pytest.raises(NotAllowed):
            approve_annual_plan(plan, by=staff.engineer, at=NOON)
        return_annual_plan(plan, Opinion("北部偏低"), by=staff.leader, at=NOON)
        add_surveyed_area(
            plan, replace(NORTH, demand_kw=Decimal("900.00")), by=staff.engineer, at=NOON
        )
        submit_annual_plan(plan, by=staff.engineer, at=NOON)
        plan = approve_annual_plan(plan, by=staff.leader, at=NOON)
        assert (plan.state, plan.approved_at, plan.areas.count()) == ("approved", NOON, 2)
        with pytest.raises(Refused):
            add_surveyed_area(plan, SOUTH, by=staff.engineer, at=NOON)
        assert str(plan.areas.get(name="北部片区").demand_kw) == "900.00"

    def test_refusals_write_nothing(self, staff: People) -> None:
        plan = a_plan(staff)
        for given, code in (
            ({"target_area": Decimal(180001)}, "target_wrong"),
            ({"longitude": Decimal("37.87"), "latitude": Decimal("112.54")}, "place_wrong"),
            ({"surveyed_on": date(2026, 3, 3)}, "surveyed_in_future"),
            ({"surveyed_on": date(2016, 3, 2)}, "day_too_early"),
            ({"demand_kw": Decimal(0)}, "size_wrong"),
            ({"remark": " "}, "area_incomplete"),
        ):
            with pytest.raises(Invalid) as refusal:
                add_surveyed_area(plan, replace(SOUTH, **given), by=staff.engineer, at=NOON)
            assert refusal.value.code == code
        with pytest.raises(Refused, match="已有入网计划"):
            a_plan(staff)
        with pytest.raises(Invalid):
            a_plan(staff, year=2025)
        assert (AnnualPlan.objects.count(), SurveyedArea.objects.count()) == (1, 0)
        with pytest.raises(ProgrammingError, match="no way"), transaction.atomic():
            AnnualPlan.objects.update(state="approved", approved_at=NOON)


@pytest.mark.django_db
class TestProgress:
    def test_what_was_signed_this_year_counts(self, staff: People, client: Client) -> None:
        signed(staff)
        plan = a_plan(staff)
        assert [(step.area, step.percent) for step in progress_of(plan)] == [
            (Decimal("120000.00"), Decimal("100.0")),
            (Decimal("24000.50"), Decimal("20.0")),
            (Decimal("24000.50"), Decimal("20.0")),
            (Decimal(0), Decimal("0.0")),
        ]
        assert staff.engineer.user is not None
        client.force_login(staff.engineer.user)
        page = client.get(f"/admin/customers/annualplan/{plan.pk}/change/").content.decode()
        assert "24,000.50 m² · 20.0%" in page
        assert "120,000.00" in client.get("/admin/customers/annualplan/").content.decode()


def test_the_longest_bar_fills_the_chart() -> None:
    steps = steps_of(Decimal(100), Decimal(250), Decimal(50), Decimal(0))
    assert [(str(step.percent), str(step.width)) for step in steps] == [
        ("100.0", "144.0"),
        ("250.0", "360.0"),
        ("50.0", "72.0"),
        ("0.0", "0.0"),
    ]
