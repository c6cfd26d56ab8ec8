"""The comparison sheet 比价表: what page, PDF and spreadsheet show of one comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from office.intake.correction_file import WRITTEN_AS_IS
from office.money import yuan
from office.pdf import render_pdf
from suppliers.models import Sourcing
from suppliers.sourcing.comparison import Asked, ComparedLine, ComparedOffer, comparison_of
from suppliers.sourcing.contract_terms import AwardTerm, thawed

TEMPLATE = "suppliers/sourcing/comparison_sheet.html"


@dataclass(frozen=True)
class SheetRow:
    """An item with its line of each offer, in the order of the offers."""

    item: Asked
    lines: tuple[ComparedLine, ...]


@dataclass(frozen=True)
class ComparisonSheet:
    """A sourcing with its offers side by side, and the terms that its award keeps."""

    sourcing: Sourcing
    offers: Sequence[ComparedOffer]
    rows: Sequence[SheetRow]
    terms: Sequence[AwardTerm]
    award: ComparedOffer | None


def sheet_of(sourcing: Sourcing) -> ComparisonSheet:
    """Returns the sheet of a sourcing; without offers until two people have opened them."""
    items, offers = comparison_of(sourcing)
    return ComparisonSheet(
        sourcing,
        offers,
        [SheetRow(item, tuple(offer.lines[item.key] for offer in offers)) for item in items],
        thawed(sourcing.award_terms),
        next((offer for offer in offers if offer.terms.offer == sourcing.award_id), None),
    )


def sheet_pdf(sheet: ComparisonSheet, at: datetime) -> bytes:
    """Returns the sheet as a PDF of A4 pages across, made at the moment."""
    made = timezone.localtime(at)
    context = {"sheet": sheet, "created": made.isoformat(timespec="seconds"), "made": made}
    return render_pdf(TEMPLATE, context)


def sheet_workbook(sheet: ComparisonSheet) -> bytes:
    """Returns the sheet as XLSX: amounts are numbers in yuan, what people typed stays text."""
    output = BytesIO()
    with xlsxwriter.Workbook(output, WRITTEN_AS_IS) as book:
        page = book.add_worksheet(_("比价表"))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        money = book.add_format({"num_format": "#,##0.00"})
        page.freeze_panes(1, 3)
        page.set_column(0, 0, 28)
        page.set_column(1, 2, 10)
        page.set_column(3, 3 + 2 * len(sheet.offers), 16)
        for line, cells in enumerate(_lines(sheet, bold, money)):
            for place, (value, form) in enumerate(cells):
                if isinstance(value, str):
                    page.write_string(line, place, value, form)
                elif value is not None:
                    page.write_number(line, place, value, form)
    return output.getvalue()


Cell = tuple[Any, Any]


def _lines(sheet: ComparisonSheet, bold: Any, money: Any) -> list[list[Cell]]:
    """Returns the spreadsheet's rows: two columns an offer, a figure and its working."""
    head: list[Cell] = [(_("名称规格"), bold), (_("数量"), bold), (_("单位"), bold)]
    for offer in sheet.offers:
        head += [(offer.terms.supplier, bold), (_("计算"), bold)]
    lines = [head]
    for row in sheet.rows:
        cells: list[Cell] = [
            (row.item.name, None),
            (row.item.quantity, None),
            (row.item.unit, None),
        ]
        for line in row.lines:
            cells += [(yuan(line.sum_fen), money), (line.working, None)]
        lines.append(cells)
    basis = [(_basis(offer), "") for offer in sheet.offers]
    lines += [
        _row(_("报价口径"), basis, None),
        _row(_("另计运费（元）"), [(yuan(o.terms.freight_fen), "") for o in sheet.offers], money),
        _row(_("总价（元）"), [(yuan(o.total_fen), o.working) for o in sheet.offers], money),
        _row(
            _("比较价（元）"),
            [(yuan(o.compared_fen), o.priority_working) for o in sheet.offers],
            money,
        ),
        _row(_("优先依据"), [(o.terms.priority_reason, "") for o in sheet.offers], None),
        _row(_("名次"), [(o.rank, "") for o in sheet.offers], None),
        _row(_("交货天数"), [(o.terms.delivery_days, "") for o in sheet.offers], None),
    ]
    if sheet.award is not None:
        lines.append([(_("中选"), bold), (sheet.award.terms.supplier, None)])
        lines.append([(_("定标理由"), bold), (sheet.sourcing.award_reason, None)])
    for term in sheet.terms:
        lines.append([(term.name, bold), (term.text, None), ("", None), (term.source, None)])
    return lines


def _row(name: str, cells: Sequence[tuple[Any, str]], form: Any) -> list[Cell]:
    row: list[Cell] = [(name, None), (None, None), (None, None)]
    for value, working in cells:
        row += [(value, form), (working, None)]
    return row


def _basis(offer: ComparedOffer) -> str:
    if offer.terms.with_tax:
        return _("含税 %(rate)s%%") % {"rate": offer.terms.vat_percent}
    return _("不含税")
