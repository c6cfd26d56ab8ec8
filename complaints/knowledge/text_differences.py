"""Comparison of two versions of a text, sentence by sentence."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?")


@dataclass(frozen=True)
class Pair:
    """A passage of the old text and the one that replaces it; both are equal if unchanged."""

    old: str
    new: str

    @property
    def same(self) -> bool:
        return self.old == self.new


def side_by_side(old: str, new: str) -> list[Pair]:
    """Returns both texts in order as pairs; a side is empty where nothing corresponds."""
    before, after = _sentences(old), _sentences(new)
    pairs: list[Pair] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs += [Pair(sentence, sentence) for sentence in before[a:b]]
        else:
            pairs.append(Pair("\n".join(before[a:b]), "\n".join(after[c:d])))
    return pairs


def _sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE.findall(text) if sentence.strip()]
