"""The content of a certificate, as it is frozen and printed."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from office.papers.copies import copy_mark
from office.papers.frozen import FrozenText
from office.pdf.seal import seal_svg

SEAL_PURPOSE = "供应商评审专用章"


@dataclass(frozen=True, slots=True)
class CertificatePaper:
    """供应商证书, A4 landscape: `suppliers/certificates/certificate.html`."""

    company: str
    award: str
    year: str
    supplier: str
    credit_code: str
    number: str
    issued_on: str
    valid_until: str
    verification_code: str
    verify_url: str
    # Counts reprints: the original is 0.
    copy: int = 0
    revoked: bool = False
    # ISO 8601, for the PDF's own creation date.
    created: str = ""
    # The number of the revoked certificate in whose place this one was issued.
    replaces: str = ""

    @property
    def form(self) -> Hashable:
        """Returns the texts that are printed outside the slots."""
        outside = (self.company, self.award, self.year, self.valid_until)
        return (
            *outside,
            self.issued_on,
            self.created,
            self.copy > 0,
            self.revoked,
            self.replaces,
        )

    @property
    def copy_mark(self) -> str:
        return copy_mark(self.copy)

    @property
    def seal(self) -> SafeString:
        return seal_svg(self.company, SEAL_PURPOSE)


CERTIFICATE_TEXT = FrozenText(CertificatePaper)


def certificate_paper(
    stored: dict[str, object], *, copy: int = 0, revoked: bool = False
) -> CertificatePaper:
    """Returns the paper as it was issued, marked as a copy or as revoked."""
    return replace(CERTIFICATE_TEXT.thaw(stored), copy=copy, revoked=revoked)
