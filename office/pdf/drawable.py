"""Which characters our fonts cannot print: they would appear on paper as an empty box."""

import re
import unicodedata
from functools import lru_cache
from html import escape

from weasyprint import HTML

from office.pdf.rendering import lay_out, pdf_bytes
from office.pdf.wording import printable

# The first font draws these; only what lies outside is looked up. A bracket of regular expressions.
COMMON = "\x00-~·—‘’“”…、-〟一-龥！-～￥"
_RARE = re.compile(f"[^{COMMON}]")


def undrawn(text: str) -> str:
    """Returns the characters of the text that no font of ours draws, each once, in their order.

    A private character (U+E000 …) counts as undrawn even where a font has a drawing for it: every
    maker puts another character there.
    """
    rare = dict.fromkeys(_RARE.findall(printable(text)))
    return "".join(character for character in rare if not _is_drawn(character))


@lru_cache(maxsize=4096)
def _is_drawn(character: str) -> bool:
    if unicodedata.category(character) == "Co":
        return False
    if character.isspace():
        return True
    document = lay_out(HTML(string=f"<p>{escape(character)}</p>"), "")
    # WeasyPrint notes what no font draws while it writes.
    pdf_bytes(document)
    return not any(ord(character) in used.missing for used in document.fonts.values())
