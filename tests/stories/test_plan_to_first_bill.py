"""A building of 200 flats from the plan of the year to its first bills, by operations alone."""

from datetime import date
from decimal import Decimal

import pytest

from billing.ledger.checks import check_ledger
from billing.ledger.connection_money import connection_money
from billing.models import Bill, HeatingSeason, PriceDocument, Tariff
from billing.prices.operations import publish_price_document
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
)
from customers.annual_plans.operations import (
    AreaFacts,
    add_surveyed_area,
    approve_annual_plan,
    draft_annual_plan,
    submit_annual_plan,
)
from customers.annual_plans.progress import progress_of
from customers.connection.contract_drafts import (
    draw_up_connection_contract,
    enter_signed_contract,
)
from customers.connection.heating_on import heat_on
from customers.connection.works import KickOffFacts, accept_construction, kick_off_connection
from customers.contract_papers.papers import SignatureFacts, sign_contract
from customers.models import Connection, ContractKind, SupplyContract, TariffCategory
from office.jobs.queue import run_job
from office.models import Company
from tests.billing.connection_fees.fee_desk import FeeDesk, a_fee_desk
from tests.builders import a_company
from tests.customers.connection_records import NOON, TODAY, a_scan, approved
from tests.customers.connection_works_records import (
    CONTRACT,
    FIRST_DAY,
    flats_of_building,
    inspect_all,
    with_table,
)
from tests.customers.contract_records import a_template
from tests.suppliers.supplier_records import a_supplier


@pytest.mark.django_db
def test_from_the_plan_of_the_year_to_the_first_bill() -> None:
    a_template(ContractKind.CONNECTION)
    desk = a_fee_desk()
    company, staff = a_company("11"), desk.staff
    plan = draft_annual_plan(
        company, 2026, Decimal(48_000), source="供热规划", by=staff.engineer, at=NOON
    )
    area = AreaFacts(
        "汾河西岸",
        Decimal(2000),
        Decimal(90_000),
        Decimal(48_000),
        Decimal("112.5"),
        Decimal("37.8"),
        TODAY,
        "两个项目在建",
    )
    add_surveyed_area(plan, area, by=staff.engineer, at=NOON)
    submit_annual_plan(plan, by=staff.engineer, at=NOON)
    approve_annual_plan(plan, by=staff.leader, at=NOON)

    connection = approved(staff)
    draft = draw_up_connection_contract(
        connection, CONTRACT.area, CONTRACT.schedule, by=staff.manager, at=NOON
    )
    sign_contract(draft.paper, SignatureFacts("赵总", TODAY, a_scan()), by=staff.manager, at=NOON)
    enter_signed_contract(connection, by=staff.manager, at=NOON)
    desk.transfer(connection, 600_000_00)
    _build(connection, desk)
    desk.transfer(connection, 600_025_00)
    with_table(connection, staff, flats_of_building(200))
    heated = heat_on(connection, first_day=FIRST_DAY, by=staff.manager, at=NOON)
    assert (heated.flats, str(heated.area)) == (200, "24000.00")
    assert connection_money(connection).open_fen == 0

    _bill(company, desk)
    bills = Bill.objects.filter(company=company)
    # 120.00 m² × 3.60 yuan × 5 months = 2,160.00 yuan a flat.
    assert (bills.count(), set(bills.values_list("amount_fen", flat=True))) == (200, {2_160_00})
    contracts = SupplyContract.objects.filter(company=company, starts=FIRST_DAY)
    assert set(bills.values_list("contract", flat=True)) == set(
        contracts.values_list("pk", flat=True)
    )
    plan.refresh_from_db()
    assert [str(step.area) for step in progress_of(plan)] == [
        "48000.00",
        "24000.50",
        "24000.50",
        "24000.00",
    ]
    assert [result.check.name for result in check_ledger() if not result.holds] == []


def _build(connection: Connection, desk: FeeDesk) -> None:
    """Kicked off, every node inspected, accepted."""
    meeting = KickOffFacts(a_supplier(88), TODAY, "管材已到场", "焊工 4 人", "4 月开工")
    kick_off_connection(connection, meeting, by=desk.staff.manager, at=NOON)
    inspect_all(connection, desk.staff)
    accept_construction(
        connection, score=Decimal(95), conclusion="合格", by=desk.staff.technician, at=NOON
    )


def _bill(company: Company, desk: FeeDesk) -> None:
    """Publishes the price, then bills the first season in which the flats are heated."""
    category = TariffCategory.objects.get(company=company, name="居民住宅")
    paper = PriceDocument.objects.create(
        company=category.company,
        number="并发改价格〔2020〕1号",
        title="太原市集中供热价格",
        issuer="太原市发展和改革委员会",
        issued_on=date(2020, 9, 1),
        effective_from=date(2020, 11, 1),
        stop_heat_ratio=Decimal("0.30"),
    )
    Tariff.objects.create(
        document=paper,
        category=category,
        unit="m2_month",
        amount=Decimal("3.60"),
        vat_rate=Decimal(0),
    )
    publish_price_document(paper, by=desk.manager, at=NOON)
    season = HeatingSeason.objects.create(
        company=category.company,
        label="2026-2027",
        starts=date(2026, 11, 1),
        ends=date(2027, 3, 31),
        billable_months=Decimal(5),
        due_on=date(2026, 12, 31),
    )
    run = create_billing_run(season, by=desk.clerk, at=NOON)
    run_job(preview_billing_run(run, by=desk.clerk, at=NOON).pk)
    approve_billing_run(run, by=desk.manager, at=NOON)
    run_job(issue_billing_run(run, by=desk.manager, at=NOON).pk)
