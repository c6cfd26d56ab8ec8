"""The demo's money of grid connections, and the plan of the year that they belong to."""

from datetime import datetime, timedelta
from decimal import Decimal

from billing.connection_fees.moves import draft_credit_move
from billing.connection_fees.taking import FeeForm, enter_connection_transfer
from billing.ledger.connection_money import connection_money
from billing.models import CompanyBankAccount
from billing.refunds.operations import Payee, approve_advance_refund, draft_connection_refund
from customers.annual_plans.operations import (
    AreaFacts,
    add_surveyed_area,
    approve_annual_plan,
    draft_annual_plan,
    submit_annual_plan,
)
from customers.connection.ends import withdraw_connection
from customers.models import Connection, ConnectionContract
from heating.demo.connections import GIVEN_UP
from office.actors import Actor
from office.approvals.steps import Opinion
from office.calendar import business_date
from office.models import Company

_AREAS = (
    ("晋阳湖片区", "21000.00", "620000.00", "300000.00", "112.478300", "37.735200"),
    ("小店南部片区", "12800.00", "410000.00", "160000.00", "112.564100", "37.702800"),
    ("万柏林老旧小区", "7400.00", "240000.00", "140000.00", "112.515700", "37.859400"),
)


def tell_of_annual_plan(company: Company, staff: dict[str, Actor], *, at: datetime) -> None:
    """Surveys three areas for this year's plan, which the group's leader has approved."""
    engineer, day = staff["engineer"], business_date(at)
    plan = draft_annual_plan(
        company, day.year, Decimal(600_000), source="太原市供热专项规划", by=engineer, at=at
    )
    for name, demand, potential, target, longitude, latitude in _AREAS:
        facts = AreaFacts(
            name,
            Decimal(demand),
            Decimal(potential),
            Decimal(target),
            Decimal(longitude),
            Decimal(latitude),
            day,
            "已与街道和开发单位座谈",
        )
        add_surveyed_area(plan, facts, by=engineer, at=at)
    submit_annual_plan(plan, by=engineer, at=at)
    approve_annual_plan(plan, Opinion("按计划推进"), by=staff["leader"], at=at)


def tell_of_fees(company: Company, staff: dict[str, Actor], *, at: datetime) -> None:
    """Half of each contract is paid; one project is given up after that, and its money waits to be
    moved and paid back.
    """
    in_force = ConnectionContract.objects.filter(ended_at=None).values("connection")
    for connection in Connection.objects.filter(company=company, pk__in=in_force).order_by("pk"):
        _pay_half(connection, staff["clerk"], at=at)
    _give_up(Connection.objects.get(company=company, project=GIVEN_UP), staff, at=at)


def _pay_half(connection: Connection, clerk: Actor, *, at: datetime) -> None:
    open_fen = connection_money(connection).open_fen
    account = CompanyBankAccount.objects.filter(company=connection.company).order_by("pk")[0]
    enter_connection_transfer(
        connection,
        FeeForm(f"demo-fee-{connection.pk:08d}", open_fen, open_fen // 2),
        bank_account=account,
        bank_reference=f"RW{connection.pk:010d}",
        value_date=business_date(at) - timedelta(days=1),
        by=clerk,
        at=at,
    )


def _give_up(connection: Connection, staff: dict[str, Actor], *, at: datetime) -> None:
    """The developer gives one project up and builds another: half of the money shall go there, the
    other half is approved and waits for the bank.
    """
    withdraw_connection(connection, reason="项目停建", by=staff["agent"], at=at)
    credit_fen = connection_money(connection).credit_fen
    target = Connection.objects.get(
        company=connection.company, applicant=connection.applicant, ended_at=None
    )
    draft_credit_move(
        connection, target, credit_fen // 2, reason="转入续建项目", by=staff["clerk"], at=at
    )
    refund = draft_connection_refund(
        connection,
        credit_fen // 2,
        Payee(connection.applicant, "工商银行太原迎泽支行（演示）", "0502000099000000099"),
        reason="项目停建，退还已付入网费",
        source="退款申请",
        by=staff["clerk"],
        at=at,
    )
    approve_advance_refund(refund, by=staff["manager"], at=at)
