"""Papers as PDF: rendered one by one, or stamped by the ten thousand."""

from office.pdf.rendering import ForbiddenAddress, render_pdf
from office.pdf.stamping import PrintedFile, stamp_pages

__all__ = ["ForbiddenAddress", "PrintedFile", "render_pdf", "stamp_pages"]
