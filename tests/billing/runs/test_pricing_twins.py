"""The set-based run and the pure rules price every account alike, to the fen."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import AreaBasis, BillingRun, HeatingSeason, HeightRounding, PriceUnit, Tariff
from billing.prices.in_force import price_line, tariffs_in_force
from billing.runs.drafts import DraftTables
from billing.runs.operations import create_billing_run, preview_billing_run
from billing.runs.preview import last_account_id, preview_stretch
from customers.models import AreaLine, SupplyState
from office.actors import Actor
from office.models import Company, User
from tests.builders import NOW, a_company, a_contract, a_customer, a_season, a_tariff, an_account

pytestmark = pytest.mark.django_db

money = st.decimals("0.0001", "120", places=4)
areas = st.decimals("0.01", "99999.99", places=2)
heights = st.one_of(st.none(), st.decimals("1.50", "15.00", places=2))


@st.composite
def over_height(draw: st.DrawFn) -> dict[str, Any]:
    """A whole over-height rule, or none."""
    if not draw(st.booleans()):
        return {}
    return {
        "base_height": draw(st.decimals("2.00", "4.00", places=2)),
        "height_step": draw(st.decimals("0.01", "1.50", places=2)),
        "percent_per_step": draw(st.decimals("0.01", "60", places=2)),
        "height_rounding": draw(st.sampled_from(HeightRounding.values)),
        "height_cap_percent": draw(st.one_of(st.none(), st.decimals("1", "200", places=2))),
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "unit": draw(st.sampled_from(PriceUnit.values)),
        "amount": str(draw(money)),
        "stop_heat_ratio": draw(st.decimals("0", "1", places=4)),
        **draw(over_height()),
    }


@st.composite
def rooms(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "building_area": draw(areas),
        "inner_area": draw(areas),
        "usable_area": draw(areas),
        "charge_area": draw(areas),
        "height": draw(heights),
    }


def a_run(season: HeatingSeason) -> BillingRun:
    clerk = Actor.staff(User.objects.create_superuser(f"clerk{User.objects.count()}"))
    run = create_billing_run(season, by=clerk, at=NOW)
    preview_billing_run(run, by=clerk, at=NOW)
    preview_stretch(run, last=last_account_id(run))
    return run


def drafted(run: BillingRun) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT area_line_id, amount_fen, tax_fen, ratio, periods, area"
            f" FROM {DraftTables(run.pk).line} WHERE fault IS NULL ORDER BY area_line_id"
        )
        return list(cursor.fetchall())


def by_pure_rules(season: HeatingSeason, company: Company) -> list[tuple[Any, ...]]:
    tariffs = tariffs_in_force(season)
    priced = []
    for line in AreaLine.objects.filter(premise__company=company).order_by("pk"):
        state = line.premise.account.supply_state
        priced_line = price_line(season, line, tariffs[line.category_id], state)
        priced.append(
            (
                line.pk,
                priced_line.amount_fen,
                priced_line.tax_fen,
                priced_line.ratio,
                priced_line.charge.periods,
                priced_line.charge.area,
            )
        )
    return priced


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    document=documents(),
    basis=st.sampled_from(AreaBasis.values),
    vat_rate=st.sampled_from([Decimal(0), Decimal("0.09"), Decimal("0.0333")]),
    months=st.decimals("0.5", "12", places=2),
    inclusive=st.booleans(),
    lines=st.lists(st.tuples(rooms(), st.booleans()), min_size=1, max_size=6),
)
def test_both_price_random_accounts_alike(
    document: dict[str, Any],
    basis: str,
    vat_rate: Decimal,
    months: Decimal,
    inclusive: bool,
    lines: list[tuple[dict[str, Any], bool]],
) -> None:
    with undone():
        company = a_company()
        tariff = a_tariff(company, **document)
        _reprice(tariff, area_basis=basis, vat_rate=vat_rate)
        season = a_season(company, billable_months=months, ends_inclusive=inclusive)
        for room, stopped in lines:
            account = an_account(company)
            AreaLine.objects.filter(premise=account.premise).update(**room)
            if stopped:
                type(account).objects.filter(pk=account.pk).update(supply_state=SupplyState.STOPPED)
            a_contract(account, a_customer(company))
        run = a_run(season)
        assert drafted(run) == by_pure_rules(season, company)
        assert len(drafted(run)) == len(lines)


@pytest.mark.parametrize(
    ("area", "height", "expected_fen"),
    [("90.00", None, 162000), ("114.36", Decimal("2.8"), 205848), ("0.03", None, 54)],
)
def test_published_price_of_taiyuan(area: str, height: Decimal | None, expected_fen: int) -> None:
    company = a_company()
    season = a_season(company)
    account = an_account(company, area=area, height=height)
    a_contract(account, a_customer(company))
    [(_, amount_fen, tax_fen, ratio, periods, drafted_area)] = drafted(a_run(season))
    assert (amount_fen, tax_fen, ratio) == (expected_fen, 0, Decimal(1))
    assert (periods, drafted_area) == (Decimal(5), Decimal(area))


def _reprice(tariff: Tariff, **changes: Any) -> None:
    """Bend the rule that published prices never change, inside the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Tariff.objects.filter(pk=tariff.pk).update(**changes)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@contextmanager
def undone() -> Iterator[None]:
    """Roll back each example: hypothesis runs many inside one test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
