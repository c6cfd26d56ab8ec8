"""The page on which a recipient opens a copy of an investigation report."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from office.outcomes import outcome_of
from whistleblowing.desk.access import reader_page
from whistleblowing.findings.operations import open_findings
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import FindingsCopy


@require_POST
@reader_page
def audit_findings(request: HttpRequest, reader: Reader, copy_id: UUID) -> HttpResponse:
    """Shows the PDF to its recipient and logs that; any other copy is as if it were not there.

    By POST, because each opening is written down; shown and not stored: no browser keeps it.
    """
    opened = outcome_of(
        lambda: open_findings(FindingsCopy(pk=copy_id), by=reader, at=timezone.now())
    )
    if opened.result is None:
        raise Http404
    answer = HttpResponse(opened.result, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="report.pdf"'
    return answer
