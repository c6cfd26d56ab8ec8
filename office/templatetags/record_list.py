"""The rows of a list of records; what is the same for every row is computed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django import template
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.templatetags.unfold_list import LINK_CLASSES, ROW_CLASSES, result_headers

from office.lists.list_columns import ListColumn, Reader, columns_of, reader_of

register = template.Library()

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
    columns = columns_of(cl)
    for header, column in zip(headers, columns, strict=True):
        if column.is_figure:
            header["class_attrib"] = format_html("{} figure-column", header["class_attrib"])
    cells = _columns(cl, headers, columns)
    return {
        "cl": cl,
        "result_headers": headers,
        "num_sorted_fields": sum(1 for head in headers if head["sortable"] and head["sorted"]),
        "rows": [_row(cl, cells, record) for record in cl.result_list],
        "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
    }


@register.inclusion_tag("office/list_filter.html", takes_context=True)
def list_filter(context: template.Context, cl: ChangeList, spec: Any) -> dict[str, Any]:
    """Renders one filter as a menu of its choices; a filter by days takes any two days as well."""
    request: HttpRequest = context["request"]
    own = set(spec.expected_parameters())
    others = [pair for pair in parse_qsl(request.GET.urlencode()) if pair[0] not in {*own, "p"}]
    return {
        "spec": spec,
        "title": spec.title,
        "choices": list(spec.choices(cl)),
        "range": getattr(spec, "range", None),
        "others": others,
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


def _columns(
    cl: ChangeList, headers: list[dict[str, Any]], columns: Sequence[ListColumn]
) -> list[Column]:
    names = list(cl.list_display)
    links = cl.list_display_links or ()
    main = next((name for name in names if name in links), None)
    return [
        Column(
            read=reader_of(cl, column),
            tag="th" if name == main else "td",
            classes=_classes(column),
            label=str(head["text"]),
            linked=name in links,
        )
        for name, head, column in zip(names, headers, columns, strict=True)
    ]


def _classes(column: ListColumn) -> str:
    # The number of a record, too: broken in two lines it can neither be read nor copied.
    is_number = isinstance(column.field, models.CharField) and column.field.unique
    whole = ["nowrap"] if is_number or isinstance(column.field, _UNBROKEN) else []
    figure = ["figure-column"] if column.is_figure else []
    return " ".join([f"field-{column.name}", *ROW_CLASSES, *whole, *figure])
