"""PDF answers."""

from django.http import HttpResponse


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """Returns the PDF to be read in the browser; no proxy on the way may store it."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    # A browser's PDF reader is no page of ours; the policy of pages would stop it.
    answer._csp_exempt = True  # type: ignore[attr-defined]  # noqa: SLF001
    answer["Cache-Control"] = "private, no-store"
    return answer
