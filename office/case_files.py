"""Files of worked cases: read strictly, run through the pure rules, compared and reported.

A case is `{id, says, …, expect}`. Whatever is wrong with one is a mismatch with its reason: a file
that proves a rule must not pass because half of it was ignored.

The library pydantic, even when strict, reads "1_0" and full-width digits as numbers, cuts a long
JSON number to what a float holds, and takes blanks for text. Its refusals are English and know no
yuan; the same refusals, in Chinese with place and value, stand on the page of promise rules.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from office.money import parse_yuan

REMARKS = frozenset({"says", "note", "name", "label", "reason", "source"})

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_MISSING = object()

Answer = Mapping[str, object]


class CaseError(ValueError):
    """A case that cannot be worked out, and why."""


class Fields:
    """One JSON object read key by key; every refusal names the place, `finish` the strangers."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise CaseError(f"{where} 不是对象")
        self._value = value
        self._where = where
        self._known: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether an optional key is there and not null."""
        self._known.add(key)
        return self._value.get(key) is not None

    def raw(self, key: str) -> object:
        self._known.add(key)
        value = self._value.get(key, _MISSING)
        if value is _MISSING:
            raise CaseError(f"{self._where} 缺少 {key}")
        return value

    def text(self, key: str) -> str:
        value = self.raw(key)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, "应为文字")
        return value

    def choice(self, key: str, options: Sequence[str]) -> str:
        value = self.text(key)
        if value not in options:
            raise self._wrong(key, f"应为 {'、'.join(options)} 之一")
        return value

    def flag(self, key: str) -> bool:
        value = self.raw(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "应为 true 或 false")
        return value

    def count(self, key: str) -> int:
        value = self.raw(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10**6:
            raise self._wrong(key, "应为非负整数")
        return value

    def quantity(self, key: str, *, signed: bool = False) -> Decimal:
        """A number as text or as JSON number, up to 30 digits either side of the point."""
        value = self.raw(key)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            value = _plain(value)
        return self._number(key, value, signed=signed)

    def price(self, key: str) -> Decimal:
        """Yuan per unit or a rate of money: text only, never a JSON number."""
        return self._number(key, self.raw(key), signed=False)

    def fen(self, key: str, *, signed: bool = False) -> int:
        """An amount of yuan as text, in fen."""
        value = self.raw(key)
        try:
            fen = parse_yuan(value)  # type: ignore[arg-type]
        except ValueError:
            raise self._wrong(key, "应为金额文字，至多两位小数") from None
        if fen < 0 and not signed:
            raise self._wrong(key, "不能为负")
        return fen

    def day(self, key: str) -> date:
        value = self.raw(key)
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise self._wrong(key, "应为日期，如 2025-11-01")

    def instant(self, key: str) -> datetime:
        value = self.raw(key)
        instant = parse_instant(value)
        if instant is None:
            raise self._wrong(key, "应为带时区的时刻，如 2026-01-12T09:00+08:00")
        return instant

    def inner(self, key: str) -> "Fields":
        return Fields(self.raw(key), f"{self._where}.{key}")

    def each(self, key: str) -> list["Fields"]:
        return [Fields(item, f"{self._where}.{key}[{n}]") for n, item in enumerate(self._list(key))]

    def days(self, key: str) -> frozenset[date]:
        items = {str(n): item for n, item in enumerate(self._list(key))}
        fields = Fields(items, f"{self._where}.{key}")
        return frozenset(fields.day(n) for n in items)

    def quantities(self, key: str) -> list[Decimal]:
        """A list of numbers, each as `quantity` reads it."""
        items = {str(n): item for n, item in enumerate(self._list(key))}
        fields = Fields(items, f"{self._where}.{key}")
        return [fields.quantity(n) for n in items]

    def names(self) -> Iterator[str]:
        return iter(self._value)

    def finish(self) -> None:
        """Refuse keys nobody read: a misspelled option must not be silently without effect."""
        strangers = sorted(set(self._value) - self._known - REMARKS)
        if strangers:
            raise CaseError(f"{self._where} 有不认识的项：{'、'.join(strangers)}")

    def _list(self, key: str) -> list[object]:
        value = self.raw(key)
        if not isinstance(value, list):
            raise self._wrong(key, "应为列表")
        return value

    def _number(self, key: str, value: object, *, signed: bool) -> Decimal:
        if not isinstance(value, str) or not _NUMBER.fullmatch(value):
            raise self._wrong(key, "应为数字")
        number = Decimal(value)
        if number < 0 and not signed:
            raise self._wrong(key, "不能为负")
        return number

    def _wrong(self, key: str, why: str) -> CaseError:
        return CaseError(f"{self._where}.{key} {why}，不是 {_shown(self._value.get(key))}")


@dataclass(frozen=True)
class Mismatch:
    """A case that differs: its id, what was expected and what came out (or why nothing did)."""

    id: str
    expected: str
    got: str

    def line(self) -> str:
        return _printable(f"{self.id}: expected {self.expected}, got {self.got}")


@dataclass(frozen=True)
class Outcome:
    """How many cases a file holds and which differ."""

    total: int
    mismatches: tuple[Mismatch, ...]

    @property
    def agrees(self) -> bool:
        return not self.mismatches

    def lines(self) -> list[str]:
        differ = len(self.mismatches)
        last = f"{self.total} examples: {self.total - differ} agree, {differ} differ"
        return [*(mismatch.line() for mismatch in self.mismatches), last]


def check_file(path: str, work_out: Callable[[Fields], Answer]) -> Outcome:
    """Run every case of a JSON file; one that cannot be read counts as one case that differs."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
        cases = json.loads(text, parse_float=Decimal, parse_constant=str)
    except Exception as error:  # noqa: BLE001 - whatever a file holds is reported, never a crash
        return Outcome(1, (Mismatch(path, "a JSON list", f"无法读取：{_reason(error)}"),))
    return check_cases(cases, work_out, name=path)


