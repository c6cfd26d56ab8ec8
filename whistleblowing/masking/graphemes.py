"""Letters as people see them: an emoji of seven code points is one, a rare character too. Pure.

Words are looked for, and covered, letter by letter in this sense: nothing of a letter is left over,
and what is covered stays as long as it was, so that other places keep their numbers.
"""

import unicodedata
from collections.abc import Iterable

import regex

Span = tuple[int, int]
COVER, REMOVED = "▒", "█"
_LETTER = regex.compile(r"\X")


def graphemes(text: str) -> list[str]:
    """Returns the letters of a text (extended grapheme clusters of Unicode)."""
    return list(_LETTER.findall(text))


def places_of(text: str, words: str) -> list[Span]:
    """Returns where words stand in a text, from letter to letter, without overlaps.

    Letters that are composed differently are the same; a part of a letter is no letter.
    """
    letters = [unicodedata.normalize("NFC", letter) for letter in graphemes(text)]
    wanted = graphemes(unicodedata.normalize("NFC", words))
    places: list[Span] = []
    place = 0
    while wanted and place + len(wanted) <= len(letters):
        end = place + len(wanted)
        if letters[place:end] == wanted:
            places.append((place, end))
            place = end
        else:
            place += 1
    return places


def covered(text: str, places: Iterable[Span], sign: str) -> str:
    """Returns the text with a sign for each letter in these places; line ends stay.

    (A sign in place of a line end could join with the letter after it.)
    """
    letters = graphemes(text)
    for start, end in places:
        for place in range(start, min(end, len(letters))):
            if unicodedata.category(letters[place][0]) not in ("Cc", "Cf", "Zl", "Zp"):
                letters[place] = sign
    return "".join(letters)
