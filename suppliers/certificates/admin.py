"""The screens of certificates: issuing those of a year, the list, and one with its print."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.documents.admin import documents_of
from office.models import Job, JobState
from office.papers.revocation import revocation_of, revocations_of
from office.pdf import render_pdf
from office.requests import actor_of, user_of
from office.screens.pdf_answer import pdf_answer
from office.screens.records import RecordAdmin, Verb, attempt
from suppliers.certificates.operations import (
    TEMPLATE,
    awaiting,
    issue_certificates,
    job_key,
    print_certificate,
    reissue_certificate,
    revoke_certificate,
)
from suppliers.certificates.paper import CERTIFICATE_TEXT
from suppliers.models import RatingRun, SupplierCertificate
from suppliers.rating_states import RatingRunState


class ReissueForm(forms.Form):
    """Why another certificate is issued in the place of this one."""

    reason = forms.CharField(
        label=_("补发原因"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("原证书未作废的，以此原因一并作废。"),
    )


class RevokeForm(forms.Form):
    """Why a certificate is revoked."""

    reason = forms.CharField(
        label=_("作废原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(SupplierCertificate)
class SupplierCertificateAdmin(RecordAdmin):
    record_page = "suppliers/certificates/supplier_certificate.html"
    list_display = ["number", "supplier", "year", "award", "validity", "issued_at"]
    list_select_related = ["supplier", "run"]
    list_filter = ["award", "run__year"]
    search_fields = ["number__exact", "supplier__name"]
    search_help_text = _("完整的证书编号，或供应商名称的一部分")
    verbs = (
        Verb(
            "revoke_certificate",
            _("作废"),
            "suppliers.revoke_certificate",
            lambda certificate, values, by, at: revoke_certificate(
                certificate, **values, by=by, at=at
            ),
            _("证书已作废，查验页随即显示作废。"),
            form=RevokeForm,
            question=_("作废后不能恢复。"),
            look="button-danger",
            allowed=lambda certificate: revocation_of(certificate) is None,
        ),
        Verb(
            "reissue_certificate",
            _("补发"),
            "suppliers.reissue_certificate",
            lambda certificate, values, by, at: reissue_certificate(
                certificate, **values, by=by, at=at
            ),
            _("新证书已颁发，原证书的查验页写明由哪张证书替代。"),
            form=ReissueForm,
            allowed=lambda certificate: _replacement(certificate) is None,
        ),
    )

    @admin.display(description=_("评审年度"), ordering="run__year")
    def year(self, certificate: SupplierCertificate) -> int:
        return certificate.run.year

    @admin.display(description=_("状态"))
    def validity(self, certificate: Any) -> str:
        return str(_("已作废") if certificate.is_revoked else _("有效"))

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = revocations_of(SupplierCertificate).filter(record_id=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_revoked=Exists(rows))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/print_certificate/",
                wrap(self.print_view),
                name="suppliers_suppliercertificate_print_certificate",
            ),
            path("year/<int:pk>/", wrap(self.issue_view), name="issue_certificates"),
            path("year/<int:pk>/progress/", wrap(self.progress_view), name="certificates_progress"),
            *super().get_urls(),
        ]

    def record_context(self, request: HttpRequest, record: SupplierCertificate) -> dict[str, Any]:
        return {
            "title": record.number,
            "paper": CERTIFICATE_TEXT.thaw(record.paper),
            "revocation": revocation_of(record),
            "replacement": _replacement(record),
            "may_print": user_of(request).has_perm("suppliers.print_certificate"),
            "timeline": journal.timeline(record)[:30],
        }

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sends the certificate as PDF; each call counts as a print."""
        record = self.record(request, pk)
        if not user_of(request).has_perm("suppliers.print_certificate"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(self.record_url(record))
        paper = attempt(
            request,
            lambda: print_certificate(record, by=actor_of(request), at=timezone.now()),
        )
        if paper is None:
            return HttpResponseRedirect(self.record_url(record))
        return pdf_answer(render_pdf(TEMPLATE, {"paper": paper}), f"certificate-{paper.number}")

    def issue_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows how far the certificates of a rating are, and begins issuing them."""
        run = self._run(request, pk)
        may_issue = user_of(request).has_perm("suppliers.issue_certificates")
        if request.method == "POST":
            if not may_issue:
                raise PermissionDenied
            attempt(
                request,
                lambda: issue_certificates(run, by=actor_of(request), at=timezone.now()),
                _("已开始颁发。"),
            )
            return HttpResponseRedirect(reverse("admin:issue_certificates", args=[pk]))
        certificates = SupplierCertificate.objects.filter(run=run)
        job = _last_job(run)
        return self.page(
            request,
            "suppliers/certificates/issue_certificates.html",
            title=_("%(year)s 年度供应商证书") % {"year": run.year},
            record=run,
            job=job,
            progress_page=reverse("admin:certificates_progress", args=[pk]),
            waiting=awaiting(run).count() if run.state == RatingRunState.FINAL else 0,
            names="".join(awaiting(run).values_list("supplier__name", flat=True)),
            issued=certificates.count(),
            revoked=certificates.filter(
                pk__in=revocations_of(SupplierCertificate).values("record_id")
            ).count(),
            may_issue=may_issue
            and run.state == RatingRunState.FINAL
            and (job is None or job.state not in (JobState.QUEUED, JobState.RUNNING)),
            documents=documents_of(run, user_of(request))[:20],
            list_page=f"{reverse('admin:suppliers_suppliercertificate_changelist')}"
            f"?run__year={run.year}",
            timeline=journal.timeline(run)[:20],
        )

    def progress_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Answers the progress bar, which asks once a second."""
        job = _last_job(self._run(request, pk))
        return JsonResponse(
            {"state": job.state if job else JobState.DONE, "percent": job.percent if job else 100}
        )

    def _run(self, request: HttpRequest, pk: int) -> RatingRun:
        """Returns the rating; 403 for who may not see certificates, 404 for none."""
        runs: Any = self.admin_site.get_model_admin(RatingRun)
        if not self.has_view_permission(request):
            raise PermissionDenied
        run: RatingRun = runs.record(request, pk)
        return run


def _replacement(certificate: SupplierCertificate) -> SupplierCertificate | None:
    return SupplierCertificate.objects.filter(replaces=certificate).first()


def _last_job(run: RatingRun) -> Job | None:
    return Job.objects.filter(key=job_key(run)).order_by("-pk").first()
