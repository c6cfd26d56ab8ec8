"""The account list of a demo company: every row a clerk might have typed, some of them wrongly."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from heating.demo.customers import KNOWN
from heating.demo.names import Register
from heating.demo.prices import HOME, LANZHOU, TAIYUAN, City

METERED_OF_TEN = 4
SHOP_EACH = 16
USABLE = Decimal("0.75")
TYPING_ERROR = "1186.50"


@dataclass(frozen=True)
class Row:
    """One row of the list; `HEADINGS` says what stands above each cell."""

    number: str
    name: str
    id_number: str
    phone: str
    community: str
    building: str
    unit: str
    room: str
    station: str
    kind: str
    category: str
    building_area: str
    usable_area: str = ""
    height: str = ""
    supply_state: str = "正常"
    charging: str = "面积"
    meter_number: str = ""
    signed_on: str = ""
    arrears_season: str = ""
    arrears: str = ""
    low_income: str = ""
    remark: str = ""


HEADINGS = {
    "number": "户号",
    "name": "户名",
    "id_number": "证件号码",
    "phone": "手机号",
    "community": "小区",
    "building": "楼号",
    "unit": "单元",
    "room": "房号",
    "station": "换热站",
    "kind": "用户类别",
    "category": "热价类别",
    "building_area": "建筑面积",
    "usable_area": "使用面积",
    "height": "层高",
    "supply_state": "供热状态",
    "charging": "计费方式",
    "meter_number": "表号",
    "signed_on": "签订日期",
    "arrears_season": "往年欠费年度",
    "arrears": "往年欠费金额",
    "low_income": "低保",
    "remark": "备注",
}


@dataclass(frozen=True)
class Neighbourhood:
    """Houses of one kind. In old ones usable area is charged, in new ones some are metered."""

    name: str
    floors: int
    usable: bool = False
    metered: bool = False


@dataclass(frozen=True)
class Town:
    """What is built where a company heats; `last` communities are billed by the waiting run."""

    city: City
    districts: tuple[str, ...]
    neighbourhoods: tuple[Neighbourhood, ...]
    shops: tuple[tuple[str, str], ...]
    last: int = 0

    @property
    def waiting(self) -> tuple[str, ...]:
        """Communities that are not billed yet."""
        begin = len(self.neighbourhoods) - self.last
        return tuple(place.name for place in self.neighbourhoods[begin:])


TAIYUAN_TOWN = Town(
    TAIYUAN,
    ("140105", "140106", "140107", "140108", "140109", "140110"),
    (
        Neighbourhood("迎春花园", 6),
        Neighbourhood("汾水家园", 11),
        Neighbourhood("龙城雅苑", 18, metered=True),
        Neighbourhood("机车东院", 5, usable=True),
        Neighbourhood("晋祠路小区", 6),
        Neighbourhood("滨河景园", 18, metered=True),
        Neighbourhood("和平里", 6),
        Neighbourhood("矿机西院", 5, usable=True),
        Neighbourhood("学府新苑", 11),
        Neighbourhood("长风嘉园", 18, metered=True),
    ),
    (("便利店", "非居民"), ("面馆", "非居民"), ("幼儿园", "非居民"), ("物业服务中心", "非居民")),
    last=2,
)
LANZHOU_TOWN = Town(
    LANZHOU,
    ("620102", "620103", "620104", "620105"),
    (
        Neighbourhood("秦川嘉苑", 11),
        Neighbourhood("中川花园", 6),
        Neighbourhood("黄河新村", 6),
        Neighbourhood("科教城家园", 18, metered=True),
        Neighbourhood("瑞雪佳苑", 11),
        Neighbourhood("职教小区", 6),
    ),
    (
        ("小学", "办公教学医院"),
        ("快捷酒店", "宾馆饭店"),
        ("超市", "商业厂房"),
        ("社区卫生服务站", "办公教学医院"),
    ),
)


class Settlement:
    """Settles `accounts` accounts in a town; the same seed settles the same people."""

    def __init__(self, town: Town, accounts: int, random: Random, imported_on: date) -> None:
        self._town = town
        self._accounts = accounts
        self._random = random
        self._register = Register(random, town.districts)
        self._imported_on = imported_on
        self._number = 0

    def rows(self) -> list[Row]:
        """The whole list; the known customers come first."""
        rows: list[Row] = []
        places = self._town.neighbourhoods
        for index, place in enumerate(places):
            share = self._accounts // len(places) + (index < self._accounts % len(places))
            rows += [row for account in self._settle(place, share) for row in account]
        return self._with_odd_ones(rows)

    def _settle(self, place: Neighbourhood, count: int) -> Iterator[list[Row]]:
        doors = _doors(place)
        areas: dict[tuple[str, str, int], Decimal] = {}
        for index in range(count):
            self._number += 1
            if index % SHOP_EACH == SHOP_EACH - 1:
                yield [self._shop(place, index)]
                continue
            building, unit, floor, side = next(doors)
            stack = (building, unit, side)
            if stack not in areas:
                areas[stack] = self._area(58, 138)
            flat = self._flat(place, building, unit, f"{floor}{side:02d}", areas[stack])
            yield self._with_attic(flat)

    def _flat(
        self, place: Neighbourhood, building: str, unit: str, room: str, area: Decimal
    ) -> Row:
        random = self._random
        metered = place.metered and random.randrange(10) < METERED_OF_TEN
        fate = random.randrange(100)
        stopped = fate < 4 and not metered
        in_arrears = 4 <= fate < 12
        return Row(
            number=self._account_number(),
            name=self._register.person(),
            id_number=self._register.id_number(),
            phone=self._register.mobile(),
            community=place.name,
            building=building,
            unit=unit,
            room=room,
            station=f"{place.name}换热站",
            kind="居民",
            category="居民住宅（使用面积）" if place.usable else HOME,
            building_area=f"{area:.2f}",
            usable_area=f"{area * USABLE:.2f}" if place.usable else "",
            height="2.80",
            supply_state="报停" if stopped else "正常",
            charging="计量" if metered else "面积",
            meter_number=f"RB{random.randrange(10**8):08d}" if metered else "",
            signed_on=self._signed_on(),
            arrears_season=self._last_season if in_arrears else "",
            arrears=self._arrears(area) if in_arrears else "",
            low_income="是" if fate == 99 else "",
        )

    def _shop(self, place: Neighbourhood, index: int) -> Row:
        trade, category = self._town.shops[index // SHOP_EACH % len(self._town.shops)]
        ordinal = index // SHOP_EACH + 1
        return Row(
            number=self._account_number(),
            name=f"{place.name}{trade}" + (f"{ordinal}店" if ordinal > 4 else ""),
            id_number=self._register.credit_code(),
            phone=self._register.mobile(),
            community=place.name,
            building="商业楼",
            unit="",
            room=f"S{ordinal:02d}",
            station=f"{place.name}换热站",
            kind="非居民",
            category=category,
            building_area=f"{self._area(60, 900)}",
            height="3.90",
            signed_on=self._signed_on(),
        )

    def _with_attic(self, flat: Row) -> list[Row]:
        """One flat in fifty has a room let to a business: a second area line."""
        if self._random.randrange(50) or flat.arrears:
            return [flat]
        shop = self._town.shops[-1][1]
        area = f"{self._area(12, 40)}"
        second = replace(
            flat, kind="非居民", category=shop, building_area=area, usable_area="", remark="底商"
        )
        return [flat, second]

    def _with_odd_ones(self, rows: list[Row]) -> list[Row]:
        customers = [customer for customer in KNOWN if customer.company == self._town.city.company]
        numbers = list(dict.fromkeys(row.number for row in rows))
        homes = iter(numbers)
        settled: dict[str, dict[str, str]] = {}
        for customer in customers:
            id_number = self._register.id_number()
            for _ in range(customer.accounts):
                settled[next(homes)] = {
                    "name": customer.name,
                    "phone": customer.phone,
                    "id_number": id_number,
                    "arrears_season": self._last_season if customer.owes_last_season else "",
                    "arrears": "1280.50" if customer.owes_last_season else "",
                    "supply_state": "正常",
                }
        if self._town.city.unpriced:
            settled[next(homes)] = {
                "name": "汾水家园二期工程项目部",
                "id_number": self._register.credit_code(),
                "kind": "非居民",
                "category": self._town.city.unpriced,
                "arrears_season": "",
                "arrears": "",
                "remark": "工地临建",
            }
        if self._town.waiting:
            mistyped = next(row for row in rows if row.community == self._town.waiting[0])
            settled[mistyped.number] = {"building_area": TYPING_ERROR, "supply_state": "正常"}
        changed = [
            replace(row, **settled[row.number]) if row.number in settled else row
            for row in rows
            if not (row.number in settled and row.remark == "底商")
        ]
        return changed + (self._wrong_rows(changed) if self._town.city is TAIYUAN else [])

    def _wrong_rows(self, rows: list[Row]) -> list[Row]:
        """Returns rows that the import refuses: each is wrong in one way."""
        pattern = rows[-1]

        def another(**values: str) -> Row:
            self._number += 1
            defaults = {
                "number": self._account_number(),
                "name": self._register.person(),
                "id_number": self._register.id_number(),
                "phone": self._register.mobile(),
                "room": f"{90 + self._number % 10}{self._number % 7:02d}",
                "building": f"{self._number}号楼",
                "kind": "居民",
                "category": HOME,
                "building_area": "88.60",
                "arrears_season": "",
                "arrears": "",
                "remark": "",
            }
            return replace(pattern, **{**defaults, **values})

        good_number = self._register.id_number()
        wrong_check = good_number[:17] + ("0" if good_number[17] != "0" else "1")
        return [
            another(name=""),
            another(id_number=wrong_check),
            another(building_area="0"),
            another(category="居民住宿"),
            another(number=rows[0].number),
            another(phone="1380013800"),
        ]

    @property
    def _last_season(self) -> str:
        year = self._imported_on.year
        return f"{year - 1}-{year}"

    def _account_number(self) -> str:
        return f"{self._town.city.company}{self._number:08d}"

    def _arrears(self, area: Decimal) -> str:
        """Last season's bill in yuan, or half of it."""
        price = Decimal(self._town.city.prices[0].amount)
        share = self._random.choice((Decimal(1), Decimal(1), Decimal("0.5")))
        return f"{area * price * self._town.city.billable_months * share:.2f}"

    def _area(self, least: int, most: int) -> Decimal:
        """m² with two decimals."""
        return Decimal(self._random.randrange(least * 100, most * 100)) / 100

    def _signed_on(self) -> str:
        day = self._imported_on - timedelta(days=self._random.randrange(300, 3600))
        return day.isoformat()


def _doors(place: Neighbourhood) -> Iterator[tuple[str, str, int, int]]:
    """Building, unit, floor and side, door after door."""
    building = 0
    while True:
        building += 1
        for unit in range(1, 4):
            for floor in range(1, place.floors + 1):
                for side in (1, 2):
                    yield f"{building}号楼", f"{unit}单元", floor, side
