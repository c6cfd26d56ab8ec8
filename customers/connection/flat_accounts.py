"""Many flats become accounts in a fixed number of sets: places, customers, accounts, contracts."""

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Max
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from customers.connection.building_table import Flat
from customers.models import (
    Account,
    AreaLine,
    Building,
    Community,
    Connection,
    Customer,
    CustomerKind,
    HeatStation,
    Premise,
    SupplyContract,
    TariffCategory,
)
from customers.people.operations import NewCustomer, customer_on_file
from office.forms.typed_numbers import read_number
from office.models import Company
from office.numbering import draw_numbers
from office.refusals import Refused

_BATCH = 2000
Door = tuple[str, str, str]


def premises_with_accounts(company: Company, community: str) -> dict[Door, str]:
    """Returns the account numbers of a community's flats by building, unit and room."""
    rows = Account.objects.filter(
        company=company, premise__building__community__name=community
    ).values_list("premise__building__name", "premise__unit", "premise__room", "number")
    return {(building, unit, room): number for building, unit, room, number in rows}


def open_accounts(
    connection: Connection, community_name: str, flats: Sequence[Flat], first_day: date
) -> list[str]:
    """Opens an account with contract and area line for each flat; returns the numbers in order.

    A step of heat-on; the caller holds the lock of the connection. Refuses flats that got an
    account since the table was read.
    """
    company = connection.company
    if occupied := premises_with_accounts(company, community_name).keys() & {f.door for f in flats}:
        raise Refused(
            "flat_taken",
            _("%(count)s 户已经开户（如 %(door)s），请重新上传楼栋表核对。"),
            count=len(occupied),
            door="".join(min(occupied)),
        )
    premises = _premises(company, community_name, flats)
    owners = _owners(connection, flats)
    numbers = _numbers(company, len(flats))
    accounts = Account.objects.bulk_create(
        [
            Account(
                company=company, number=number, premise=premises[flat.door], opened_on=first_day
            )
            for number, flat in zip(numbers, flats, strict=True)
        ],
        batch_size=_BATCH,
    )
    SupplyContract.objects.bulk_create(
        [
            SupplyContract(
                company=company,
                account=account,
                customer=owner,
                number=f"HT-{account.number}",
                starts=first_day,
            )
            for account, owner in zip(accounts, owners, strict=True)
        ],
        batch_size=_BATCH,
    )
    _write_areas(company, flats, premises, first_day)
    return numbers


def _premises(company: Company, community_name: str, flats: Sequence[Flat]) -> dict[Door, Premise]:
    """Returns the premise of each flat; creates it, its building and the community where
    missing.
    """
    community, _created = Community.objects.get_or_create(company=company, name=community_name)
    buildings = _buildings(community, flats)
    stations = _stations(company, flats)
    Premise.objects.bulk_create(
        [
            Premise(
                company=company,
                building=buildings[flat.building],
                unit=flat.unit,
                room=flat.room,
                heat_station=stations.get(flat.station),
                address=f"{community_name}{''.join(flat.door)}",
            )
            for flat in flats
        ],
        batch_size=_BATCH,
        ignore_conflicts=True,
    )
    rows = Premise.objects.filter(building__community=community).annotate(
        building_name=F("building__name")
    )
    return {(row.building_name, row.unit, row.room): row for row in rows}


def _buildings(community: Community, flats: Sequence[Flat]) -> dict[str, Building]:
    """Returns the community's buildings by their name; creates those that are missing."""
    names = sorted({flat.building for flat in flats})
    Building.objects.bulk_create(
        [Building(community=community, name=name) for name in names], ignore_conflicts=True
    )
    return {row.name: row for row in Building.objects.filter(community=community)}


def _stations(company: Company, flats: Sequence[Flat]) -> dict[str, HeatStation]:
    """Returns the company's heat stations by their name; creates those that are missing."""
    names = sorted({flat.station for flat in flats if flat.station})
    HeatStation.objects.bulk_create(
        [HeatStation(company=company, name=name) for name in names], ignore_conflicts=True
    )
    return {row.name: row for row in HeatStation.objects.filter(company=company)}


def _owners(connection: Connection, flats: Sequence[Flat]) -> list[Customer]:
    """Returns the customer of each flat: a new one for a name, the applicant for none.

    Without an ID number two flats cannot be the same person's: each gets its own customer.
    """
    company = connection.company
    residential = set(
        TariffCategory.objects.filter(company=company, residential=True).values_list(
            "name", flat=True
        )
    )
    new = {
        flat.door: Customer(
            company=company,
            kind=CustomerKind.RESIDENT if flat.category in residential else CustomerKind.OTHER,
            name=flat.name,
            phone=flat.phone,
        )
        for flat in flats
        if flat.name
    }
    Customer.objects.bulk_create(new.values(), batch_size=_BATCH)
    if len(new) == len(flats):
        return [new[flat.door] for flat in flats]
    applicant = customer_on_file(
        company,
        NewCustomer(
            CustomerKind(connection.applicant_kind),
            connection.applicant,
            connection.phone,
            connection.credit_code,
        ),
    )
    return [new.get(flat.door, applicant) for flat in flats]


def _numbers(company: Company, count: int) -> list[str]:
    """Returns consecutive account numbers of ten digits above all that the company has.

    Account lists bring numbers of their own: the series goes on after the highest of them.
    """
    series = f"account:{company.code}"
    # The draw locks the series: two heat-ons at the same moment do not get the same numbers.
    first = draw_numbers(series, count)
    highest = _highest(company)
    if first <= highest:
        if (skipped := highest - (first + count - 1)) > 0:
            draw_numbers(series, skipped)
        first = draw_numbers(series, count)
    return [f"{company.code}{number:08d}" for number in range(first, first + count)]


def _highest(company: Company) -> int:
    """Returns the highest number of the series that an account has; 0 where none has."""
    code = company.code
    highest_number = (
        Account.objects.filter(
            company=company, number__gte=f"{code}{0:08d}", number__lte=f"{code}{10**8 - 1}"
        )
        .annotate(length=Length("number"))
        .filter(length=len(code) + 8)
        .aggregate(highest=Max("number"))["highest"]
    )
    return read_number(str(highest_number or "")[len(code) :]) or 0


def _write_areas(
    company: Company, flats: Sequence[Flat], premises: dict[Door, Premise], first_day: date
) -> None:
    """Writes an area line for each flat; refuses premises that have some in force."""
    keys = [premises[flat.door].pk for flat in flats]
    if AreaLine.objects.filter(premise__in=keys, ends__isnull=True).exists():
        raise Refused("areas_on_file", _("部分房屋已有面积明细，请先核对后结束原明细。"))
    categories = {row.name: row for row in TariffCategory.objects.filter(company=company)}
    AreaLine.objects.bulk_create(
        [
            AreaLine(
                premise=premises[flat.door],
                category=categories[flat.category],
                building_area=flat.area,
                starts=first_day,
            )
            for flat in flats
        ],
        batch_size=_BATCH,
    )
