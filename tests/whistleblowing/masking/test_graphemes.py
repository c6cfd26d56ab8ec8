"""Letters as people see them are found and covered whole. Without a database."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whistleblowing.masking.graphemes import COVER, covered, graphemes, places_of

FAMILY, FLAG, RARE = "👨‍👩‍👧", "🇨🇳", "𬭎󠄁"


@pytest.mark.parametrize(
    ("text", "words", "places"),
    [
        ("见张三😀李四，后又见张三😀李四", "张三😀李四", [(1, 6), (10, 15)]),
        (f"{FAMILY}张三", "张三", [(1, 3)]),
        # A part of an emoji is no letter of the text.
        (f"{FAMILY}张三", "👨", []),
        (f"{FLAG}{FLAG}王", "王", [(2, 3)]),
        (f"名叫{RARE}的", RARE, [(2, 3)]),
        # One letter composed in two ways.
        ("José Ren\u0065\u0301", "Ren\u00e9", [(5, 9)]),
        ("aaa", "aa", [(0, 2)]),
        ("无", "", []),
        ("", "张", []),
        ("मनीष", "नी", [(1, 2)]),
    ],
)
def test_words_are_found_letter_by_letter(
    text: str, words: str, places: list[tuple[int, int]]
) -> None:
    assert places_of(text, words) == places


@pytest.mark.parametrize(
    ("text", "places", "shown"),
    [
        (f"见{FAMILY}张三。", [(1, 2)], "见▒张三。"),
        ("见张三😀李四。", [(1, 6)], "见▒▒▒▒▒。"),
        ("甲\n乙", [(0, 3)], "▒\n▒"),
        ("甲", [(0, 9)], "▒"),
    ],
)
def test_a_letter_is_covered_by_a_sign(
    text: str, places: list[tuple[int, int]], shown: str
) -> None:
    assert covered(text, places, COVER) == shown


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.integers(0, 20), st.integers(0, 20))
def test_covering_moves_nothing(text: str, start: int, length: int) -> None:
    letters = graphemes(text)
    after = graphemes(covered(text, [(start, start + length)], COVER))
    assert len(after) == len(letters)
    assert after[:start] == letters[:start]
    assert after[start + length :] == letters[start + length :]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30), st.text(min_size=1, max_size=4))
def test_what_was_covered_is_found_no_more(text: str, words: str) -> None:
    hidden = covered(text, places_of(text, words), COVER)
    if "▒" not in words and words.isprintable():
        assert places_of(hidden, words) == []
