"""A .csv as rows of cells: its encoding and its delimiter are found out."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from office.refusals import Invalid

Row = tuple[int, Sequence[object]]
_BLOCK = 1024 * 1024
_LARGEST = 1024 * 1024 * 1024
_UNENDED = 20_000


def text_reader(file: BinaryIO, anchors: Sequence[str]) -> Callable[[], Iterator[Row]]:
    """A function that reads the file from its beginning, row by row, as often as it is called.

    `anchors` are the names of a column that the header must have: they tell the header's line,
    and so the delimiter. Invalid when the file is larger than 1 GB or not UTF-8, UTF-16 or GB18030.
    """
    if file.seek(0, 2) > _LARGEST:
        raise Invalid("text_too_large", _("文件超过 1 GB，请分成几个文件导入。"))
    encoding = _encoding(file)
    delimiter = _delimiter(file, encoding, anchors)

    def read() -> Iterator[Row]:
        file.seek(0)
        text = io.TextIOWrapper(
            _Shared(file),  # type: ignore[type-var]
            encoding=encoding,
            newline="",
        )
        row = 0
        try:
            for row, cells in enumerate(csv.reader(text, delimiter=delimiter), start=1):
                yield row, cells
        except csv.Error as error:
            raise Invalid(
                "text_broken", _("第 %(row)s 行附近的引号没有成对，请更正后再导入。"), row=row + 1
            ) from error

    return read


class _Shared(io.BufferedIOBase):
    """The same file for one reading after another: closing the reader leaves it open."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._file.read(-1 if size is None else size)

    def read1(self, size: int = -1) -> bytes:
        return self._file.read(size if size > 0 else _BLOCK)


def _encoding(file: BinaryIO) -> str:
    """UTF-8 if the whole file is, else GB18030, else a refusal."""
    file.seek(0)
    begin = file.read(3)
    if begin[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(file, encoding):
            return encoding
    raise Invalid("encoding_unknown", _("文件编码无法识别，请另存为 UTF-8 的 CSV 后再导入。"))


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(file: BinaryIO, encoding: str, anchors: Sequence[str]) -> str:
    file.seek(0)
    begin = codecs.getincrementaldecoder(encoding)(errors="ignore").decode(file.read(_UNENDED))
    lines = begin.splitlines()[:50] or [""]
    header = max(lines, key=lambda line: (any(name in line for name in anchors), len(line)))
    return max(",\t;", key=header.count)
