"""Connections for tests from their contract on, made by the operations that staff use."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from customers.connection.contracts import ContractFacts, sign_connection_contract
from customers.connection.heating_on import hand_in_building_table
from customers.connection.works import (
    KickOffFacts,
    accept_construction,
    inspect_node,
    kick_off_connection,
)
from customers.models import BuildingTable, Connection, TariffCategory, WorksNode
from office.documents.operations import Upload
from suppliers.models import Supplier
from tests.customers.connection_records import NOON, TODAY, People, a_scan, approved
from tests.suppliers.supplier_records import a_supplier

# 24,000.50 m² × 50.00 yuan = 1,200,025.00 yuan.
CONTRACT = ContractFacts(
    Decimal("24000.50"),
    TODAY,
    [(date(2026, 5, 1), 600_000_00), (date(2026, 9, 1), 600_025_00)],
)
FIRST_DAY = date(2026, 11, 1)
HEADINGS = ("楼号", "单元", "房号", "建筑面积", "热价类别", "户名", "电话", "换热站")


def signed(staff: People, *args: Any) -> Connection:
    """A connection with a contract of 1,200,025.00 yuan."""
    connection = approved(staff, *args)
    sign_connection_contract(connection, CONTRACT, a_scan(), by=staff.manager, at=NOON)
    connection.refresh_from_db()
    return connection


def under_construction(staff: People, *args: Any, contractor: Supplier | None = None) -> Connection:
    """A connection whose kick-off was held."""
    connection = signed(staff, *args)
    meeting = KickOffFacts(
        contractor or Supplier.objects.first() or a_supplier(31),
        TODAY,
        "管材已到场",
        "项目经理 1 人，焊工 4 人",
        "4 月开工",
    )
    kick_off_connection(connection, meeting, by=staff.manager, at=NOON)
    connection.refresh_from_db()
    return connection


def inspect_all(connection: Connection, staff: People) -> None:
    for node in WorksNode:
        inspect_node(connection, node, passed=True, note="合格", by=staff.engineer, at=NOON)


def ready(staff: People, *args: Any) -> Connection:
    """A connection that was accepted with 92.5 points and waits for its building table."""
    connection = under_construction(staff, *args)
    inspect_all(connection, staff)
    accept_construction(
        connection, score=Decimal("92.5"), conclusion="合格", by=staff.technician, at=NOON
    )
    connection.refresh_from_db()
    return connection


def flats_of_building(count: int, area: str = "120.00") -> list[Sequence[object]]:
    """Rows of a table: four flats a floor, every second one with a name."""
    return [
        (
            f"{number // 100 + 1}号楼",
            "1单元",
            f"{number % 100 // 4 + 1}{number % 4 + 1:02d}",
            float(area),
            "居民住宅",
            f"业主{number}" if number % 2 else "",
            "",
            "新苑换热站",
        )
        for number in range(count)
    ]


def a_workbook(rows: Sequence[Sequence[object]], headings: Sequence[str] = HEADINGS) -> Upload:
    """An .xlsx with the headings in its first row."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet()
    for number, cells in enumerate([headings, *rows]):
        sheet.write_row(number, 0, cells)
    book.close()
    content.seek(0)
    return Upload("楼栋表.xlsx", content)


def with_table(
    connection: Connection, staff: People, rows: Sequence[Sequence[object]]
) -> BuildingTable:
    """Hands in the building table of a connection."""
    TariffCategory.objects.get_or_create(
        company=connection.company, name="居民住宅", defaults={"residential": True}
    )
    return hand_in_building_table(
        connection, a_workbook(rows), community="汾河新苑", by=staff.manager, at=NOON
    )
