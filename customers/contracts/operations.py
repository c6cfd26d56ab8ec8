"""The opening of accounts by hand: premise, areas and contract in one operation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers.models import (
    Account,
    AreaLine,
    Building,
    Charging,
    Community,
    Customer,
    HeatStation,
    Premise,
    SupplyContract,
    SupplyState,
    TariffCategory,
)
from customers.people.operations import NewCustomer, customer_on_file
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, Refused

_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]{0,19}")


@dataclass(frozen=True)
class Door:
    """The address of the premise, as it is written."""

    community: str
    building: str
    unit: str
    room: str
    heat_station: str = ""


@dataclass(frozen=True)
class Area:
    """One area of the premise in m², its height in m."""

    category: TariffCategory
    building_area: Decimal
    usable_area: Decimal | None = None
    inner_area: Decimal | None = None
    charge_area: Decimal | None = None
    height: Decimal | None = None


@dataclass(frozen=True)
class Terms:
    """The terms of the supply contract, which is in force from `starts`."""

    number: str
    starts: date
    charging: Charging = Charging.AREA
    meter_number: str = ""
    signed_on: date | None = None


@transaction.atomic
def open_account(
    company: Company,
    number: str,
    door: Door,
    areas: Sequence[Area],
    customer: Customer | NewCustomer,
    terms: Terms,
    *,
    supply_state: SupplyState = SupplyState.HEATED,
    by: Actor,
    at: datetime,
) -> Account:
    """Gives a premise its account number, its area lines and the customer's contract."""
    authorise(by, "customers.open_account", company)
    _check(company, number, door, areas, terms)
    check_signed(terms.signed_on, business_date(at))
    owner = customer_on_file(company, customer)
    premise = _premise(company, door)
    account = _create_account(company, number, premise, supply_state, terms.starts)
    _write_areas(premise, areas, terms.starts)
    contract = SupplyContract.objects.create(
        company=company,
        account=account,
        customer=owner,
        number=terms.number.strip(),
        charging=terms.charging,
        meter_number=terms.meter_number.strip(),
        signed_on=terms.signed_on,
        starts=terms.starts,
    )
    journal.record(
        "open_account", account, by=by, at=at, customer=owner.pk, contract=contract.number
    )
    return account


def _create_account(
    company: Company, number: str, premise: Premise, supply_state: SupplyState, opened_on: date
) -> Account:
    """Creates the account; refuses a number or a premise that already has one."""
    # A savepoint: after a violated constraint the transaction must still be able to read why.
    try:
        with transaction.atomic():
            return Account.objects.create(
                company=company,
                number=number,
                premise=premise,
                supply_state=supply_state,
                opened_on=opened_on,
            )
    except IntegrityError:
        raise _account_taken(company, number, premise) from None


def _check(company: Company, number: str, door: Door, areas: Sequence[Area], terms: Terms) -> None:
    """Refuses what is missing or impossible in the data of the new account."""
    if not _NUMBER.fullmatch(number):
        raise Invalid("number_wrong", _("户号须为 20 位以内的数字、大写字母或横线。"))
    if not (door.community.strip() and door.building.strip() and door.room.strip()):
        raise Invalid("door_incomplete", _("请填写小区、楼号和房号。"))
    if not terms.number.strip():
        raise Invalid("contract_number_missing", _("请填写合同编号。"))
    if not areas:
        raise Invalid("area_missing", _("请至少填写一条面积。"))
    for area in areas:
        sizes = (area.building_area, area.inner_area, area.usable_area, area.charge_area)
        if any(size is not None and size <= 0 for size in sizes):
            raise Invalid("area_not_positive", _("面积必须大于零。"))
        if area.category.company_id != company.pk:
            raise Invalid("category_of_another_company", _("热价类别属于其他公司，请重新选择。"))


def check_signed(signed_on: date | None, today: date) -> None:
    """A step of opening an account and of a transfer: refuses a contract signed in the future."""
    if signed_on is not None and signed_on > today:
        raise Invalid("signed_in_future", _("签订日期不能晚于今天。"))


def _premise(company: Company, door: Door) -> Premise:
    """Returns the premise at this door; creates it, its building and its community where
    missing.
    """
    community, _new = Community.objects.get_or_create(company=company, name=_plain(door.community))
    building, _new = Building.objects.get_or_create(community=community, name=_plain(door.building))
    station = None
    if name := _plain(door.heat_station):
        station, _new = HeatStation.objects.get_or_create(company=company, name=name)
    unit, room = _plain(door.unit), _plain(door.room)
    premise, _new = Premise.objects.get_or_create(
        building=building,
        unit=unit,
        room=room,
        defaults={
            "company": company,
            "heat_station": station,
            "address": f"{community.name}{building.name}{unit}{room}",
        },
    )
    return premise


def _plain(name: str) -> str:
    """Returns the name of a place as account lists store it: narrow characters without spaces."""
    return clean_text(name).replace(" ", "")


def _account_taken(company: Company, number: str, premise: Premise) -> Refused:
    """Returns the refusal that says whether the number or the premise is taken."""
    if Account.objects.filter(company=company, number=number).exists():
        sentence = _("户号 %(account)s 已存在，请换一个户号。")
        return Refused("account_taken", sentence, account=number)
    return Refused(
        "account_taken",
        _("%(address)s 已有户号 %(account)s；换用户请办理过户。"),
        address=premise.address,
        account=Account.objects.get(premise=premise).number,
    )


def _write_areas(premise: Premise, areas: Sequence[Area], starts: date) -> None:
    """Writes the area lines; refuses a premise that has some in force."""
    if premise.area_lines.filter(ends__isnull=True).exists():
        raise Refused(
            "areas_on_file",
            _("%(address)s 已有面积明细，请先核对后结束原明细。"),
            address=premise.address,
        )
    AreaLine.objects.bulk_create(
        AreaLine(
            premise=premise,
            ordinal=ordinal,
            category=area.category,
            building_area=area.building_area,
            inner_area=area.inner_area,
            usable_area=area.usable_area,
            charge_area=area.charge_area,
            height=area.height,
            starts=starts,
        )
        for ordinal, area in enumerate(areas, start=1)
    )
