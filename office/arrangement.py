"""A year's days off and days at work, as people hand them in: read row by row, nothing guessed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from office.language import Text

# Every year had more than this: fewer are not the arrangement of a whole year.
LEAST_DAYS = 10
_WORKS = {"上班": True, "工作": True, "调休上班": True, "work": True, "1": True}
_RESTS = {"放假": False, "休息": False, "休": False, "off": False, "0": False}
_HEADINGS = frozenset({"日期", "date"})
_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")

Cells = Sequence[object]


@dataclass(frozen=True)
class Arrangement:
    """The days of one year that differ from Monday to Friday."""

    year: int
    days_off: tuple[date, ...]
    days_at_work: tuple[date, ...]

    def lines(self) -> str:
        """One day in a line, as `read_lines` takes them."""
        named = [(day, "放假") for day in self.days_off] + [
            (day, "上班") for day in self.days_at_work
        ]
        return "\n".join(f"{day} {word}" for day, word in sorted(named))


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row, numbered as in the sheet."""

    row: int
    says: Text


@dataclass
class ReadArrangement:
    """What the rows say: an arrangement when nothing is wrong with them.

    `needless` are days that are what Monday to Friday says anyway and need not be kept.
    """

    days: dict[date, bool] = field(default_factory=dict)
    needless: list[date] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def notice(self) -> str:
        """The paper the rows name, when it is one."""
        return self.notices[0] if len(self.notices) == 1 else ""

    @property
    def arrangement(self) -> Arrangement | None:
        if self.faults or not self.days:
            return None
        return Arrangement(
            min(self.days).year,
            tuple(sorted(day for day, works in self.days.items() if not works)),
            tuple(sorted(day for day, works in self.days.items() if works)),
        )


def read_lines(text: str) -> ReadArrangement:
    """Days typed one in a line: 2027-01-01 放假."""
    parted = (
        line.replace("，", " ").replace(",", " ").split(None, 2) for line in text.splitlines()
    )
    return read_rows(enumerate(parted, start=1))


def read_rows(rows: Iterable[tuple[int, Cells]]) -> ReadArrangement:
    """Rows of date, 上班 or 放假, and notice; a row of headings and empty rows are passed over."""
    found = ReadArrangement()
    known: dict[date, bool] = {}
    for row, cells in rows:
        texts = [_text(cell) for cell in cells]
        if not any(texts) or texts[0].lower() in _HEADINGS:
            continue
        day, works = _day(texts[0]), _word(texts[1] if len(texts) > 1 else "")
        if day is None:
            found.faults.append(RowFault(row, _("日期应如 2027-01-01")))
        elif works is None:
            found.faults.append(RowFault(row, _("第二列应写“放假”或“上班”")))
        elif known.setdefault(day, works) != works:
            found.faults.append(RowFault(row, _("同一天既写放假又写上班")))
        if len(texts) > 2 and texts[2] and texts[2] not in found.notices:
            found.notices.append(texts[2])
    for day, works in known.items():
        if works == (day.weekday() < 5):
            found.needless.append(day)
        else:
            found.days[day] = works
    _check_whole(found, {day.year for day in known})
    return found


def _check_whole(found: ReadArrangement, years: set[int]) -> None:
    """One year, one paper, and enough days to be a whole year's arrangement."""
    if found.faults:
        return
    if len(years) > 1:
        found.faults.append(RowFault(0, _("一次只能导入一个年度，请按年度分开")))
    elif len(found.notices) > 1:
        found.faults.append(RowFault(0, _("各行的文号不一致，请核对")))
    elif len(found.days) < LEAST_DAYS:
        found.faults.append(RowFault(0, _("不足 10 天，不是全年的安排，请补全")))


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _day(text: str) -> date | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 – a day has no time zone
        except ValueError:
            continue
    return None


def _word(text: str) -> bool | None:
    return {**_WORKS, **_RESTS}.get(text.lower())
