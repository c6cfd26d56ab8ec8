"""A paper as the answer to a button."""

from django.http import HttpResponse


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """The PDF, to be read in the browser and kept by nobody on the way."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    # A browser's PDF reader is no page of ours; the policy of pages would stop it.
    answer._csp_exempt = True  # type: ignore[attr-defined]  # noqa: SLF001
    answer["Cache-Control"] = "private, no-store"
    return answer