def check_cases(
    cases: object, work_out: Callable[[Fields], Answer], *, name: str = "cases"
) -> Outcome:
    """Run every case of a list; `work_out` reads one case and gives what it finds."""
    if not isinstance(cases, list):
        return Outcome(1, (Mismatch(name, "a JSON list", _shown(cases)),))
    mismatches = (_check(case, number, work_out) for number, case in enumerate(cases, start=1))
    return Outcome(len(cases), tuple(mismatch for mismatch in mismatches if mismatch))


def parse_instant(value: object) -> datetime | None:
    """An aware datetime of ISO text, or None."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return instant if instant is not None and instant.utcoffset() is not None else None


def agree(expected: object, got: object) -> bool:
    """Whether an expected JSON value means what was worked out: Decimal yuan, datetime instants."""
    match got:
        case bool() | None:
            return expected is got
        case int():
            return isinstance(expected, int) and not isinstance(expected, bool) and expected == got
        case Decimal():
            return (
                isinstance(expected, str)
                and _NUMBER.fullmatch(expected) is not None
                and Decimal(expected) == got
            )
        case datetime():
            return parse_instant(expected) == got
        case dict():
            return (
                isinstance(expected, dict)
                and expected.keys() == got.keys()
                and all(agree(expected[key], value) for key, value in got.items())
            )
        case list():
            return (
                isinstance(expected, list)
                and len(expected) == len(got)
                and all(agree(left, right) for left, right in zip(expected, got, strict=True))
            )
    return expected == got


def _check(case: object, number: int, work_out: Callable[[Fields], Answer]) -> Mismatch | None:
    label, expected = f"#{number}", "?"
    try:
        if isinstance(case, dict):
            label, expected = _label(case, number), _shown(case.get("expect"))
        fields = Fields(case, "用例")
        fields.text("id")
        wanted = fields.raw("expect")
        if not isinstance(wanted, dict) or not wanted:
            raise CaseError("expect 不是对象或为空")
        got = dict(work_out(fields))
        fields.finish()
        return None if agree(wanted, got) else Mismatch(label, expected, _shown(got))
    except Exception as error:  # noqa: BLE001 - a malformed case is a mismatch, never a crash
        return Mismatch(label, expected, f"无法计算：{_reason(error)}")


def _label(case: Mapping[object, object], number: int) -> str:
    name = case.get("id")
    return name if isinstance(name, str) and name.strip() else f"#{number}"


def _reason(error: Exception) -> str:
    if isinstance(error, CaseError):
        return str(error)
    if type(error) is ValueError:
        return str(error)
    return f"{type(error).__name__} {error}"


def _plain(number: int | Decimal) -> str:
    if isinstance(number, Decimal):
        if not number.is_finite() or abs(number.adjusted()) > 60:
            return str(number)
        return f"{number:f}"
    return str(number) if abs(number) < 10**30 else "too long"


def _shown(value: object) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, default=_json_of)
    except (ValueError, TypeError, RecursionError):
        text = type(value).__name__
    return text if len(text) <= 400 else f"{text[:400]}…"


def _json_of(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _printable(line: str) -> str:
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in line
    )
