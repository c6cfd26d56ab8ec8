"""The demo's suppliers: spread over the regions like those of the report, some with papers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from heating.demo.names import Register
from heating.demo.supply import tell_of_dealings, tell_of_watch
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from suppliers.models import (
    CategoryKind,
    PaperRequirement,
    PaperType,
    Region,
    Supplier,
    SupplyCategory,
)
from suppliers.papers.operations import PaperFacts, hand_in_paper, verify_paper
from suppliers.registry.bank_accounts import confirm_bank_account, propose_bank_account
from suppliers.registry.facts import ContactFacts, OwnerFacts, SupplierFacts
from suppliers.registry.operations import declare_relation, register_supplier

# Appendix 1 of the report of 2023 counts 328 suppliers; of the three large regions, one in three.
SUPPLIERS_BY_REGION = {
    Region.NORTHEAST: 16,
    Region.NORTH: 13,
    Region.EAST: 16,
    Region.SOUTH: 5,
    Region.CENTRAL: 4,
    Region.SOUTHWEST: 2,
    Region.NORTHWEST: 70,
}
# City and the first six digits of its codes (GB/T 2260).
CITIES = {
    Region.NORTHEAST: ("沈阳", "210100"),
    Region.NORTH: ("太原", "140100"),
    Region.EAST: ("江阴", "320281"),
    Region.SOUTH: ("广州", "440100"),
    Region.CENTRAL: ("武汉", "420100"),
    Region.SOUTHWEST: ("成都", "510100"),
    Region.NORTHWEST: ("兰州", "620100"),
}
TRADES = ("管件", "阀门", "换热设备", "保温材料", "水泵", "仪表", "热力安装", "煤炭运销")
NAMES = ("华源", "恒泰", "金瑞", "中热", "永固", "信达", "同力", "瑞丰", "博远", "长青", "宏业")
CATEGORIES = (
    ("01", "设备", CategoryKind.EQUIPMENT, None),
    ("01.01", "板式换热器", CategoryKind.EQUIPMENT, "01"),
    ("01.02", "循环水泵", CategoryKind.EQUIPMENT, "01"),
    ("01.03", "热量表", CategoryKind.EQUIPMENT, "01"),
    ("02", "材料", CategoryKind.MATERIAL, None),
    ("02.01", "预制直埋保温管", CategoryKind.MATERIAL, "02"),
    ("02.02", "阀门", CategoryKind.MATERIAL, "02"),
    ("03", "燃料", CategoryKind.FUEL, None),
    ("03.01", "动力煤", CategoryKind.FUEL, "03"),
    ("04", "工程施工", CategoryKind.WORKS, None),
    ("04.01", "二次网改造", CategoryKind.WORKS, "04"),
)


def tell_of_suppliers(staff: dict[str, Actor], *, seed: int, at: datetime) -> list[Supplier]:
    """Enters categories, required papers and suppliers, as the people at their desks would, and
    returns the suppliers.
    """
    buyer, manager = staff["procurement"], staff["procurement-manager"]
    today = business_date(at)
    _categories(date(today.year - 3, 1, 1))
    random = Random(f"{seed}:suppliers")  # noqa: S311 – the same demo every time
    begun = at - timedelta(days=3 * 365)
    entered = [
        register_supplier(facts, by=buyer, at=begun + timedelta(minutes=number))
        for number, facts in enumerate(_all_facts(random))
    ]
    shown = [supplier for supplier in entered if supplier.region == Region.NORTH]
    for number, supplier in enumerate(shown):
        # Every fourth has a paper that ends within a month, every sixth one that has ended.
        ends = today + timedelta(days=20 if number % 4 == 1 else -5 if number % 6 == 2 else 400)
        _papers(supplier, ends, buyer=buyer, verifier=staff["technical"], at=at)
    _pledges(entered, buyer=buyer, verifier=staff["technical"], at=at)
    company = Company.objects.get(code="11")
    tell_of_dealings(shown, company, staff, at=at)
    of_region = {supplier.region: supplier for supplier in entered}
    tell_of_watch(of_region[Region.NORTHEAST], of_region[Region.SOUTH], shown[:8], staff, at=at)
    declare_relation(shown[0], shown[1], reason="两家法定代表人系夫妻", by=buyer, at=at)
    for number, supplier in enumerate(shown[:4]):
        account = propose_bank_account(
            supplier,
            bank="中国工商银行太原迎泽支行",
            holder=supplier.name,
            number=f"0502{number:04d}19024{number:05d}",
            reason="基本存款账户信息",
            by=buyer,
            at=at - timedelta(days=2),
        )
        # The last one waits for the second person: its payment is on hold.
        if number < 3:
            confirm_bank_account(account, remark="已电话核实", by=manager, at=at)
    return entered


def _categories(since: date) -> None:
    by_code: dict[str, SupplyCategory] = {}
    for code, name, kind, above in CATEGORIES:
        by_code[code] = SupplyCategory.objects.create(
            code=code, name=name, kind=kind, parent=by_code[above] if above else None
        )
    required = (
        (PaperType.BUSINESS_LICENCE, None, None),
        (PaperType.INTEGRITY_PLEDGE, None, None),
        (PaperType.DISHONESTY_CHECK, None, 365),
        (PaperType.COURT_CHECK, None, 365),
        (PaperType.PRODUCTION_LICENCE, "01", None),
        (PaperType.ISO_9001, "01", None),
        (PaperType.ISO_14001, "01", None),
        (PaperType.ISO_45001, "04", None),
        (PaperType.WAGE_AGREEMENT, "04", None),
        (PaperType.ENVIRONMENTAL_LICENCE, "03", None),
    )
    for paper_type, category, most_days in required:
        PaperRequirement.objects.create(
            paper_type=paper_type,
            category=by_code[category] if category else None,
            starts=since,
            most_days=most_days,
            source="供应商管理办法",
        )


def _all_facts(random: Random) -> list[SupplierFacts]:
    facts: list[SupplierFacts] = []
    for region, count in SUPPLIERS_BY_REGION.items():
        city, district = CITIES[region]
        register = Register(random, (district,))
        for _ in range(count):
            representative = register.person()
            number = len(facts) + 1
            facts.append(
                SupplierFacts(
                    credit_code=register.credit_code(),
                    name=f"{city}{random.choice(NAMES)}{random.choice(TRADES)}{number}号有限公司",
                    representative=f"{representative}{number}",
                    region=region,
                    address=f"{city}市工业园区{number}号",
                    phone=register.mobile(),
                    founded_on=date(random.randint(1998, 2020), random.randint(1, 12), 1),
                    owners=(OwnerFacts(f"{representative}{number}"),),
                    contacts=(ContactFacts(register.person(), register.mobile(), "销售经理"),),
                )
            )
    # Two bidders behind one telephone: a relation that the system finds.
    northern = [n for n, entry in enumerate(facts) if entry.region == Region.NORTH]
    # The people of a firm on the blacklist under another name (`tell_of_watch`).
    banned = SUPPLIERS_BY_REGION[Region.NORTHEAST] - 1
    facts[-1] = replace(facts[-1], representative=facts[banned].representative)
    facts[northern[3]] = replace(facts[northern[3]], phone=facts[northern[2]].phone)
    return facts


def _pledges(suppliers: Sequence[Supplier], *, buyer: Actor, verifier: Actor, at: datetime) -> None:
    """Nearly all have signed the pledge; those of the north wait for somebody to look."""
    today = business_date(at)
    for number, supplier in enumerate(suppliers):
        if supplier.region == Region.NORTH or number % 40 == 7:
            continue
        pledge = PaperFacts(PaperType.INTEGRITY_PLEDGE, date(today.year, 1, 1))
        paper = hand_in_paper(supplier, pledge, by=buyer, at=at - timedelta(days=60))
        verify_paper(
            paper, looked_at="原件", seen="签章齐全", by=verifier, at=at - timedelta(days=59)
        )


def _papers(supplier: Supplier, ends: date, *, buyer: Actor, verifier: Actor, at: datetime) -> None:
    starts = ends - timedelta(days=3 * 365)
    licence = PaperFacts(
        PaperType.BUSINESS_LICENCE, starts, None, supplier.credit_code, "市场监督管理局"
    )
    certificate = PaperFacts(
        PaperType.ISO_9001, starts, ends, f"Q{supplier.pk:06d}R0M", "中国质量认证中心"
    )
    pledge = PaperFacts(PaperType.INTEGRITY_PLEDGE, starts, None, "", "")
    for facts, looked_at in (
        (licence, "国家企业信用信息公示系统"),
        (certificate, "国家认证认可信息公共服务平台"),
    ):
        paper = hand_in_paper(supplier, facts, by=buyer, at=at - timedelta(days=60))
        verify_paper(
            paper,
            looked_at=looked_at,
            seen="在册，状态有效",
            by=verifier,
            at=at - timedelta(days=59),
        )
    # Waits for somebody to look.
    hand_in_paper(supplier, pledge, by=buyer, at=at - timedelta(days=1))
