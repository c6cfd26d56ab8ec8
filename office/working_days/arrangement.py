"""A year's holidays and make-up working days as people hand them in, read row by row without
guessing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from office.intake.cells import UnsolvedFormula, sentence_about
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
        """Returns one day on a line, in the form `read_lines` reads."""
        named = [(day, "放假") for day in self.days_off] + [
            (day, "上班") for day in self.days_at_work
        ]
        return "\n".join(f"{day} {word}" for day, word in sorted(named))


@dataclass(frozen=True)
class RowFault:
    """The fault of one row, numbered as in the sheet."""

    row: int
    says: Text


@dataclass
class ReadArrangement:
    """The result of reading: an arrangement, or the faults of its rows.

    `needless` are days that only repeat what Monday to Friday says anyway; they are left out.
    """

    days: dict[date, bool] = field(default_factory=dict)
    needless: list[date] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def notice(self) -> str:
        """Returns the notice that the rows name, when all of them name the same."""
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
    """Reads days typed one on a line: 2027-01-01 放假."""
    parted = (
        line.replace("，", " ").replace(",", " ").split(None, 2) for line in text.splitlines()
    )
    return read_rows(enumerate(parted, start=1))


def read_rows(rows: Iterable[tuple[int, Cells]]) -> ReadArrangement:
    """Reads rows of date, 上班 or 放假, and notice; a row of headings and empty rows are
    skipped.
    """
    result = ReadArrangement()
    works_by_day: dict[date, bool] = {}
    for row, cells in rows:
        formula = next((cell for cell in cells if isinstance(cell, UnsolvedFormula)), None)
        if formula is not None:
            result.faults.append(RowFault(row, sentence_about("此行", formula.fault)))
            continue
        texts = [_text(cell) for cell in cells]
        if not any(texts) or texts[0].lower() in _HEADINGS:
            continue
        day, works = _day(texts[0]), _word(texts[1] if len(texts) > 1 else "")
        if day is None:
            result.faults.append(RowFault(row, _("日期应如 2027-01-01")))
        elif works is None:
            result.faults.append(RowFault(row, _("第二列应写“放假”或“上班”")))
        elif works_by_day.setdefault(day, works) != works:
            result.faults.append(RowFault(row, _("同一天既写放假又写上班")))
        if len(texts) > 2 and texts[2] and texts[2] not in result.notices:
            result.notices.append(texts[2])
    for day, works in works_by_day.items():
        if works == (day.weekday() < 5):
            result.needless.append(day)
        else:
            result.days[day] = works
    _check_whole(result, {day.year for day in works_by_day})
    return result


def _check_whole(arrangement: ReadArrangement, years: set[int]) -> None:
    """Checks that the days are of one year and one notice, and enough for a whole year."""
    if arrangement.faults:
        return
    if len(years) > 1:
        arrangement.faults.append(RowFault(0, _("一次只能导入一个年度，请按年度分开")))
    elif len(arrangement.notices) > 1:
        arrangement.faults.append(RowFault(0, _("各行的文号不一致，请核对")))
    elif len(arrangement.days) < LEAST_DAYS:
        arrangement.faults.append(RowFault(0, _("不足 10 天，不是全年的安排，请补全")))


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
