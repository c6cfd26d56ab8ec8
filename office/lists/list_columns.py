"""The columns of a list: amounts of money, and how any column reads a record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.utils import timezone
from unfold.utils import display_for_field, display_for_value

from office.dates import day_text, moment_text
from office.language import Text
from office.money import yuan_text

Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class MoneyColumn:
    """A column that shows fen in yuan; a list sums it and an export writes it as a number.

    `fen` names the record's column or annotation. An instance stands in the class of a screen like
    a display method. Amounts that make no sense together, such as thresholds, are not `summed`.
    """

    fen: str
    short_description: Text
    summed: bool = True
    # The column that the list sorts by, where it may.
    admin_order_field: str | None = None
    # Of two columns that exclude each other, such as received and paid, one stays empty.
    hides_zero: bool = False

    def __call__(self, record: Any) -> str:
        fen = getattr(record, self.fen)
        return "" if fen is None or (self.hides_zero and not fen) else yuan_text(fen)


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: its name, its heading, and the field or method that it reads."""

    name: str
    heading: str
    source: Any
    field: Any

    @property
    def money(self) -> MoneyColumn | None:
        return self.source if isinstance(self.source, MoneyColumn) else None

    @property
    def is_figure(self) -> bool:
        """Says whether the column holds amounts or counts, which stand right-aligned; a method
        of the screen says so by the type that it returns.
        """
        if self.money is None and self.field is None:
            return _returns_number(self.source)
        figures = (models.IntegerField, models.DecimalField, models.FloatField)
        number = isinstance(self.field, figures) and not self.field.choices
        return self.money is not None or (number and not isinstance(self.field, models.AutoField))


def _returns_number(source: Any) -> bool:
    kind = getattr(source, "__annotations__", {}).get("return")
    return kind in (int, Decimal)


def columns_of(cl: ChangeList) -> list[ListColumn]:
    """Returns the columns of a list in the order in which it shows them."""
    return [_column(cl, name) for name in cl.list_display]


def _column(cl: ChangeList, name: Any) -> ListColumn:
    source = _method(cl.model_admin, name)
    heading = label_for_field(name, cl.model, model_admin=cl.model_admin)
    short_name = getattr(name, "__name__", None) or str(name)
    return ListColumn(short_name, str(heading), source or name, _field(cl, name))


def _field(cl: ChangeList, column: Any) -> Any:
    """Returns the model's own field, which comes before a method of the same name."""
    try:
        return None if callable(column) else cl.lookup_opts.get_field(column)
    except FieldDoesNotExist:
        return None


def _method(admin: Any, column: Any) -> Any:
    if callable(column):
        return column
    return None if column == "__str__" else getattr(admin, column, None)


def reader_of(cl: ChangeList, column: ListColumn) -> Reader:
    """Returns the function that reads the column's cell from a record, as the list shows it."""
    admin, empty = cl.model_admin, cl.model_admin.get_empty_value_display()
    field, name = column.field, column.name
    if field is None:
        return _computed(column, admin, empty)
    if field.choices:
        words = {value: str(word) for value, word in field.flatchoices}
        return lambda record: words.get(getattr(record, name), empty)
    if isinstance(field, models.ForeignKey):
        return lambda record: empty if (row := getattr(record, name)) is None else row
    if isinstance(field, models.DecimalField):
        # Areas have six digits and more: people read them in groups of three.
        return lambda record: empty if (value := getattr(record, name)) is None else f"{value:,f}"
    if isinstance(field, models.DateField):
        today = timezone.localdate()
        return lambda record: _date_text(getattr(record, name), today) or empty
    return lambda record: display_for_field(getattr(record, name), field, empty)


def _date_text(value: date | datetime | None, today: date) -> str:
    if isinstance(value, datetime):
        return moment_text(value, today)
    return "" if value is None else day_text(value, today)


def _computed(column: ListColumn, admin: Any, empty: str) -> Reader:
    """Returns the function or method that a column name means: the screen's first, then the
    record's.
    """
    method = column.source if callable(column.source) else None
    boolean = getattr(method, "boolean", False)
    empty = getattr(method, "empty_value_display", empty)

    today = timezone.localdate()

    def read(record: Any) -> Any:
        try:
            value = method(record) if method else lookup_field(column.source, record, admin)[2]
        except ObjectDoesNotExist:
            return empty
        if isinstance(value, date):
            return _date_text(value, today)
        return display_for_value(value, empty, boolean)

    return read


def flag(field: str, word: Text) -> Callable[[Any], str]:
    """Returns a list column that shows a word where a boolean field is true, and nothing
    elsewhere.
    """

    @admin.display(description=word, ordering=field)
    def shown(record: Any) -> str:
        return str(word) if getattr(record, field) else ""

    return shown
