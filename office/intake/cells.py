"""Spreadsheet cells as clerks fill them, read into values.

Each reader gives a value or raises ValueError with the reason; a `CellFault` says itself how its
reason and the column's name make a sentence. A formula typed into a text file is only text here.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

# How a reason and the column's name make a sentence: 户号为空 · 签订日期：日期无效 · 手机号无效.
FOLLOWS_THE_NAME = "{column}{reason}"
APART = "{column}：{reason}"
ALONE = "{reason}"

_INVISIBLE = frozenset({"Cc", "Cf"})
_SPACES = frozenset({"Zs", "Zl", "Zp"})
# No spaces by their category, but shown as nothing (Braille blank, Hangul fillers).
_BLANK_LETTERS = "\u2800\u3164\uffa0\u115f\u1160"
_CHINESE_PUNCTUATION = "（），：；！？“”"

_NUMBER = re.compile(
    r"(?P<sign>[-+−]?)¥?(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<part>\.[0-9]*)?"
    r"(?:m2|m²|m\^2|平方米|平米|平方|平|m|米|元|度|℃|°C)?"
)
_LONGEST_NUMBER = 30
# Excel keeps 15 digits of a number; the rest of a longer code becomes zeros.
_EXCEL_PRECISION = 15
_FIRST_INEXACT = 10**_EXCEL_PRECISION
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{1,3}", re.I)
BECAME_A_NUMBER = "已被表格软件改成数字，请以文本填写"
# What clean text may consist of, so that cleaning would change nothing.
PLAIN_LETTERS = r"(?!#)[0-9A-Za-z\u4e00-\u9fff#()./_-]"
_AS_IT_IS = re.compile(f"{PLAIN_LETTERS}*")

# 2023-11-1, 2023/11/01, 2023.11.1, 2023年11月1日, each also with a time of midnight.
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:年|[-/.])(?P<month>[0-9]{1,2})(?:月|[-/.])(?P<day>[0-9]{1,2})[日号]?"
    r"(?:[ T]?0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_COMPACT_DATE = re.compile(r"(?P<year>[12][0-9]{3})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
# Excel counts days from here, as if 1900 had had a 29 February; 20,000 is in 1954, 80,000 in 2119.
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)

_SEASON = re.compile(
    r"(?P<first>[12][0-9]{3})年?(?:[-‐‑‒–—―−/~～至到]{1,2})(?P<last>[12][0-9]{3}|[0-9]{2})"
    r"(?:年度|年)?(?:采暖|供暖|供热)?(?:季|期)?"
)

_YES = frozenset({"是", "有", "对", "√", "✓", "✔", "☑", "Y", "YES", "TRUE", "1"})
_NO = frozenset({"", "否", "无", "没有", "不是", "×", "✗", "✘", "X", "N", "NO", "FALSE", "0", "-"})


class CellFault(ValueError):
    """A cell that cannot be read, with the pattern of the sentence a clerk gets to see."""

    def __init__(self, reason: str, pattern: str = FOLLOWS_THE_NAME) -> None:
        super().__init__(reason)
        self.pattern = pattern


@dataclass(frozen=True, slots=True)
class UnsolvedFormula:
    """A cell whose formula has no stored result: nobody can know what it would show."""

    cell: str
    formula: str

    @property
    def fault(self) -> CellFault:
        """The reason why the cell cannot be read, with its address and the formula."""
        return CellFault(
            f"的单元格 {self.cell} 是公式 {self.formula}，没有保存结果，"
            "请在表格软件中打开并保存后再导入，或直接填写结果"
        )

    def __str__(self) -> str:
        return self.formula


def sentence_about(column: str, error: ValueError) -> str:
    """Returns the sentence that names the column and says why its cell cannot be read."""
    pattern = error.pattern if isinstance(error, CellFault) else APART
    return pattern.format(column=column, reason=error)


def is_blank(cell: object) -> bool:
    """Returns whether nothing can be seen in the cell."""
    return cell is None or (isinstance(cell, str) and not clean_text(cell))


def clean_text(cell: object) -> str:
    """Returns the cell as one line of text; an empty cell is "".

    Letters are normalised (NFKC: full-width becomes half-width) except Chinese punctuation,
    invisible ones are left out, and runs of spaces become one. Whole numbers lose the ".0" that a
    spreadsheet gives them. Raises CellFault for a formula whose result is not stored.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return f"{_decimal_of(cell):f}"
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, UnsolvedFormula):
        raise cell.fault
    letters = []
    # NFC first: a letter and its combining accent become one, or the accent would stand alone.
    for letter in unicodedata.normalize("NFC", str(cell)):
        if (
            letter in _BLANK_LETTERS
            or letter in "\t\r\n\v\f\x85"
            or unicodedata.category(letter) in _SPACES
        ):
            letters.append(" ")
        elif letter in _CHINESE_PUNCTUATION:
            letters.append(letter)
        elif unicodedata.category(letter) not in _INVISIBLE:
            letters.append(unicodedata.normalize("NFKC", letter))
    return " ".join("".join(letters).split())


