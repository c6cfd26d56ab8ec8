"""A whole city's account list as CSV: every bad row reported, against a bare COPY and INSERT.

CPU seconds of Python and of its PostgreSQL backend are told beside the wall's: on a machine that
does something else as well only they can be compared.
"""

import csv
import os
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files import File
from django.db import connection

from billing.account_list.operations import Watch, import_accounts
from billing.account_list.report import Outcome
from billing.models import Bill, HeatingSeason, Transfer
from customers.models import Account, AreaLine, Customer, SupplyContract, TariffCategory
from office.actors import Actor
from office.identity import id_check_character
from office.models import Company

ACCOUNTS = int(os.environ.get("IMPORT_ACCOUNTS", "500000"))
HERE = Actor.system("bench")
NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
HEADINGS = (
    *("户号", "户名", "证件号码", "手机号", "小区", "楼号", "单元", "房号", "换热站", "用户类别"),
    *("热价类别", "建筑面积", "使用面积", "层高", "供热状态", "计费方式", "表号", "合同编号"),
    *("签订日期", "往年欠费年度", "往年欠费金额", "低保", "备注"),
)
NUMBER, NAME, IDENTITY, PHONE, UNIT, CATEGORY, AREA, USABLE = 0, 1, 2, 3, 6, 10, 11, 12
SIGNED, OWED_SEASON, OWED = 18, 19, 20
WRITTEN = (
    *("customers_premise", "customers_customer", "customers_account"),
    *("customers_supplycontract", "customers_arealine"),
)
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
Mess = Callable[[list[str], random.Random], None]


def put(place: int, text: str) -> Mess:
    def spoil(row: list[str], chance: random.Random) -> None:
        row[place] = text

    return spoil


def wrong_check(row: list[str], chance: random.Random) -> None:
    row[IDENTITY] = row[IDENTITY][:17] + ("1" if row[IDENTITY][17] != "1" else "2")


def taken_number(row: list[str], chance: random.Random) -> None:
    # The 500 accounts at the head of the list are never spoilt.
    row[NUMBER] = str(2_000_000 + chance.randrange(500))


FAULTS: dict[str, Mess] = {
    "户号为空": put(NUMBER, ""),
    "户号重复": taken_number,
    "身份证校验位错误": wrong_check,
    "手机号无效": put(PHONE, "12345"),
    "热价类别不存在": put(CATEGORY, "未知类别"),
    "建筑面积为空": put(AREA, ""),
    "建筑面积不是数字": put(AREA, "九十"),
    "建筑面积必须大于零": put(AREA, "-80.5"),
}
TIDY_MESS: tuple[Mess, ...] = (
    lambda row, chance: row.__setitem__(NAME, f"  {row[NAME]}\u3000"),
    lambda row, chance: row.__setitem__(AREA, row[AREA].translate(FULL_WIDTH)),
    lambda row, chance: row.__setitem__(SIGNED, "2018/7/2"),
    lambda row, chance: row.__setitem__(SIGNED, "2020年3月5日"),
)


def right_row(serial: int, chance: random.Random) -> list[str]:
    born = f"{1950 + serial % 50}0{1 + serial % 9}{10 + serial // 450 % 18}"
    first = f"140105{born}{serial // 8100 % 1000:03d}"
    area = 40 + chance.randrange(12000) / 100
    building, door = divmod(serial, 100)
    return [
        str(2_000_000 + serial),
        chance.choice("王李张刘陈杨赵黄周吴") + chance.choice("伟芳娜敏静丽强磊军洋"),
        first + id_check_character(first),
        f"13{serial * 7919 % 1_000_000_000:09d}",
        f"花园{building // 10:04d}小区",
        f"{building % 10 + 1}号楼",
        f"{door // 50 + 1}单元",
        f"{door % 50 // 2 + 1}0{door % 2 + 1}",
        f"{building % 40}号站",
        *("居民", "居民住宅", f"{area:.2f}", f"{area * 0.75:.2f}", "2.8", "正常"),
        *(
            "面积",
            "",
            f"GR-2016-{serial:06d}",
            f"20{10 + serial % 15}-0{1 + serial % 9}-1{serial % 10}",
        ),
        *("", "", "", ""),
    ]


def write_list(path: Path) -> tuple[Counter[str], int, int]:
    """The list on disk; how many rows are wrong by reason, good second lines, and fen owed."""
    chance = random.Random(20260101)
    wrong: Counter[str] = Counter()
    second = owed = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for row, reason, is_second, fen in _rows(chance):
            writer.writerow(row)
            second += is_second
            owed += fen
            if reason:
                wrong[reason] += 1
    return wrong, second, owed


