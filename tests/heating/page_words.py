"""The words of a page that people read or have read out to them, and those of the other language.

What stands in a row of the database is data and may be of any language.
"""

import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db.models import JSONField, Model

from customers.contract_papers.kinds import KINDS
from office.models import User

CHINESE = re.compile("[\u4e00-\u9fff]+")
ENGLISH = re.compile(r"(?<![A-Za-z])(?![A-Z]+(?![A-Za-z]))[A-Za-z]{2,}")
# A name of ours in a row, such as `billing_run`, is no text; nor is the source of a list or object.
CODE = re.compile(r"[a-z_]+(\.[a-z]+_[a-z_]+)?|[{\[].*", re.S)
# The theme draws its icons by writing their names.
ICON = re.compile(r"<span[^>]*material-symbols[^>]*>[^<]*</span>")
# The switch names every language in itself; an example of an address is one in Chinese, and so
# are the blanks of contracts, which are Chinese papers.
CHINESE_EVERYWHERE = (
    *("简体中文", "中文", "迎泽花园", "汾河小区", "号楼"),
    *{blank.name for kind in KINDS.values() for blank in kind.blanks},
)
# What a Chinese clerk reads every day, and who acts in the tests; abbreviations in capitals are not
# looked at.
ENGLISH_EVERYWHERE = {
    *("English", "kW", "kWh", "MWh", "Ctrl", "Control", "Command", "Mac", "Enter", "esc", "camt"),
    "JavaScript",
    "tests",
}
# A value of which only parts are shown, and such a name.
MASKED = re.compile(r"\S+\*{2,}\S*")
# A digest or a random id: its letters may look like a word by chance.
HEX = re.compile(r"\b(?=[a-f-]*\d)[0-9a-f][0-9a-f-]{6,}[0-9a-f]\b")
MASKED_NAME = re.compile(r"[\u4e00-\u9fff]\*+[\u4e00-\u9fff]?")
# Named by ourselves, shown translated: no data that may stay as it is.
NAMED_BY_US = {"auth", "contenttypes"}
READ_OUT = ("placeholder", "title", "alt", "aria-label")
NOT_READ = ("script", "style", "template", "svg", "code")


def chinese_labels(page: Any, row_words: dict[str, str]) -> set[str]:
    """Returns the Chinese of a page that stands in no row of the database.

    `row_words` are the words of the rows when they were read last; a page that seems to fall short
    may show what requests since have written, so the rows are read anew before it is judged.
    """
    text = unescape(re.sub(r"<!--.*?-->", "", page.content.decode(), flags=re.S))
    text = MASKED_NAME.sub("", text)
    labels = _labels(text, row_words)
    if labels:
        row_words.update(words_of_rows())
        labels = _labels(text, row_words)
    return labels


def _labels(text: str, row_words: dict[str, str]) -> set[str]:
    # A word stands on the page only if its first Chinese does: few words are looked for at all.
    chinese = "\n".join(set(CHINESE.findall(text)))
    shown = [word for word, first in row_words.items() if first in chinese and word in text]
    for word in sorted({*shown, *CHINESE_EVERYWHERE}, key=len, reverse=True):
        text = text.replace(word, "")
    return set(CHINESE.findall(text))


def english_words(page: Any) -> set[str]:
    """Returns the English words of a page, those of its data among them."""
    reader = _Reader()
    reader.feed(ICON.sub("", page.content.decode()))
    text = HEX.sub("", MASKED.sub("", "\n".join(reader.texts)))
    return set(ENGLISH.findall(text)) - ENGLISH_EVERYWHERE


class _Reader(HTMLParser):
    """Collects the texts of a page and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in NOT_READ
        self.texts += [value for name, value in attrs if name in READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in NOT_READ

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def words_of_rows() -> dict[str, str]:
    """Returns every text with Chinese in any row, with its first Chinese characters."""
    return {word: first[0] for word in _stored() if (first := CHINESE.search(word))}


def stored_english() -> set[str]:
    """Returns the English words in the texts of rows; a code such as `billing_run` is no text."""
    names = set(User.objects.values_list("username", flat=True))
    texts = names | {text for text in _stored() if not CODE.fullmatch(text)}
    return {word for text in texts for word in ENGLISH.findall(text)}


def _stored() -> Iterator[str]:
    for model in apps.get_models():
        if model._meta.app_label in NAMED_BY_US or not model._meta.managed:
            continue
        for row in model._default_manager.all():
            yield from _words(row)


def _words(row: Model) -> Iterator[str]:
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        yield from _leaves(value) if isinstance(field, JSONField) else [str(value)]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        yield json.dumps(value, ensure_ascii=False)
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield str(value)
