"""What hostile forms send: a value that a field takes, and values that hardly any field takes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest.mock import patch

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from office.forms.yuan_field import YuanField
from tests.clock import present

TEXTS = (
    *("", " ", "\u3000", "²", "١", "１２", "-1", "0", "1.5", "1e400", "NaN", "-0", "true", "null"),
    *("9" * 30, "9" * 5000, "2147483648", "9223372036854775808", "0.00000000000000000001"),
    *("\ufeff", "\u202e", "\u2028", "\ufffd", "'; DROP TABLE office_user; --", "%", "_", "\\"),
    *("[" * 2000, "{{7*7}}", "%(name)s", "../../etc/passwd", "<b>", "a" * 3000, "𠈓䶮", "，，，"),
    *(
        "0001-01-01",
        "9999-12-31",
        "9999-12-30 23:59",
        "2026-02-30",
        "0000-00-00",
        "2026-01-12T99:99",
    ),
    *(
        "00000000-0000-0000-0000-000000000000",
        "x,1e999999,个",
        "x，NaN，个，1e99",
        "名，1，个，999999999999999",
    ),
)


@dataclass
class Reads:
    """What a view read of a request: the fields of its forms, and every name it asked for."""

    fields: dict[str, forms.Field] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Writes down what is read until the block ends."""
        clean, get_item = forms.BaseForm.full_clean, MultiValueDict.__getitem__
        get_list = MultiValueDict.getlist

        def full_clean(form: Any) -> None:
            if form.is_bound:
                self.fields |= {form.add_prefix(name): item for name, item in form.fields.items()}
            clean(form)

        def item_of(values: Any, name: str) -> Any:
            self._note(values, name)
            return get_item(values, name)

        def list_of(values: Any, name: str, default: Any = None) -> Any:
            self._note(values, name)
            return get_list(values, name, default)

        with (
            patch.object(forms.BaseForm, "full_clean", full_clean),
            patch.object(MultiValueDict, "__getitem__", item_of),
            patch.object(MultiValueDict, "getlist", list_of),
        ):
            yield

    def _note(self, values: Any, name: str) -> None:
        # The resolver keeps its patterns in such a dictionary as well.
        if isinstance(values, QueryDict):
            self.names.add(name)


def taken(item: Any, random: Random) -> Any:
    """Returns a value that the field takes; the longest where there is a limit."""
    rows: Any = getattr(item, "queryset", None)
    choices: Any = getattr(item, "choices", ())
    if isinstance(item, forms.ModelMultipleChoiceField):
        return [row.pk for row in rows[:2]]
    if isinstance(item, forms.ModelChoiceField):
        return _one_of([item.prepare_value(row) for row in rows[:5]], random)
    if isinstance(item, forms.MultipleChoiceField):
        return [value for value, _label in choices][:2]
    if isinstance(item, forms.ChoiceField):
        return _one_of([value for value, _label in choices if value], random)
    for kind, value in _PLAIN:
        if isinstance(item, kind):
            return value()
    if item.initial is not None:
        return item.initial() if callable(item.initial) else item.initial
    return "测" * min(getattr(item, "max_length", None) or 500, 500)


_PLAIN: tuple[tuple[Any, Callable[[], Any]], ...] = (
    (forms.BooleanField, lambda: "on"),
    (forms.FileField, lambda: SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF")),
    (forms.DateTimeField, lambda: f"{present():%Y-%m-%dT%H:%M}"),
    (forms.DateField, lambda: f"{present():%Y-%m-%d}"),
    ((forms.IntegerField, forms.DecimalField, YuanField), lambda: "1"),
)


def _one_of(choices: Sequence[Any], random: Random) -> Any:
    return random.choice(choices) if choices else ""


def strange(item: forms.Field | None, random: Random) -> Any:
    """Returns a value that hardly any field takes."""
    limit = getattr(item, "max_length", None)
    if limit and random.random() < 0.3:
        return random.choice(("9", "a", "𠈓", "ﷺ", "，1\n")) * limit
    if isinstance(item, forms.FileField) and random.random() < 0.7:
        name = random.choice(("a.pdf", "é" * 200 + ".jpg", "../x.exe", "x.csv", "x.xlsx"))
        return SimpleUploadedFile(name, random.choice((b"", b"\x00" * 50, b"PK\x03\x04", b"%PDF")))
    return random.choice(TEXTS)
