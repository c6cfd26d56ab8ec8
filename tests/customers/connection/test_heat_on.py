"""Flats of a building table become accounts, contracts and area lines, once and all together."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from customers.connection.building_table import read_flats
from customers.connection.heating_on import heat_on
from customers.connection_states import ConnectionState
from customers.models import (
    Account,
    AreaLine,
    Connection,
    Customer,
    HeatOn,
    Premise,
    SupplyContract,
)
from office.refusals import Invalid, Refused
from tests.builders import an_account
from tests.customers.connection_records import NOON, People, people
from tests.customers.connection_works_records import (
    FIRST_DAY,
    HEADINGS,
    a_workbook,
    flats_of_building,
    ready,
    with_table,
)

HOME = ("1号楼", "1单元", "101", 88.5, "居民住宅", "王秀英", "13900000001", "一站")


@pytest.fixture
def staff() -> People:
    return people()


def read(*rows: Sequence[object], headings: Sequence[str] = HEADINGS) -> Any:
    """Reads a table where the only category is 居民住宅."""
    return read_flats(BytesIO(a_workbook(rows, headings).file.read()), {"居民住宅"})


class TestReadFlats:
    @pytest.mark.parametrize(
        ("column", "cell", "sentence"),
        [
            (0, "", "楼号为空"),
            (2, "", "房号为空"),
            (3, "八十", "建筑面积不是数字"),
            (3, 0, "建筑面积必须大于零"),
            (3, 88.555, "建筑面积应为两位小数以内的数"),
            (4, "商铺", "没有热价类别“商铺”"),
            (6, "139", "电话"),
        ],
    )
    def test_a_fault_is_named_with_its_row(self, column: int, cell: object, sentence: str) -> None:
        wrong = [*HOME[:column], cell, *HOME[column + 1 :]]
        flats, faults = read(HOME, wrong)
        assert [flat.door for flat in flats] == [("1号楼", "1单元", "101")]
        ((row, text),) = faults
        assert row == 3
        assert sentence in text

    def test_the_same_flat_twice(self) -> None:
        flats, faults = read(HOME, HOME)
        assert (len(flats), faults) == (1, [(3, "与第 2 行是同一户")])

    def test_without_its_columns_it_is_no_table(self) -> None:
        with pytest.raises(Invalid):
            read(HOME, headings=["甲", "乙"])


@pytest.mark.django_db
class TestHeatOn:
    def test_every_flat_has_account_contract_and_area(self, staff: People) -> None:
        connection = ready(staff)
        with_table(connection, staff, flats_of_building(200))
        heated = heat_on(connection, first_day=FIRST_DAY, by=staff.manager, at=NOON)
        connection.refresh_from_db()
        assert connection.state == ConnectionState.HEATED
        assert (heated.flats, heated.area) == (200, Decimal("24000.00"))
        assert (heated.first_number, heated.last_number) == ("1100000001", "1100000200")
        assert [
            model.objects.count() for model in (Premise, Account, SupplyContract, AreaLine)
        ] == [*(200, 200, 200, 200)]
        # A hundred flats have a name; the others are the developer's.
        assert Customer.objects.count() == 101
        account = Account.objects.get(number="1100000002")
        contract = account.contracts.get()
        line = account.premise.area_lines.get()
        assert (account.premise.address, account.premise.heat_station.name) == (  # type: ignore[union-attr]
            "汾河新苑1号楼1单元102",
            "新苑换热站",
        )
        assert (contract.number, contract.customer.name, contract.starts) == (
            "HT-1100000002",
            "业主1",
            FIRST_DAY,
        )
        assert (line.building_area, line.starts) == (Decimal("120.00"), FIRST_DAY)

    def test_neither_before_the_construction_nor_more_than_a_year_ahead(
        self, staff: People
    ) -> None:
        connection = ready(staff)
        with_table(connection, staff, flats_of_building(200))
        for day, code in ((date(2026, 3, 1), "day_too_early"), (date(2027, 3, 4), "first_day_far")):
            with pytest.raises(Invalid) as refusal:
                heat_on(connection, first_day=day, by=staff.manager, at=NOON)
            assert refusal.value.code == code
        assert not Account.objects.exists()

    def test_twice_is_refused(self, staff: People) -> None:
        connection = ready(staff)
        with_table(connection, staff, flats_of_building(200))
        heat_on(connection, first_day=FIRST_DAY, by=staff.manager, at=NOON)
        with pytest.raises(Refused):
            heat_on(connection, first_day=FIRST_DAY, by=staff.manager, at=NOON)
        assert Account.objects.count() == 200
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            HeatOn.objects.all().delete()

    def test_flats_with_an_account_are_faults(self, staff: People) -> None:
        first = ready(staff)
        with_table(first, staff, flats_of_building(200))
        heat_on(first, first_day=FIRST_DAY, by=staff.manager, at=NOON)
        table = with_table(ready(staff), staff, flats_of_building(2))
        assert table.faults == [[2, "已有户号 1100000001"], [3, "已有户号 1100000002"]]

    def test_numbers_go_on_after_those_of_the_account_lists(self, staff: People) -> None:
        connection = ready(staff)
        an_account(connection.company, number="1100000350")
        an_account(connection.company, number="99")
        with_table(connection, staff, flats_of_building(200))
        heated = heat_on(connection, first_day=FIRST_DAY, by=staff.manager, at=NOON)
        assert (heated.first_number, heated.last_number) == ("1100000351", "1100000550")

    def test_a_table_with_faults_opens_nothing(self, staff: People) -> None:
        connection = ready(staff)
        rows = [*flats_of_building(199), flats_of_building(1)[0]]
        table = with_table(connection, staff, rows)
        assert table.faults == [[201, "与第 2 行是同一户"]]
        with pytest.raises(Refused, match="还有 1 处问题"):
            heat_on(connection, first_day=FIRST_DAY, by=staff.manager, at=NOON)
        assert not Account.objects.exists()

    def test_an_area_beyond_the_tolerance_opens_nothing(self, staff: People) -> None:
        connection = ready(staff)
        # 3 per cent of 24,000.50 m² are 720.02 m².
        with_table(connection, staff, flats_of_building(200, "123.61"))
        with pytest.raises(Refused, match="请先签补充协议"):
            heat_on(connection, first_day=FIRST_DAY, by=staff.manager, at=NOON)
        assert not Account.objects.exists()
        with_table(connection, staff, flats_of_building(200, "123.60"))
        heat_on(connection, first_day=FIRST_DAY, by=staff.manager, at=NOON)
        assert Account.objects.count() == 200

    def test_the_database_refuses_heat_without_accounts(self, staff: People) -> None:
        connection = ready(staff)
        with pytest.raises(DatabaseError, match="has no accounts"), transaction.atomic():
            Connection.objects.filter(pk=connection.pk).update(
                state=ConnectionState.HEATED, ended_at=NOON, due_at=None
            )
