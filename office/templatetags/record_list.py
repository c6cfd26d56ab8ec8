"""The rows of a list of records; what is the same for every row is computed once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import template
from django.contrib.admin.utils import lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.templatetags.unfold_list import LINK_CLASSES, ROW_CLASSES, result_headers
from unfold.utils import display_for_field, display_for_value

register = template.Library()

Reader = Callable[[Any], Any]
_UNBROKEN = (models.DateField, models.TimeField, models.ForeignKey)
_CELL = '<{} class="{}" data-label="{}">{}</{}>'
_LINK = f'<a href="{{}}" class="{" ".join(LINK_CLASSES)}">{{}}</a>'


@dataclass(frozen=True)
class Column:
    """A column: how it reads a record, and how its cells look."""

    read: Reader
    tag: str
    classes: str
    label: str
    linked: bool

    def cell(self, record: Any, url: str) -> SafeString:
        text = self.read(record)
        shown = format_html(_LINK, url, text) if self.linked else text
        return format_html(_CELL, self.tag, self.classes, self.label, shown, self.tag)


@register.inclusion_tag("office/record_rows.html", takes_context=True)
def record_rows(context: template.Context, cl: ChangeList) -> dict[str, Any]:
    """Renders the head of the table and its rows; unfold would compute the head for each row."""
    headers = list(result_headers(cl))
    columns = _columns(cl, headers)
    return {
        "cl": cl,
        "result_headers": headers,
        "num_sorted_fields": sum(1 for head in headers if head["sortable"] and head["sorted"]),
        "rows": [_row(cl, columns, record) for record in cl.result_list],
        "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
    }


def _row(cl: ChangeList, columns: list[Column], record: Any) -> SafeString:
    url = _address(cl, record)
    return format_html_join("", "{}", ([column.cell(record, url)] for column in columns))


def _address(cl: ChangeList, record: Any) -> str:
    """Returns the address of the record's page, which leads back to the list as it is filtered
    now.
    """
    url = cl.url_for_result(record)
    return f"{url}?{cl.preserved_filters}" if cl.preserved_filters else url


def _columns(cl: ChangeList, headers: list[dict[str, Any]]) -> list[Column]:
    names = list(cl.list_display)
    links = cl.list_display_links or ()
    main = next((name for name in names if name in links), None)
    return [
        Column(
            read=_reader(cl, name),
            tag="th" if name == main else "td",
            classes=_classes(cl, name),
            label=str(head["text"]),
            linked=name in links,
        )
        for name, head in zip(names, headers, strict=True)
    ]


def _classes(cl: ChangeList, column: Any) -> str:
    name = column.__name__ if callable(column) else column
    whole = ["nowrap"] if isinstance(_field(cl, column), _UNBROKEN) else []
    return " ".join([f"field-{name}", *ROW_CLASSES, *whole])


def _field(cl: ChangeList, column: Any) -> Any:
    """Returns the model's own field, which comes before a method of the same name."""
    try:
        return None if callable(column) else cl.lookup_opts.get_field(column)
    except FieldDoesNotExist:
        return None


def _reader(cl: ChangeList, column: Any) -> Reader:
    """Returns the function that reads a cell from a record."""
    admin, empty = cl.model_admin, cl.model_admin.get_empty_value_display()
    field = _field(cl, column)
    if field is None:
        return _told_by(_method(admin, column), column, admin, empty)
    if field.choices:
        words = {value: str(word) for value, word in field.flatchoices}
        return lambda row: words.get(getattr(row, column), empty)
    if isinstance(field, models.ForeignKey):
        return lambda row: empty if (known := getattr(row, column)) is None else known
    return lambda row: display_for_field(getattr(row, column), field, empty)


def _method(admin: Any, column: Any) -> Any:
    if callable(column):
        return column
    return None if column == "__str__" else getattr(admin, column, None)


def _told_by(method: Any, column: Any, admin: Any, empty: str) -> Reader:
    """Returns the function or method that a column name means: the screen's first, then the
    record's.
    """
    boolean = getattr(method, "boolean", False)
    empty = getattr(method, "empty_value_display", empty)

    def read(row: Any) -> Any:
        try:
            value = lookup_field(column, row, admin)[2] if method is None else method(row)
        except ObjectDoesNotExist:
            return empty
        return display_for_value(value, empty, boolean)

    return read
