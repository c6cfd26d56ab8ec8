"""The columns of a list, found by the names that clerks give them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from office.intake.cells import shown
from office.refusals import Invalid

# The column that a correction file adds; it is never read.
REASON = "原因"
SEARCHED_ROWS = 50
_BRACKETS = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]|[*:：\s]")


@dataclass(frozen=True)
class Columns:
    """The columns of one kind of list.

    `names` gives each column's names by its key, the usual one first. A row is the header when
    the `anchor` column and `fewest` columns in all are named in it. Every list must have the
    `required` columns.
    """

    names: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    anchor: str
    fewest: int = 4

    def heading(self, key: str) -> str:
        """The column's usual name."""
        return self.names[key][0]

    def headings(self, keys: Iterable[str]) -> str:
        """The usual names of the columns, as a sentence lists them."""
        return "、".join(map(self.heading, keys))

    def as_header(self, row: int, cells: Sequence[object]) -> "Header | None":
        """The header, if this row is one; Invalid when a column is missing or there twice."""
        key_of = {name: key for key, names in self.names.items() for name in names}
        headings = [shown(cell) for cell in cells]
        keys = [key_of.get(_plain(text)) for text in headings]
        named = [key for key in keys if key]
        if self.anchor not in named or len(set(named)) < self.fewest:
            return None
        twice = sorted({self.heading(key) for key in named if named.count(key) > 1})
        if twice:
            raise Invalid(
                "column_twice",
                _("表头中重复的列：%(columns)s。请只保留一列。"),
                columns="、".join(twice),
            )
        missing = [key for key in self.required if key not in named]
        if missing:
            raise Invalid(
                "column_missing",
                _("表头缺少的列：%(columns)s。请补上后再导入。"),
                columns=self.headings(missing),
            )
        places = {key: place for place, key in enumerate(keys) if key}
        return Header(self, row, places, headings)

    def find_header(self, rows: Iterable[tuple[int, Sequence[object]]]) -> "Header | None":
        """The header among the first 50 rows of a sheet; Invalid as `as_header` says."""
        for row, cells in rows:
            if header := self.as_header(row, cells):
                return header
            if row >= SEARCHED_ROWS:
                break
        return None

    def no_header(self) -> Invalid:
        """The refusal of a file without a header."""
        return Invalid(
            "header_missing",
            _("没有找到表头：前 %(rows)s 行中须有一行写明%(columns)s等列名。"),
            rows=SEARCHED_ROWS,
            columns=self.headings(self.required[: self.fewest]),
        )


@dataclass(frozen=True)
class Header:
    """Where the columns stand: `places` by key, `headings` as they are written in the list."""

    columns: Columns
    row: int
    places: Mapping[str, int]
    headings: Sequence[str]

    def heading(self, key: str) -> str:
        """The column's usual name."""
        return self.columns.heading(key)

    @property
    def order(self) -> Mapping[str, int]:
        """The places of the named columns by their usual names."""
        return {self.heading(key): place for key, place in self.places.items()}

    @property
    def unknown(self) -> list[str]:
        """Columns of the list that nobody reads."""
        read = set(self.places.values())
        return [
            text
            for place, text in enumerate(self.headings)
            if text and place not in read and text != REASON
        ]


def _plain(heading: str) -> str:
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", heading))
