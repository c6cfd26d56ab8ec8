"""Any cell whatever is read or refused with a sentence; what is read fits the records."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billing.account_list.columns import COLUMNS
from billing.account_list.rows import Category, CheckedRow, Frame, RowChecker
from tests.billing.account_list.lists import HEADINGS, row

HEADER = COLUMNS.as_header(1, HEADINGS)
assert HEADER is not None
CHECKER = RowChecker(
    HEADER,
    Frame(
        {
            "居民住宅": Category(1, residential=True),
            "非居民": Category(2, residential=False),
        },
        date(2025, 11, 20),
        "2025-2026",
    ),
)
LONGEST = {"number": 20, "name": 80, "community": 60, "building": 30, "unit": 20, "room": 20}
CELLS = st.one_of(
    st.text(max_size=90),
    st.text(alphabet="0123456789.-,年月日/ ０５．㎡#=+EX", max_size=20),
    st.floats(),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)


def check(cells: list[Any]) -> CheckedRow:
    return CHECKER.check(2, cells)


@given(st.lists(CELLS, max_size=30))
def test_any_row_is_read_or_refused(cells: list[Any]) -> None:
    checked = check(cells)
    assert checked.faults or checked.door
    assert all(fault.row == 2 and fault.says for fault in checked.faults)


@given(place=st.integers(0, len(HEADINGS) - 1), cell=CELLS)
def test_one_strange_cell_spoils_no_other(place: int, cell: Any) -> None:
    cells = row(1)
    cells[place] = cell
    checked = check(cells)
    own = {HEADINGS[place]}
    if HEADINGS[place] in ("用户类别", "热价类别"):
        own |= {"证件号码", "用户类别", "热价类别"}
    if HEADINGS[place] in ("往年欠费年度", "往年欠费金额"):
        own |= {"往年欠费年度", "往年欠费金额"}
    assert {fault.column for fault in checked.faults} <= own
    if not checked.faults:
        assert_fits(checked.values)


def assert_fits(values: dict[str, Any]) -> None:
    for key, most in LONGEST.items():
        assert len(values[key]) <= most
        assert not {unicodedata.category(letter) for letter in values[key]} & {"Cc", "Cf", "Zl"}
    assert values["number"]
    assert values["name"]
    assert Decimal(0) < values["building_area"] < 10**8
    assert -values["building_area"].as_tuple().exponent <= 2
    assert values["arrears_fen"] >= 0
    assert values["signed_on"] is None or values["signed_on"] <= date(2025, 11, 20)


@given(area=st.decimals("0.01", "99999999.99", places=2), spaces=st.text(" \u3000\t", max_size=3))
def test_an_area_is_the_same_however_it_is_written(area: Decimal, spaces: str) -> None:
    wide = str(area).translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    for written in (str(area), f"{spaces}{wide}{spaces}", f"{area:,}㎡", f"+{area}"):
        checked = check(row(1, 建筑面积=written, 使用面积=""))
        assert checked.faults == []
        assert checked.values["building_area"] == area


@given(st.dates(date(1950, 1, 1), date(2025, 11, 20)))
def test_a_day_is_the_same_however_it_is_written(day: date) -> None:
    for written in (
        day,
        datetime(day.year, day.month, day.day, tzinfo=UTC),
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02}.{day.day:02}",
        f"{day:%Y%m%d}",
    ):
        checked = check(row(1, 签订日期=written))
        assert checked.faults == []
        assert checked.values["signed_on"] == day
