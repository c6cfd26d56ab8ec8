"""What a reader of a PDF would find: every text shown, with the point it starts at."""

import re
from io import BytesIO
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Matrix, Name, Pdf

_CODE_TO_TEXT = re.compile(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>")
# Baselines closer than this many points stand on one line.
SAME_LINE = 3


class Shown(NamedTuple):
    """A text with the points from the page's lower left corner to the start of its baseline."""

    text: str
    x: float
    y: float


def pages_of(content: bytes) -> list[list[Shown]]:
    """Per page the texts in the order of a reader: from the top, then from the left."""
    with Pdf.open(BytesIO(content)) as pdf:
        return [_in_reading_order(_shown(page.obj, page.obj, Matrix())) for page in pdf.pages]


def _in_reading_order(shown: list[Shown]) -> list[Shown]:
    rows: list[list[Shown]] = []
    for text in sorted(shown, key=lambda s: -s.y):
        if rows and rows[-1][0].y - text.y < SAME_LINE:
            rows[-1].append(text)
        else:
            rows.append([text])
    return [text for row in rows for text in sorted(row, key=lambda s: s.x)]


def texts_of(content: bytes) -> list[list[str]]:
    return [[shown.text for shown in page] for page in pages_of(content)]


def _shown(
    stream: pikepdf.Object | pikepdf.Page, owner: pikepdf.Object, outer: Matrix
) -> list[Shown]:
    texts: list[Shown] = []
    stack, place, text, font = [outer], outer, Matrix(), {}
    for instruction in pikepdf.parse_content_stream(stream):
        operands: list[Any] = list(instruction.operands)
        match str(instruction.operator):
            case "q":
                stack.append(place)
            case "Q":
                place = stack.pop()
            case "cm":
                place = Matrix(*map(float, operands)) @ place
            case "Tm":
                text = Matrix(*map(float, operands))
            case "Tf":
                font = _characters(owner[Name.Resources][Name.Font][str(operands[0])])
            case "Tj" | "TJ":
                parts = operands if isinstance(operands[0], pikepdf.String) else operands[0]
                codes = b"".join(bytes(p) for p in parts if isinstance(p, pikepdf.String))
                at = text @ place
                pairs = zip(codes[::2], codes[1::2], strict=True)
                texts.append(Shown("".join(font[pair] for pair in pairs).rstrip(" "), at.e, at.f))
            case "Do":
                inner = owner[Name.Resources][Name.XObject][str(operands[0])]
                if inner.get(Name.Subtype) == Name.Form:
                    texts += _shown(inner, inner, place)
    return texts


def _characters(font: pikepdf.Object) -> dict[tuple[int, int], str]:
    pairs = _CODE_TO_TEXT.findall(font[Name.ToUnicode].read_bytes())
    return {
        (int(code[:2], 16), int(code[2:], 16)): bytes.fromhex(utf16.decode()).decode("utf-16-be")
        for code, utf16 in pairs
    }
