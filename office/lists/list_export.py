"""A list as a spreadsheet: the rows and columns that the screen shows, all pages of it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from io import BytesIO
from itertools import islice
from typing import Any

import xlsxwriter
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from office.calendar import business_date
from office.intake.correction_file import WRITTEN_AS_IS
from office.lists.list_columns import ListColumn, columns_of, reader_of
from office.lists.operations import MOST_EXPORTED, export_list
from office.money import yuan
from office.outcomes import outcome_of
from office.requests import actor_of, user_of
from office.zone import SHANGHAI

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 2_000
_LONGEST_TEXT = 32_000


def exported_list(screen: Any, request: HttpRequest) -> HttpResponse:
    """Answers with the list as XLSX, or leads back to it with the reason for a refusal."""
    if not screen.has_view_or_change_permission(request):
        raise PermissionDenied
    back = HttpResponseRedirect(iri_to_uri(request.get_full_path()))
    try:
        cl = screen.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return back
    at = timezone.now()
    count = cl.queryset.order_by().values("pk")[: MOST_EXPORTED + 1].count()
    outcome = outcome_of(
        lambda: export_list(
            user_of(request),
            cl.model,
            rows=count,
            query=request.GET.urlencode(),
            by=actor_of(request),
            at=at,
        )
    )
    if outcome.refusal is not None:
        messages.error(request, outcome.refusal.sentence)
        return back
    name = f"{cl.opts.verbose_name}-{business_date(at):%Y%m%d}.xlsx"
    return HttpResponse(
        _spreadsheet(cl, request),
        content_type=SPREADSHEET,
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
            "Cache-Control": "no-store",
        },
    )


def _rows(cl: ChangeList, request: HttpRequest) -> Iterator[Any]:
    """Yields the rows of all pages; what the columns need besides them is loaded by the chunk."""
    screen: Any = cl.model_admin
    rows = cl.queryset[:MOST_EXPORTED].iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        screen.prepare_rows(request, chunk)
        yield from chunk


def _spreadsheet(cl: ChangeList, request: HttpRequest) -> bytes:
    """Returns the workbook; rows are read by the thousand and written one after another."""
    columns = columns_of(cl)
    output = BytesIO()
    with xlsxwriter.Workbook(output, WRITTEN_AS_IS) as book:
        page = book.add_worksheet()
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        writers = [_writer(cl, column, page, money, instant) for column in columns]
        page.freeze_panes(1, 0)
        page.set_column(0, max(len(columns) - 1, 0), 18)
        for place, column in enumerate(columns):
            page.write_string(0, place, column.heading, bold)
        for line, record in enumerate(_rows(cl, request), 1):
            for place, write in enumerate(writers):
                write(line, place, record)
    return output.getvalue()


Writer = Callable[[int, int, Any], object]


def _writer(cl: ChangeList, column: ListColumn, page: Any, money: Any, instant: Any) -> Writer:
    """Returns the function that writes the column's cell of a record: amounts, counts and days as
    such, anything else as the text of the screen.
    """
    if column.money is not None:
        fen_name = column.money.fen

        def write_money(line: int, place: int, record: Any) -> None:
            if (fen := getattr(record, fen_name)) is not None:
                page.write_number(line, place, yuan(fen), money)

        return write_money
    if column.is_figure and column.field is None:
        figure_of = column.source
        return lambda line, place, record: _write_value(
            page, (line, place), figure_of(record), instant
        )
    if column.is_figure or isinstance(column.field, models.DateField | models.BooleanField):
        return lambda line, place, record: _write_value(
            page, (line, place), getattr(record, column.name), instant
        )
    read, empty = reader_of(cl, column), cl.model_admin.get_empty_value_display()

    def write_text(line: int, place: int, record: Any) -> None:
        shown = read(record)
        if shown != empty:
            page.write_string(line, place, unescape(strip_tags(str(shown)))[:_LONGEST_TEXT])

    return write_text


def _write_value(page: Any, cell: tuple[int, int], value: Any, instant: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_string(*cell, _("是") if value else _("否"))
    elif isinstance(value, datetime):
        # Spreadsheets know no time zones: the wall clock of Shanghai, as on the screen.
        page.write_datetime(*cell, value.astimezone(SHANGHAI).replace(tzinfo=None), instant)
    elif hasattr(value, "isoformat"):
        page.write_datetime(*cell, value)
    else:
        page.write_number(*cell, value)
