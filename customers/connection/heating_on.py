"""Heat-on 通热: the flats of a building table become premises, accounts and supply contracts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.connection.building_table import Flat, read_flats
from customers.connection.contracts import contract_in_force
from customers.connection.flat_accounts import open_accounts, premises_with_accounts
from customers.connection.steps import (
    lock_connection,
    move_connection,
    person_of,
    refuse_held,
    written,
)
from customers.connection_states import CONNECTION
from customers.models import BuildingTable, Connection, HeatOn, TariffCategory
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.entered_times import DayBound, refuse_earlier_day
from office.permissions import authorise
from office.refusals import Invalid, Refused

SHOWN_FAULTS = 200
_YEAR = timedelta(days=366)


@transaction.atomic
def hand_in_building_table(
    connection: Connection, upload: Upload, *, community: str, by: Actor, at: datetime
) -> BuildingTable:
    """Reads the list of flats and stores it with every fault by its row; it opens no account.

    A flat that has an account already is a fault too.
    """
    authorise(by, "customers.hand_in_building_table", connection.company)
    person = person_of(by)
    name = written(community, _("请填写小区名称。"), "community_missing").replace(" ", "")
    if len(name) > 60:
        raise Invalid("community_long", _("小区名称不超过 60 字。"))
    content = upload.file.read()
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "hand_in_building_table")
    refuse_held(locked_connection)
    company = locked_connection.company
    categories = set(TariffCategory.objects.filter(company=company).values_list("name", flat=True))
    flats, faults = read_flats(BytesIO(content), categories)
    account_numbers = premises_with_accounts(company, name)
    faults += [
        (flat.row, gettext("已有户号 %(number)s") % {"number": account_numbers[flat.door]})
        for flat in flats
        if flat.door in account_numbers
    ]
    document = attach_document(
        locked_connection,
        Upload(upload.name, BytesIO(content)),
        company=company,
        kind="other",
        title=f"{name} {upload.name}"[:120],
        by=by,
        at=at,
    )
    table = BuildingTable.objects.create(
        connection=locked_connection,
        community=name,
        document=document,
        rows=[_row(flat) for flat in flats],
        faults=[list(fault) for fault in sorted(faults)[:SHOWN_FAULTS]],
        area=sum((flat.area for flat in flats), Decimal(0)),
        uploaded_by=person,
        uploaded_at=at,
    )
    journal.record(
        "hand_in_building_table",
        locked_connection,
        by=by,
        at=at,
        flats=table.flats,
        area=f"{table.area:f}",
        faults=len(faults),
    )
    return table


@transaction.atomic
def heat_on(connection: Connection, *, first_day: date, by: Actor, at: datetime) -> HeatOn:
    """Opens accounts, contracts and area lines for all flats of the latest building table at once.

    Refuses a table with faults, and an area further from the contract's than the terms allow.
    A flat without a name is the applicant's. The supply contracts begin on the first day of heat,
    which decides the first season that is billed.
    """
    authorise(by, "customers.heat_on", connection.company)
    person = person_of(by)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "heat_on")
    refuse_held(locked_connection)
    _check_first_day(locked_connection, first_day, business_date(at))
    table = locked_connection.tables.first()
    if table is None:
        raise Refused("no_table", _("还没有楼栋表，请先上传。"))
    if table.faults:
        raise Refused(
            "table_faulty",
            _("楼栋表还有 %(count)s 处问题，请更正后重新上传。"),
            count=len(table.faults),
        )
    _check_area(locked_connection, table)
    flats = [_flat(row) for row in table.rows]
    numbers = open_accounts(locked_connection, table.community, flats, first_day)
    heated = HeatOn.objects.create(
        connection=locked_connection,
        table=table,
        first_day=first_day,
        flats=len(flats),
        area=table.area,
        first_number=numbers[0],
        last_number=numbers[-1],
        by=person,
        at=at,
    )
    move_connection(locked_connection, "heat_on", by=by, at=at)
    journal.record(
        "heat_on",
        locked_connection,
        by=by,
        at=at,
        flats=heated.flats,
        area=f"{heated.area:f}",
        numbers=[heated.first_number, heated.last_number],
        first_day=f"{first_day}",
    )
    return heated


def _check_first_day(connection: Connection, first_day: date, today: date) -> None:
    """Refuses heat before the construction began, and more than a year ahead."""
    kick_off = DayBound(connection.works.latest("pk").met_on, _("启动会"))
    refuse_earlier_day(first_day, kick_off, day_name=_("首个供热日"))
    if first_day > today + _YEAR:
        raise Invalid("first_day_far", _("首个供热日不能晚于一年以后，请核对年份。"))


def _check_area(connection: Connection, table: BuildingTable) -> None:
    """Refuses an area as built that is too far from the contract's."""
    contract = contract_in_force(connection)
    allowed = contract.area * contract.terms.tolerance_permille
    if abs(table.area - contract.area) * 1000 > allowed:
        raise Refused(
            "area_differs",
            _(
                "楼栋表合计 %(area)s m²，合同 %(contract)s m²，超出允许偏差 %(permille)s‰；"
                "请先签补充协议。"
            ),
            area=f"{table.area:f}",
            contract=f"{contract.area:f}",
            permille=contract.terms.tolerance_permille,
        )


def _row(flat: Flat) -> Sequence[object]:
    """Returns the flat as the table keeps it."""
    return [
        flat.row,
        *flat.door,
        f"{flat.area:f}",
        flat.category,
        flat.name,
        flat.phone,
        flat.station,
    ]


def _flat(row: Sequence[str]) -> Flat:
    """Returns the flat that `_row` stored."""
    number, building, unit, room, area, category, name, phone, station = row
    return Flat(int(number), building, unit, room, Decimal(area), category, name, phone, station)
