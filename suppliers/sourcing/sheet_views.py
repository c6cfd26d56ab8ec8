"""The comparison sheet of an opened sourcing as a file: PDF or spreadsheet."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from office.lists.list_export import SPREADSHEET
from office.screens.pdf_answer import pdf_answer
from suppliers.models import Sourcing
from suppliers.sourcing.sheet import sheet_of, sheet_pdf, sheet_workbook


def comparison_pdf(_request: HttpRequest, sourcing: Sourcing) -> HttpResponse:
    """Answers with the comparison sheet to be printed and signed."""
    return pdf_answer(
        sheet_pdf(sheet_of(sourcing), timezone.now()), f"comparison-{sourcing.number}"
    )


def comparison_workbook(_request: HttpRequest, sourcing: Sourcing) -> HttpResponse:
    """Answers with the comparison sheet as a spreadsheet to reckon with."""
    name = f"{_('比价表')}-{sourcing.number}.xlsx"
    return HttpResponse(
        sheet_workbook(sheet_of(sourcing)),
        content_type=SPREADSHEET,
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
            "Cache-Control": "no-store",
        },
    )