def _rows(chance: random.Random) -> Iterator[tuple[list[str], str, bool, int]]:
    for serial in range(ACCOUNTS):
        row = right_row(serial, chance)
        drawn = chance.random() if serial >= 500 else 1.0
        if drawn < 0.016:
            reason = list(FAULTS)[int(drawn * 500)]
            FAULTS[reason](row, chance)
            yield row, reason, False, 0
            continue
        if drawn < 0.05:
            TIDY_MESS[int(drawn * 1000) % 4](row, chance)
        fen = 0
        if drawn > 0.96 and serial >= 500:
            fen = 50_000 + chance.randrange(300_000)
            row[OWED_SEASON], row[OWED] = "2024-2025", f"{fen / 100:.2f}"
        yield row, "", False, fen
        if 0.5 < drawn < 0.505:
            further = list(row)
            further[9:12] = ["非居民", "非居民", "21.55"]
            further[USABLE] = "16"
            yield further, "", True, 0


def bare_database(path: Path) -> float:
    """The floor: the file's bytes into a bare table, and the very records once more."""
    columns = ", ".join(f"c{place} text" for place in range(len(HEADINGS)))
    with connection.cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f"CREATE TABLE source_{table} AS SELECT * FROM {table}")
        cursor.execute(f"TRUNCATE {', '.join(WRITTEN)} CASCADE")
        begun = time.perf_counter()
        cursor.execute(f"CREATE TABLE source_list ({columns})")
        copying = cursor.copy("COPY source_list FROM STDIN (FORMAT csv, HEADER)")
        with path.open("rb") as file, copying as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        for table in WRITTEN:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM source_{table}")
    return time.perf_counter() - begun


def backend_seconds() -> float:
    """CPU seconds that this connection's backend, a process of this machine, has worked so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.django_db(transaction=True)
def test_bench_import(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    company = Company.objects.get_or_create(code="B2", defaults={"name": "基准导入公司"})[0]
    HeatingSeason.objects.create(
        company=company,
        label="2026-2027",
        starts=date(2026, 11, 1),
        ends=date(2027, 3, 31),
        due_on=date(2026, 12, 31),
    )
    for name, residential in (("居民住宅", True), ("非居民", False)):
        TariffCategory.objects.create(company=company, name=name, residential=residential)
    path = tmp_path / "台账.csv"
    wrong, second, owed = write_list(path)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    watch = _Stages()
    begun, worked, served = time.perf_counter(), time.process_time(), backend_seconds()
    with path.open("rb") as opened:
        import_accounts(
            company, File(opened, path.name), dry_run=False, by=HERE, at=NOW, watch=watch
        )
    seconds = time.perf_counter() - begun
    worked = time.process_time() - worked
    served = backend_seconds() - served
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    outcome = watch.outcome
    assert Counter(remarks[0].says for remarks in outcome.refused.values()) == wrong
    good = ACCOUNTS - sum(wrong.values())
    assert (outcome.accounts_good, outcome.second_area_lines) == (good, second)
    assert Account.objects.count() == SupplyContract.objects.count() == good
    assert Customer.objects.count() == good
    assert AreaLine.objects.count() == good + second
    assert sum(Bill.objects.values_list("amount_fen", flat=True)) == owed
    assert Transfer.objects.count() == Bill.objects.count() == outcome.opening_arrears
    rows = ACCOUNTS + second
    floor = bare_database(path)
    with capsys.disabled():
        print(
            f"\n{rows:,} rows, {path.stat().st_size >> 20} MB: {seconds:.1f} s,"
            f" {rows / seconds:,.0f} rows/s, {sum(wrong.values()):,} refused;"
            f" CPU {worked + served:.1f} s: {worked:.1f} Python, {served:.1f} PostgreSQL; stages"
            f" {watch.stages_text(begun)}; peak memory {peak} MB ({before} MB before);"
            f" bare database {floor:.1f} s, ratio {seconds / floor:.2f}"
        )


class _Stages(Watch):
    outcome: Outcome

    def __init__(self) -> None:
        self._reached: list[tuple[float, float]] = []

    def progress(self, portion: float) -> None:
        if portion >= 0.6:
            self._reached.append((portion, time.perf_counter()))

    def finished(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def stages_text(self, begun: float) -> str:
        """When each stage was reached."""
        return ", ".join(f"{portion:.0%} at {at - begun:.1f} s" for portion, at in self._reached)
