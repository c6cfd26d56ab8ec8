"""The one form in which text reaches paper, so that single and mass prints agree."""

import re
import unicodedata

_PLAIN = str.maketrans(
    # Hyphens and spaces of typesetting, which would fetch a glyph from a foreign font.
    {"\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " ", "\u2007": " "}
    # Signs for which WenQuanYi Micro Hei has an entry but an empty drawing. Ours are
    # written in two signs, as °C; what people type is not.
    | {"\u2103": "°C", "\u2109": "°F", "\u2164": "V", "\u2169": "X", "\u223c": "~"}
)
_CONTROL_OR_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufff9-\uffff]"
)
_BLANKS = re.compile(r"[ \t\r\n]+")
# Most texts need nothing; one search finds out, which matters when printing half a million papers.
_TOUCHED = re.compile("[" + "".join(map(chr, _PLAIN)) + _CONTROL_OR_INVISIBLE.pattern[1:])
_UNFOLDED = re.compile(r"[\t\r\n]|  |^ | $")


def printable(text: str) -> str:
    """Returns text as it may be printed: NFC, plain hyphens and blanks, no invisible characters."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if not _TOUCHED.search(text):
        return text
    return _CONTROL_OR_INVISIBLE.sub("", text.translate(_PLAIN))


def one_line(text: str) -> str:
    """Returns printable text with its blanks folded the way a browser folds them."""
    text = printable(text)
    return _BLANKS.sub(" ", text).strip(" ") if _UNFOLDED.search(text) else text
