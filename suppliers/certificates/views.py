"""The public page that confirms a supplier's certificate by the code printed on it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from office.api.throttles import PerAddress
from office.papers.verification import confirm_paper
from suppliers.certificates.paper import CERTIFICATE_TEXT
from suppliers.models import SupplierCertificate


class CertificateChecksPerAddress(PerAddress):
    """The limit of checks per network address, so that nobody can guess codes."""

    scope = "verify"


@require_safe
def verify_supplier_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Shows the certificate with this code, or that it was revoked; 404 for an unknown code."""
    return confirm_paper(
        request,
        "suppliers/certificates/verify_supplier_certificate.html",
        code=code,
        find=_find_certificate,
        facts=_public_facts,
        throttle=CertificateChecksPerAddress(),
    )


def _find_certificate(code: str) -> SupplierCertificate | None:
    return SupplierCertificate.objects.filter(verification_code=code.upper()).first()


def _public_facts(certificate: SupplierCertificate) -> dict[str, object]:
    return {
        "certificate": certificate,
        "paper": CERTIFICATE_TEXT.thaw(certificate.paper),
        "replacement": SupplierCertificate.objects.filter(replaces=certificate).first(),
    }
