"""Where words stand in the entries of a case, and how entries look with what is covered. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from whistleblowing.case_log.entries import Entry
from whistleblowing.masking.graphemes import COVER, Span, covered, places_of

# Who is accused decides who may never read the case: these words are covered, never taken out.
ROUTED = ("accused", "department", "partner")
FREE = ("text", "what", "when", "where")


def accused_of(content: Mapping[str, Any]) -> str:
    """Returns who is accused by the first entry of a case: a person, or else a partner."""
    return str(content["accused"] or content["partner"])


def fields_with(
    content: Mapping[str, Any], words: str, names: Iterable[str]
) -> dict[str, list[Span]]:
    """Returns the places of words in the fields of a record."""
    places = {name: places_of(str(content.get(name, "")), words) for name in names}
    return {name: spans for name, spans in places.items() if spans}


def without(
    content: Mapping[str, Any], fields: Mapping[str, Iterable[Span]], sign: str
) -> dict[str, Any]:
    """Returns the record with a sign in these places of its fields."""
    hidden = {name: covered(str(content[name]), spans, sign) for name, spans in fields.items()}
    return {**content, **hidden}


def masks_of(entries: Iterable[Entry]) -> list[Entry]:
    """Returns the entries that cover something now: those that were not lifted later."""
    log = list(entries)
    lifted = {entry.content["mask"] for entry in log if entry.kind == "unmask"}
    return [entry for entry in log if entry.kind == "mask" and entry.number not in lifted]


def masked(entries: Sequence[Entry]) -> list[Entry]:
    """Returns the entries as the desk shows them, with what is covered."""
    masks = masks_of(entries)
    return [_masked(entry, masks) for entry in entries]


def _masked(entry: Entry, masks: Iterable[Entry]) -> Entry:
    content = entry.content
    for mask in masks:
        content = without(content, mask.content["places"].get(str(entry.number), {}), COVER)
    return replace(entry, content=content)
