"""Account and contract numbers in what people write beside a transfer."""

import re
import unicodedata

# A number is written with spaces inside ("111 0892"), never over more pieces than this.
_MOST_PIECES = 4
_SHORTEST = 5
_LONGEST = 40
_RUN = re.compile(r"[0-9A-Z_/.-]+(?: +[0-9A-Z_/.-]+)*")
_EDGES = "-_/."
_DIGITS = re.compile(r"[0-9]+")


def number_candidates(remark: str) -> list[str]:
    """Returns every spelling in the remark that may be a number of ours, the longest first.

    Full-width characters become narrow and letters capitals. Neighbouring pieces are joined, so
    that "111 0892" gives "1110892"; digits are never cut, so that a telephone number that holds an
    account number gives none.
    """
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", remark)).upper()
    candidates: dict[str, None] = {}
    for run in _RUN.findall(text):
        pieces = [piece for part in run.split(" ") if (piece := part.strip(_EDGES))]
        for start in range(len(pieces)):
            for end in range(start + 1, min(start + _MOST_PIECES, len(pieces)) + 1):
                candidates["".join(pieces[start:end])] = None
        for piece in pieces:
            # "NO.1110892": letters and dots may stand before a number, digits may not.
            candidates.update(dict.fromkeys(_DIGITS.findall(piece)))
    likely = (text for text in candidates if _SHORTEST <= len(text) <= _LONGEST)
    return sorted((text for text in likely if _DIGITS.search(text)), key=len, reverse=True)


def numbers_named(candidates: list[str], ours: frozenset[str]) -> list[str]:
    """Returns which of our numbers the candidates name.

    A number that is part of a longer one of ours does not count: "111 0892" names 1110892 even if
    there is an account 0892.
    """
    named: list[str] = []
    for candidate in candidates:
        if candidate in ours and not any(candidate in longer for longer in named):
            named.append(candidate)
    return named
