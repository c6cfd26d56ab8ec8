"""The wording of a contract: paragraphs with named blanks, read from plain text.

A line is a paragraph; one that begins "第…条" is the heading of an article. `{用热人}` is a blank.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from customers.contract_papers.kinds import PaperKind
from office.pdf.drawable import undrawn
from office.refusals import Invalid

LONGEST = 20_000
_BLANK = re.compile(r"\{([^{}\n]*)\}")
_HEADING = re.compile(r"第[一二三四五六七八九十百]+条")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, or a blank with its name, its place among all blanks and its width."""

    text: str = ""
    name: str = ""
    ordinal: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a contract."""

    pieces: tuple[Piece, ...]
    is_heading: bool


def read_wording(wording: str, widths: Mapping[str, int]) -> tuple[Line, ...]:
    """Returns the paragraphs; the blanks are numbered in the order in which they stand."""
    lines: list[Line] = []
    count = 0
    for paragraph in filter(None, map(str.strip, wording.splitlines())):
        pieces: list[Piece] = []
        # Splitting at a group: texts stand at even places, the names of blanks at odd ones.
        for place, part in enumerate(_BLANK.split(paragraph)):
            if place % 2:
                pieces.append(Piece(name=part, ordinal=count, width=widths.get(part, 10)))
                count += 1
            elif part:
                pieces.append(Piece(part))
        lines.append(Line(tuple(pieces), bool(_HEADING.match(paragraph))))
    return tuple(lines)


def blanks_of(lines: tuple[Line, ...]) -> Iterator[str]:
    """Yields the names of the blanks in their order; a name may stand in several places."""
    for line in lines:
        for piece in line.pieces:
            if piece.name:
                yield piece.name


def check_wording(wording: str, kind: PaperKind) -> None:
    """Refuses a wording with unknown blanks, without required ones, or that cannot be printed.

    Raises `Invalid` with the names, so that the drafter can mend them.
    """
    if not wording.strip():
        raise Invalid("wording_missing", _("请填写合同条款。"))
    if len(wording) > LONGEST:
        raise Invalid("wording_too_long", _("合同条款最多 %(most)s 个字。"), most=LONGEST)
    names = _BLANK.findall(wording)
    if re.search(r"[{}]", _BLANK.sub("", wording)):
        raise Invalid("blank_unclosed", _("条款中的花括号没有成对，请核对填写项。"))
    if unknown := sorted(set(names) - set(kind.widths)):
        raise Invalid(
            "blank_unknown",
            _("没有名为“%(names)s”的填写项，请从列出的填写项中选用。"),
            names="、".join(unknown),
        )
    if missing := [name for name in kind.required if name not in names]:
        raise Invalid(
            "blank_missing", _("条款中缺少必需的填写项：%(names)s。"), names="、".join(missing)
        )
    if characters := undrawn(wording):
        raise Invalid(
            "wording_undrawn",
            _("条款中有字库不能打印的字：%(characters)s。"),
            characters=characters,
        )
