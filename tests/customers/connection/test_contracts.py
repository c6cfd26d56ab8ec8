"""The connection contract: its price, its schedule, who may pay, amendments."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db import connection as database

from customers.connection.contracts import (
    amend_connection_contract,
    contract_in_force,
    sign_connection_contract,
)
from customers.connection.ends import reject_connection, withdraw_connection
from customers.connection_states import ConnectionState
from customers.models import (
    Connection,
    ConnectionContract,
    ConnectionInstalment,
    ConnectionTerms,
    CustomerKind,
)
from office.refusals import Invalid, Refused
from tests.customers.connection_records import NOON, People, a_scan, approved, people
from tests.customers.connection_works_records import CONTRACT, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


@transaction.atomic
def one_fen_more(contract: ConnectionContract) -> None:
    """Adds an instalment behind the operations' back, and ends like a transaction does."""
    ConnectionInstalment.objects.create(contract=contract, due_on=date(2026, 10, 1), amount_fen=1)
    with database.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class TestSignConnectionContract:
    def test_area_times_price_of_the_day(self, staff: People) -> None:
        connection = signed(staff)
        contract = contract_in_force(connection)
        assert connection.state == ConnectionState.KICK_OFF
        assert (contract.number, contract.price_fen, contract.amount_fen) == (
            f"{connection.number}-HT1",
            5000,
            1_200_025_00,
        )
        assert list(contract.instalments.values_list("due_on", "amount_fen")) == [
            (date(2026, 5, 1), 600_000_00),
            (date(2026, 9, 1), 600_025_00),
        ]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"schedule": [(date(2026, 5, 1), 600_000_00)]},
            {"schedule": [(date(2026, 5, 1), 1_200_026_00), (date(2026, 9, 1), -1_00)]},
            {"schedule": [(date(2026, 5, 1), 600_000_00), (date(2026, 5, 1), 600_025_00)]},
            {"signed_on": date(2026, 3, 3)},
            {"signed_on": date(2025, 2, 28)},
            {"area": Decimal(0), "schedule": []},
        ],
    )
    def test_what_does_not_add_up_is_refused(self, staff: People, wrong: dict[str, Any]) -> None:
        connection = approved(staff)
        with pytest.raises(Invalid):
            sign_connection_contract(
                connection, replace(CONTRACT, **wrong), a_scan(), by=staff.manager, at=NOON
            )
        connection.refresh_from_db()
        assert connection.state == ConnectionState.CONTRACT
        assert not ConnectionContract.objects.exists()

    def test_a_resident_pays_only_by_a_dated_rule(self, staff: People) -> None:
        connection = approved(staff)
        Connection.objects.update(applicant_kind=CustomerKind.RESIDENT)
        with pytest.raises(Refused, match="不得向居民个人收取入网费"):
            sign_connection_contract(connection, CONTRACT, a_scan(), by=staff.manager, at=NOON)
        ConnectionTerms.objects.create(
            company=connection.company,
            starts=date(2026, 2, 1),
            price_fen=5000,
            residents_pay=True,
            tolerance_permille=30,
            source="地方规定",
        )
        contract = sign_connection_contract(
            connection, CONTRACT, a_scan(), by=staff.manager, at=NOON
        )
        assert contract.terms.source == "地方规定"

    def test_the_database_adds_the_schedule_up(self, staff: People) -> None:
        contract = contract_in_force(signed(staff))
        with pytest.raises(IntegrityError, match="make 120002501 fen"):
            one_fen_more(contract)
        assert contract.instalments.count() == 2

    def test_the_database_refuses_the_kick_off_without_it(self, staff: People) -> None:
        connection = approved(staff)
        with pytest.raises(DatabaseError, match="has no contract"), transaction.atomic():
            Connection.objects.filter(pk=connection.pk).update(state=ConnectionState.KICK_OFF)


class TestAmendConnectionContract:
    def test_replaces_it_at_the_first_price(self, staff: People) -> None:
        connection = signed(staff)
        ConnectionTerms.objects.create(
            company=connection.company,
            starts=date(2026, 2, 1),
            price_fen=9900,
            tolerance_permille=30,
            source="涨价",
        )
        facts = replace(CONTRACT, area=Decimal(100), schedule=[(date(2026, 5, 1), 5_000_00)])
        amend_connection_contract(
            connection, facts, a_scan(), reason="减少一栋", by=staff.manager, at=NOON
        )
        assert list(
            connection.contracts.values_list("number", "amount_fen", "ended_at", "amends__number")
        ) == [
            (f"{connection.number}-HT2", 5_000_00, None, f"{connection.number}-HT1"),
            (f"{connection.number}-HT1", 1_200_025_00, NOON, None),
        ]


class TestEnds:
    def test_under_contract_the_company_cannot_reject_but_the_applicant_withdraws(
        self, staff: People
    ) -> None:
        connection = signed(staff)
        with pytest.raises(Refused):
            reject_connection(connection, reason="热源不足", by=staff.manager, at=NOON)
        withdraw_connection(connection, reason="项目取消", by=staff.agent, at=NOON)
        assert connection.contracts.get().ended_at == NOON
