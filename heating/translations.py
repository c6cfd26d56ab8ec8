"""The catalogues: the Chinese messages of the sources and their English translation.

It works without GNU gettext, which a plain Debian does not have.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

from heating.embedded.server import CHECKOUT
from heating.rooms import EVERY_APP

ROOMS = (*EVERY_APP, "templates")
LOCALE = CHECKOUT / "locale"
# `locale/en` is ours to complete; the others contain only messages that third parties left
# untranslated.
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"

# The positions of the msgid, its plural and its context among a function's arguments.
PLACES = {
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
}
_TEMPLATE_CALL = re.compile(
    r"\b(?:_|n?p?gettext)\((?:[^()\"']|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')*\)"
)

_CHINESE = re.compile("[\u4e00-\u9fff]")

Message = tuple[str, str, str]
"""msgid, plural or empty, context or empty"""


def messages_in_sources() -> dict[Message, list[str]]:
    """Returns every message of the project with the files that contain it."""
    files_by_message: dict[Message, list[str]] = {}
    for room in ROOMS:
        for path in sorted((CHECKOUT / room).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                source = path.read_text()
            elif path.suffix in {".html", ".txt"}:
                source = _calls_of_template(path)
            else:
                continue
            for message in _messages(source, path):
                files_by_message.setdefault(message, []).append(str(path.relative_to(CHECKOUT)))
    return files_by_message


def _calls_of_template(path: Path) -> str:
    """Returns the template's translatable texts as gettext calls, each on a line of its own."""
    calls = _TEMPLATE_CALL.findall(templatize(path.read_text(), origin=str(path)))
    return "\n".join(" ".join(call.split("\n")) for call in calls)


def _messages(source: str, path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source, filename=str(path))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in PLACES:
            texts = [
                argument.value if isinstance(argument, ast.Constant) else None
                for argument in node.args
            ]
            msgid, plural, context = (
                "" if place is None or place >= len(texts) else texts[place]
                for place in PLACES[name]
            )
            # English msgids belong to third parties, which bring their own catalogues.
            if isinstance(msgid, str) and _CHINESE.search(msgid):
                yield msgid, str(plural or ""), str(context or "")


def faults() -> Iterator[str]:
    """Returns the faults of the catalogues: missing, fuzzy, unused or not compiled messages."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        name = path.relative_to(CHECKOUT)
        catalogue = polib.pofile(str(path))
        for entry in catalogue.untranslated_entries():
            yield f"{name}: no translation of «{entry.msgid}»"
        for entry in catalogue.fuzzy_entries():
            yield f"{name}: «{entry.msgid}» is fuzzy"
        if not _is_compiled(catalogue, path.with_suffix(".mo")):
            yield f"{name}: the .mo beside it is not made from it"
    translated = {_message(entry) for entry in _english() if not entry.obsolete}
    used = messages_in_sources()
    for message in used.keys() - translated:
        yield f"{used[message][0]}: «{message[0]}» is not in locale/en"
    for message in translated - used.keys():
        yield f"locale/en: «{message[0]}» is used nowhere"


def update() -> None:
    """Adds new messages to the English catalogue, drops the unused, compiles every catalogue."""
    english = _english()
    used = messages_in_sources()
    for entry in [entry for entry in english if _message(entry) not in used]:
        english.remove(entry)
    entries = {_message(entry): entry for entry in english}
    for message, files in used.items():
        entry = entries.get(message) or _new_entry(message)
        entry.occurrences = [(file, "") for file in sorted(set(files))]
        if message not in entries:
            english.append(entry)
    english.sort(key=lambda entry: (entry.occurrences[0][0], entry.msgid))
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    english.save(str(ENGLISH))
    for path in LOCALE.glob("*/LC_MESSAGES/*.po"):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def _new_entry(message: Message) -> polib.POEntry:
    msgid, plural, context = message
    entry = polib.POEntry(msgid=msgid, msgctxt=context or None)
    if plural:
        entry.msgid_plural = plural
        entry.msgstr_plural = {0: "", 1: ""}
    return entry


def _english() -> polib.POFile:
    if ENGLISH.exists():
        return polib.pofile(str(ENGLISH), wrapwidth=100)
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return catalogue


def _message(entry: polib.POEntry) -> Message:
    return entry.msgid, entry.msgid_plural or "", entry.msgctxt or ""


def _is_compiled(catalogue: polib.POFile, compiled: Path) -> bool:
    return compiled.exists() and compiled.read_bytes() == catalogue.to_binary()