def shown(cell: object) -> str:
    """Returns any cell as clean text, also what no column can read."""
    # Most cells are clean already, and cleaning letter by letter is slow.
    if isinstance(cell, str) and _AS_IT_IS.fullmatch(cell):
        return cell
    try:
        return clean_text(cell)
    except ValueError:
        return str(cell)


def became_a_number(cell: object) -> bool:
    """Returns whether a spreadsheet keeps a long code as a number, whose last digits are lost."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return bool(abs(cell) >= _FIRST_INEXACT)
    return isinstance(cell, str) and _SCIENTIFIC.fullmatch(cell.strip()) is not None


def exact_code(cell: object) -> object:
    """Returns the cell itself; raises CellFault for a code that has lost its last digits."""
    if became_a_number(cell):
        raise CellFault(BECAME_A_NUMBER)
    return cell


def read_text(cell: object) -> str:
    """Returns the text; raises CellFault without any."""
    if not (text := clean_text(cell)):
        raise CellFault("为空")
    return text


def read_code(cell: object) -> str:
    """Returns an account, contract or meter number: half-width capitals without spaces."""
    return _compact(read_text(cell)).upper()


def read_number(cell: object) -> Decimal:
    """Returns a number; a text may have thousands commas, full-width digits or a unit like ㎡."""
    if isinstance(cell, bool | date):
        raise CellFault("不是数字")
    if isinstance(cell, float | int | Decimal):
        return _decimal_of(cell)
    number = _NUMBER.fullmatch(_compact(read_text(cell)))
    if number is None or len(number.group()) > _LONGEST_NUMBER:
        raise CellFault("不是数字")
    sign = "" if number["sign"] in ("", "+") else "-"
    return Decimal(sign + number["whole"].replace(",", "") + (number["part"] or "").rstrip("."))


def read_positive(cell: object) -> Decimal:
    """Returns a number above zero, such as an area or a height."""
    if (number := read_number(cell)) <= 0:
        raise CellFault("必须大于零")
    return number


def read_fen(cell: object) -> int:
    """Returns an amount of yuan in fen; refuses more than two decimals instead of rounding."""
    fen = read_number(cell) * 100
    if fen != fen.to_integral_value():
        raise ValueError("金额至多两位小数")
    return int(fen)


def read_date(cell: object) -> date:
    """Returns a date from a date cell, Excel's day number, or a text in the order year, month,
    day.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float | int | Decimal) and not isinstance(cell, bool):
        return _date_of_number(_decimal_of(cell))
    text = _compact(read_text(cell))
    parts = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if parts is None:
        raise ValueError("日期无效")
    return _date_of(parts)


def read_season(cell: object) -> str:
    """Returns a season's label as "2023-2024", whatever dash or ending it is written with."""
    years = _SEASON.fullmatch(_compact(read_text(cell)))
    if years is None:
        raise ValueError("采暖季应如 2023-2024")
    first, last = int(years["first"]), years["last"]
    # The second year may have two digits: 2023-24.
    if int(last) != (first + 1) % 10 ** len(last):
        raise ValueError("采暖季须为相邻两年")
    return f"{first}-{first + 1}"


def read_yes_no(cell: object) -> bool:
    """Returns whether the cell says 是, in any mark that clerks use; an empty cell is 否."""
    word = _compact(clean_text(cell)).upper()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("应为是或否")


def _compact(text: str) -> str:
    """Returns the text half-width and without spaces."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def _decimal_of(number: float | Decimal) -> Decimal:
    """Returns the number that a spreadsheet shows: 15 significant digits, without binary noise."""
    text = f"{number:.{_EXCEL_PRECISION}g}" if isinstance(number, float) else str(number)
    decimal = Decimal(text)
    # Decimal reads "inf" and "nan" too; an exponent of a million would fill the memory with zeros.
    if not decimal.is_finite() or abs(decimal.adjusted()) > _LONGEST_NUMBER:
        raise CellFault("不是数字")
    return decimal


def _date_of_number(number: Decimal) -> date:
    """Reads 45231 as the day number of Excel and 20231101 as the digits of a date."""
    if number == number.to_integral_value():
        if int(number) in _EXCEL_DAYS:
            return _EXCEL_EPOCH + timedelta(days=int(number))
        if parts := _COMPACT_DATE.fullmatch(f"{number:f}"):
            return _date_of(parts)
    raise ValueError("日期无效")


def _date_of(parts: re.Match[str]) -> date:
    """Returns the date; raises ValueError for a day that no month has."""
    try:
        return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    except ValueError:
        raise ValueError("日期无效") from None
