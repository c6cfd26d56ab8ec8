"""Certificates of a rating: issued in stretches, printed in one pile, each revoked by itself."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document
from office.intake.cells import clean_text
from office.jobs.queue import enqueue_job
from office.language import in_chinese
from office.models import Job, JournalEntry, PaperRevocation
from office.papers.codes import new_code
from office.papers.copies import count_print
from office.papers.numbers import draw_paper_numbers
from office.papers.revocation import revocation_of, revocations_of, revoke_paper
from office.pdf import stamp_pages
from office.permissions import authorise
from office.refusals import Invalid, Refused
from suppliers.certificates.paper import CERTIFICATE_TEXT, CertificatePaper, certificate_paper
from suppliers.models import AWARDS, RatingRun, SupplierCertificate, SupplierRating
from suppliers.rating_states import RatingRunState

JOB = "supplier_certificates"
TEMPLATE = "suppliers/certificates/certificate.html"
# So many are issued in one transaction; a killed worker loses no more than these.
STRETCH = 100
PAGES_PER_FILE = 500


@transaction.atomic
def issue_certificates(run: RatingRun, *, by: Actor, at: datetime) -> Job:
    """Starts issuing the certificates of a final rating in the background, and printing them.

    Raises `Refused` while the rating is not final and when everybody has a certificate already.
    """
    authorise(by, "suppliers.issue_certificates", run.company)
    locked_run = _lock_run(run)
    if locked_run.state != RatingRunState.FINAL:
        raise Refused("rating_not_final", _("评审结果确定以后才能颁发证书。"))
    if not unprinted(locked_run).exists() and not awaiting(locked_run).exists():
        raise Refused("all_certificates_issued", _("本年度的证书已全部颁发。"))
    journal.record("issue_certificates", locked_run, by=by, at=at, year=locked_run.year)
    return enqueue_job(JOB, key=job_key(run), by=by, at=at, company=run.company, run=run.pk)


def job_key(run: RatingRun) -> str:
    """A step of issuing: returns the unique key of the job for a rating."""
    return f"{JOB}:{run.pk}"


def awaiting(run: RatingRun) -> QuerySet[SupplierRating]:
    """A step of issuing: returns the ratings that deserve a certificate and have none."""
    return SupplierRating.objects.filter(
        run=run, rating_class__in=AWARDS, certificates__isnull=True
    ).order_by("pk")


def unprinted(run: RatingRun) -> QuerySet[SupplierCertificate]:
    """A step of issuing: returns the valid certificates that were never printed, by number."""
    printed = JournalEntry.objects.filter(
        action="print_certificate",
        record_type__app_label="suppliers",
        record_type__model="suppliercertificate",
    )
    return (
        SupplierCertificate.objects.filter(run=run)
        .exclude(pk__in=printed.values("record_id"))
        .exclude(pk__in=revocations_of(SupplierCertificate).values("record_id"))
        .order_by("number")
    )


@transaction.atomic
def issue_stretch(run: RatingRun, *, by: Actor, at: datetime) -> int:
    """A step of the job, in a transaction of its own: issues the next certificates and returns how
    many the rating has by then.
    """
    # A worker that was believed dead may still be at it: the next one goes on after it.
    locked_run = _lock_run(run)
    ratings = list(awaiting(locked_run).select_related("supplier")[:STRETCH])
    year = business_date(at).year
    numbers = draw_paper_numbers(
        "supplier_certificate", [(locked_run.company, year) for _rating in ratings]
    )
    with in_chinese():
        certificates = SupplierCertificate.objects.bulk_create(
            _certificate(locked_run, rating, number, by=by, at=at)
            for rating, number in zip(ratings, numbers, strict=True)
        )
    journal.record_each(
        "issue_certificate",
        [(certificate, {"number": certificate.number}) for certificate in certificates],
        by=by,
        at=at,
    )
    return locked_run.certificates.count()


@transaction.atomic
def print_pile(run: RatingRun, *, by: Actor, at: datetime) -> int:
    """A step of the job, in a transaction of its own: prints the originals of all certificates that
    were never printed, files them with the rating and returns how many there are.
    """
    locked_run = _lock_run(run)
    certificates = list(unprinted(locked_run))
    papers = _papers(certificates)
    title = f"{locked_run.year}年度供应商证书"
    for number, pile in enumerate(
        stamp_pages(TEMPLATE, papers, title=title, pages_per_file=PAGES_PER_FILE), start=1
    ):
        attach_document(
            locked_run,
            Upload(f"certificates-{locked_run.year}-{number}.pdf", BytesIO(pile.content)),
            company=locked_run.company,
            kind="certificate",
            title=f"{title}（{pile.papers} 张）",
            by=by,
            at=at,
        )
    journal.record_each(
        "print_certificate",
        [(row, {"number": row.number, "copy": 0}) for row in certificates],
        by=by,
        at=at,
    )
    return len(certificates)


@transaction.atomic
def print_certificate(
    certificate: SupplierCertificate, *, by: Actor, at: datetime
) -> CertificatePaper:
    """Returns the paper of a certificate, marked 副本 n after the original, and 作废 if revoked."""
    authorise(by, "suppliers.print_certificate")
    copy = count_print(certificate, "print_certificate", number=certificate.number, by=by, at=at)
    revoked = revocation_of(certificate) is not None
    return certificate_paper(certificate.paper, copy=copy, revoked=revoked)


@transaction.atomic
def revoke_certificate(
    certificate: SupplierCertificate, *, reason: str, by: Actor, at: datetime
) -> PaperRevocation:
    """Revokes a certificate, with the reason; its public page and its prints say so from then
    on.
    """
    authorise(by, "suppliers.revoke_certificate")
    return revoke_paper(
        certificate,
        "revoke_certificate",
        number=certificate.number,
        reason=reason,
        by=by,
        at=at,
    )


@transaction.atomic
def reissue_certificate(
    certificate: SupplierCertificate, *, reason: str, by: Actor, at: datetime
) -> SupplierCertificate:
    """Issues another certificate in the place of one that is wrong or revoked, and returns it.

    It bears a new number and the supplier's name as it is on file now, and names the certificate
    that it replaces, which is revoked with the reason unless it is already. Refuses a certificate
    that has been replaced.
    """
    authorise(by, "suppliers.reissue_certificate")
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请写明补发的原因。"))
    # Two people may reissue at the same moment: the run's lock lets the second see the first's.
    locked_run = _lock_run(certificate.run)
    rating = SupplierRating.objects.select_related("supplier").get(pk=certificate.rating_id)
    replacement = SupplierCertificate.objects.filter(replaces=certificate).first()
    if replacement is not None:
        raise Refused(
            "already_reissued",
            _("%(number)s 已由 %(replacement)s 替代，请在那张证书上办理。"),
            number=certificate.number,
            replacement=replacement.number,
        )
    if revocation_of(certificate) is None:
        revoke_certificate(certificate, reason=reason, by=by, at=at)
    [number] = draw_paper_numbers(
        "supplier_certificate", [(locked_run.company, business_date(at).year)]
    )
    with in_chinese():
        reissued = _certificate(locked_run, rating, number, replaces=certificate, by=by, at=at)
    reissued.save(force_insert=True)
    journal.record(
        "reissue_certificate",
        reissued,
        by=by,
        at=at,
        number=number,
        replaces=certificate.number,
        reason=clean_text(reason),
    )
    return reissued


def _certificate(
    run: RatingRun,
    rating: SupplierRating,
    number: str,
    *,
    replaces: SupplierCertificate | None = None,
    by: Actor,
    at: datetime,
) -> SupplierCertificate:
    """Returns the unsaved certificate with its number, its code and its frozen text."""
    code = new_code()
    # Excellent and qualified suppliers are so for the year after the one they were rated for.
    valid_until = date(run.year + 1, 12, 31)
    paper = CertificatePaper(
        company=run.company.name,
        award=f"{rating.get_rating_class_display()}供应商",
        year=str(run.year),
        supplier=rating.supplier.name,
        credit_code=rating.supplier.credit_code,
        number=number,
        issued_on=_chinese_day(business_date(at)),
        valid_until=_chinese_day(valid_until),
        verification_code=code,
        verify_url=settings.PUBLIC_URL + reverse("verify_supplier_certificate", args=[code]),
        created=timezone.localtime(at).isoformat(timespec="seconds"),
        replaces=replaces.number if replaces else "",
    )
    return SupplierCertificate(
        company=run.company,
        run=run,
        rating=rating,
        replaces=replaces,
        supplier=rating.supplier,
        award=rating.rating_class,
        number=number,
        verification_code=code,
        valid_until=valid_until,
        paper=CERTIFICATE_TEXT.freeze(paper),
        issued_by=by.user,
        issued_at=at,
    )


def _papers(certificates: Sequence[SupplierCertificate]) -> Iterator[CertificatePaper]:
    for certificate in certificates:
        yield certificate_paper(certificate.paper)


def _chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _lock_run(run: RatingRun) -> RatingRun:
    return (
        RatingRun.objects.select_for_update(of=("self",)).select_related("company").get(pk=run.pk)
    )
