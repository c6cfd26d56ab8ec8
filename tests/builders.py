"""Records for tests, built by operations where there is one. Amounts follow the worked example
114.36 m² × 3.60 元/m²·月 × 5 月 = 2,058.48 元.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from billing.chart import LedgerAccount
from billing.models import (
    Bill,
    BillKind,
    BillLine,
    CompanyBankAccount,
    HeatingSeason,
    PriceDocument,
    PriceUnit,
    SourceType,
    Tariff,
    Transfer,
    TransferKind,
)
from billing.prices.in_force import price_line, tariffs_in_force
from billing.prices.operations import publish_price_document
from billing.seasons.partitions import ensure_season_partitions
from customers.models import (
    Account,
    AreaLine,
    Building,
    Community,
    Customer,
    CustomerKind,
    Premise,
    SupplyContract,
    TariffCategory,
)
from heating.roles import StaffRole
from heating.roles.groups import sync_roles
from office.actors import Actor
from office.models import Company, User

PASSWORD = "warm-rooms-in-january"
HERE = Actor.system("tests")
NOW = datetime(2025, 11, 10, 2, tzinfo=UTC)
_numbers = count(1)


def a_company(code: str = "11") -> Company:
    """An operating company; emptied databases of transactional tests get it back."""
    name = {
        "11": "太原市再生能源供热有限公司",
        "21": "兰州新区双良热力有限公司",
        "31": "呼伦贝尔双良能源系统有限公司",
    }[code]
    company, _ = Company.objects.get_or_create(
        code=code,
        defaults={"name": name, "short_name": name[:4], "name_en": "Heating", "hotline": "4001234"},
    )
    return company


def a_season(company: Company, label: str = "2025-2026", **changes: Any) -> HeatingSeason:
    """A season of five billable months with its tables ready for single bills."""
    first = int(label[:4])
    values = {
        "starts": date(first, 11, 1),
        "ends": date(first + 1, 3, 31),
        "billable_months": Decimal(5),
        "due_on": date(first, 12, 31),
    } | changes
    season, _ = HeatingSeason.objects.get_or_create(company=company, label=label, defaults=values)
    ensure_season_partitions(season)
    return season


def a_bank_account(company: Company, number: str = "", **changes: Any) -> CompanyBankAccount:
    """A bank account of the company, in use since 2020."""
    values: dict[str, Any] = {
        "bank": "工商银行",
        "number": number or f"1402000{company.pk:09d}",
        "name": company.name,
        "opened_on": date(2020, 1, 1),
    }
    account, _ = CompanyBankAccount.objects.get_or_create(
        company=company, number=values.pop("number"), defaults=values | changes
    )
    return account


def a_tariff(
    company: Company,
    category: str = "居民住宅",
    *,
    amount: str = "3.60",
    unit: PriceUnit = PriceUnit.M2_MONTH,
    vat_rate: str = "0",
    **document: Any,
) -> Tariff:
    """The category's tariff under a published price document; the same one when it exists."""
    home, _ = TariffCategory.objects.get_or_create(
        company=company, name=category, defaults={"residential": category == "居民住宅"}
    )
    if tariff := Tariff.objects.filter(document__company=company, category=home).first():
        return tariff
    paper = PriceDocument.objects.create(
        company=company,
        number=f"并发改价格〔2020〕{next(_numbers)}号",
        title="关于供热价格的通知",
        issuer="太原市发展和改革委员会",
        issued_on=date(2020, 9, 1),
        effective_from=date(2020, 11, 1),
        **document,
    )
    tariff = Tariff.objects.create(
        document=paper,
        category=home,
        unit=unit,
        amount=Decimal(amount),
        vat_rate=Decimal(vat_rate),
    )
    publish_price_document(paper, by=HERE, at=NOW)
    tariff.refresh_from_db()
    return tariff


def a_customer(company: Company, name: str = "王秀英", phone: str = "", **changes: Any) -> Customer:
    """A resident; a phone of nobody else unless one is given."""
    return Customer.objects.create(
        company=company,
        kind=changes.pop("kind", CustomerKind.RESIDENT),
        name=name,
        phone=phone or f"139{next(_numbers):08d}",
        **changes,
    )


def an_account(
    company: Company,
    *,
    number: str = "",
    area: str = "114.36",
    category: TariffCategory | None = None,
    **line: Any,
) -> Account:
    """An account of a flat with one area line."""
    n = next(_numbers)
    community, _ = Community.objects.get_or_create(company=company, name="汾河小区")
    building, _ = Building.objects.get_or_create(community=community, name="3号楼")
    room = f"{n}01"
    premise = Premise.objects.create(
        company=company,
        building=building,
        unit="1单元",
        room=room,
        address=f"汾河小区3号楼1单元{room}",
    )
    AreaLine.objects.create(
        premise=premise,
        category=category or a_tariff(company).category,
        building_area=Decimal(area),
        starts=date(2020, 11, 1),
        **line,
    )
    return Account.objects.create(
        company=company,
        number=number or f"{company.code}{n:08d}",
        premise=premise,
        opened_on=date(2020, 11, 1),
    )


