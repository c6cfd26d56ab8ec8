"""The frozen text of a paper: a dataclass kept as JSON with its version, read back as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    P = TypeVar("P", bound=DataclassInstance)
else:
    P = TypeVar("P")

VERSION = "version"
_FIRST = 1


@dataclass(frozen=True)
class FrozenText(Generic[P]):
    """How one kind of paper is frozen. Its fields are texts, numbers, truth values, other
    dataclasses and tuples of them.

    `upgrades` turn the JSON of one version into that of the next, the first version first; what is
    stored never changes. Text without a version is of the first.
    """

    kind: type[P]
    upgrades: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = ()

    @property
    def version(self) -> int:
        """Returns the version in which papers are frozen today."""
        return _FIRST + len(self.upgrades)

    def freeze(self, paper: P) -> dict[str, Any]:
        """Returns the paper as JSON for its record, which only grows."""
        return {VERSION: self.version, **asdict(paper)}

    def thaw(self, stored: Mapping[str, Any]) -> P:
        """Returns the paper as it was issued; fields that papers no longer have are left out.

        Raises ValueError for a version that is newer than this code.
        """
        texts = dict(stored)
        version = texts.pop(VERSION, _FIRST)
        if version > self.version:
            raise ValueError(f"{self.kind.__name__}: version {version} is newer than this code")
        for upgrade in self.upgrades[version - _FIRST :]:
            texts = upgrade(texts)
        return _read(self.kind, texts)


def _read(kind: type[P], texts: Mapping[str, Any]) -> P:
    hints = _hints(kind)
    names = [field.name for field in fields(kind) if field.name in texts]
    return kind(**{name: _value(hints[name], texts[name]) for name in names})


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: Any) -> Any:
    if isinstance(hint, type) and is_dataclass(hint):
        return _read(hint, value)
    if isinstance(value, list | tuple):
        # JSON knows no tuples, but a paper that was frozen a moment ago has some; all parts of one
        # are of the kind named first.
        part = get_args(hint)[0]
        return tuple(_value(part, item) for item in value)
    return value