def many_accounts(company: Company, count: int) -> list[Account]:
    """Accounts like those of `an_account` in one building, written by a few statements."""
    first = an_account(company)
    premise, line = first.premise, first.premise.area_lines.get()
    rooms = [f"{next(_numbers)}01" for _ in range(count - 1)]
    premises = Premise.objects.bulk_create(
        Premise(
            company=company,
            building=premise.building,
            unit=premise.unit,
            room=room,
            address=f"汾河小区3号楼1单元{room}",
        )
        for room in rooms
    )
    AreaLine.objects.bulk_create(
        AreaLine(
            premise=flat,
            category=line.category,
            building_area=line.building_area,
            starts=line.starts,
        )
        for flat in premises
    )
    accounts = Account.objects.bulk_create(
        Account(
            company=company,
            number=f"{company.code}{next(_numbers):08d}",
            premise=flat,
            opened_on=first.opened_on,
        )
        for flat in premises
    )
    return [first, *accounts]


def a_contract(
    account: Account,
    customer: Customer,
    *,
    starts: date = date(2020, 11, 1),
    ends: date | None = None,
    payer: Customer | None = None,
) -> SupplyContract:
    return SupplyContract.objects.create(
        company=account.company,
        account=account,
        customer=customer,
        payer=payer,
        number=f"GR-{account.number}-{starts:%Y%m}",
        starts=starts,
        ends=ends,
    )


def an_issued_bill(
    contract: SupplyContract, season: HeatingSeason | None = None, *, at: datetime = NOW
) -> Bill:
    """The contract's bill of a season with its lines and its posting, priced by the pure rules."""
    season = season or a_season(contract.company)
    premise = contract.account.premise
    tariffs = tariffs_in_force(season)
    priced = [
        price_line(season, line, tariffs[line.category_id], contract.account.supply_state)
        for line in premise.area_lines.order_by("ordinal")
    ]
    owner = contract.debtor
    bill = Bill.objects.create(
        company=contract.company,
        season=season,
        number=f"{contract.company.code}{season.label[:4]}{next(_numbers):08d}",
        kind=BillKind.SEASON,
        account=contract.account,
        contract=contract,
        customer=owner,
        amount_fen=sum(line.amount_fen for line in priced),
        tax_fen=sum(line.tax_fen for line in priced),
        due_on=season.due_on,
        issued_at=at,
        account_number=contract.account.number,
        customer_name=owner.name,
        address=premise.address,
    )
    for ordinal, line in enumerate(priced, start=1):
        BillLine.objects.create(
            season=season,
            bill=bill,
            ordinal=ordinal,
            area_line=line.area_line,
            tariff=line.tariff,
            category_name=line.tariff.category.name,
            area_basis=line.tariff.area_basis,
            area=line.charge.area,
            height=line.area_line.height,
            over_height_percent=line.charge.surcharge_percent,
            unit=line.tariff.unit,
            unit_price=line.tariff.amount,
            periods=line.charge.periods,
            ratio=line.ratio,
            vat_rate=line.tariff.vat_rate,
            amount_fen=line.amount_fen,
            tax_fen=line.tax_fen,
        )
    exempt_fen = sum(line.amount_fen for line in priced if not line.tariff.vat_rate)
    shares = {
        LedgerAccount.REVENUE_EXEMPT: exempt_fen,
        LedgerAccount.REVENUE_TAXED: bill.amount_fen - exempt_fen - bill.tax_fen,
        LedgerAccount.OUTPUT_VAT: bill.tax_fen,
    }
    for account, amount_fen in shares.items():
        if amount_fen:
            _post_share(bill, account, amount_fen, at)
    return bill


def _post_share(bill: Bill, account: LedgerAccount, amount_fen: int, at: datetime) -> None:
    """Posts what a bill brings to one account."""
    Transfer.objects.create(
        book=bill.season_id,
        company=bill.company,
        kind=TransferKind.BILL,
        debit=LedgerAccount.RECEIVABLE,
        credit=account,
        amount_fen=amount_fen,
        business_date=at.date(),
        posted_at=at,
        contract=bill.contract,
        season=bill.season,
        bill=bill,
        source_type=SourceType.BILL,
        source_id=bill.pk,
    )


def a_member_of_staff(username: str, role: StaffRole, company: Company | None = None) -> User:
    """Somebody with one role in one company (or none); the password is `PASSWORD`."""
    if not Group.objects.filter(name=role.name).exists():
        sync_roles()
    user = User.objects.create_user(
        username, password=PASSWORD, is_staff=True, last_name=username, first_name=""
    )
    user.groups.add(Group.objects.get(name=role.name))
    if company is not None:
        user.companies.add(company)
    return user


def members_of_staff(roles: Mapping[str, StaffRole], company: Company) -> dict[str, User]:
    """Several people of one company at once, in four statements; the keys are their usernames."""
    groups = {group.name: group for group in Group.objects.filter(name__in=_names(roles))}
    if len(groups) < len(_names(roles)):
        sync_roles()
        return members_of_staff(roles, company)
    users = User.objects.bulk_create(
        User(username=name, password=_password_hash(), is_staff=True, last_name=name)
        for name in roles
    )
    User.groups.through.objects.bulk_create(
        User.groups.through(user=user, group=groups[roles[user.username].name]) for user in users
    )
    User.companies.through.objects.bulk_create(
        User.companies.through(user=user, company=company) for user in users
    )
    return {user.username: user for user in users}


def _names(roles: Mapping[str, StaffRole]) -> set[str]:
    return {role.name for role in roles.values()}


@cache
def _password_hash() -> str:
    return make_password(PASSWORD)
