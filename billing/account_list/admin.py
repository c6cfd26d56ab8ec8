"""The screens of a company's account list: upload, preview, correction and import."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from billing.account_list.columns import COLUMNS
from billing.account_list.operations import queue_account_import
from billing.models import AccountImport
from office.forms.company_choice import CompanyField
from office.intake.notices import notice_sentences
from office.intake.template_file import template_file
from office.lists.filters import CompanyFilter
from office.lists.list_columns import flag
from office.models import Job, JobState, User
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin, Verb, attempt

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 150 * 1024 * 1024
MAY_IMPORT = "billing.import_accounts"
MOST_SHOWN = 300


class AccountListForm(forms.Form):
    company = CompanyField()
    file = forms.FileField(
        label=_("台账文件"),
        help_text=_("XLSX 或 CSV（UTF-8、GB18030）；先预览，不写入任何内容"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        field: Any = self.fields["company"]
        field.offer(user)

    def clean_file(self) -> File[Any]:
        file: File[Any] = self.cleaned_data["file"]
        if PurePath(file.name or "").suffix.lower() not in (".xlsx", ".csv"):
            raise forms.ValidationError(_("只接受 XLSX 或 CSV 文件。"))
        if file.size > LARGEST:
            raise forms.ValidationError(_("文件超过 150 MB，请拆分后导入。"))
        return file


def _import_again(record: AccountImport, values: Any, by: Any, at: Any) -> Job:
    with record.file.open("rb") as file:
        file.name = record.file_name
        return queue_account_import(record.company, file, dry_run=False, by=by, at=at)


@admin.register(AccountImport)
class AccountImportAdmin(RecordAdmin):
    record_page = "billing/account_list/account_import.html"
    list_display = [
        "file_name",
        "company",
        flag("dry_run", _("仅预览")),
        "imported_by",
        "imported_at",
    ]
    list_select_related = ["company", "imported_by"]
    list_filter = [CompanyFilter, "dry_run"]
    ordering = ["-pk"]
    verbs = (
        Verb(
            "import_accounts",
            _("导入"),
            MAY_IMPORT,
            _import_again,
            _("已开始导入。"),
            question=_("合格的行将写入用户档案，不合格的行可下载更正后再次导入。"),
            look="button-primary",
            allowed=lambda record: record.dry_run,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm(MAY_IMPORT)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Takes the uploaded list and queues its preview."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = AccountListForm(user_of(request), *sent)
        if form.is_valid():
            values = form.cleaned_data
            job = attempt(
                request,
                lambda: queue_account_import(
                    values["company"],
                    values["file"],
                    dry_run=True,
                    by=actor_of(request),
                    at=timezone.now(),
                ),
            )
            if job is not None:
                return redirect("admin:billing_accountimport_job", job.pk)
        return self.page(
            request,
            "billing/account_list/import_accounts.html",
            form=form,
            title=_("导入用户台账"),
            back=reverse("admin:billing_accountimport_changelist"),
        )

    def record_context(self, request: HttpRequest, record: AccountImport) -> dict[str, Any]:
        report = record.report
        later = AccountImport.objects.visible_to(user_of(request)).filter(
            company=record.company, sha256=record.sha256, dry_run=False, pk__gt=record.pk
        )
        job = Job.objects.filter(
            kind="import_accounts",
            company=record.company,
            key=f"import_accounts:{record.company_id}:{record.sha256}:False",
        )
        return {
            "title": record.file_name,
            "report": report,
            "notices": notice_sentences(report),
            "refused": report.get("rows_refused", [])[:MOST_SHOWN],
            "warned": report.get("rows_warned", [])[:MOST_SHOWN],
            "imported": later.first() if record.dry_run else None,
            "job": job.order_by("-pk").first() if record.dry_run else None,
            "may_download": user_of(request).has_perm(MAY_IMPORT),
        }

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("template/", wrap(self.template_view), name="billing_accountimport_template"),
            path("job/<int:pk>/", wrap(self.job_view), name="billing_accountimport_job"),
            path(
                "<int:pk>/refused_rows/",
                wrap(self.refused_rows_view),
                name="billing_accountimport_refused_rows",
            ),
            *super().get_urls(),
        ]

    def template_view(self, request: HttpRequest) -> HttpResponse:
        """Sends an empty account list to fill in."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        answer = HttpResponse(template_file(COLUMNS, "用户台账"), content_type=XLSX)
        answer["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename="用户台账模板.xlsx"
        )
        return answer

    def job_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the progress of the preview and redirects to its report once that is ready."""
        user = user_of(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = Job.objects.visible_to(user).filter(pk=pk, kind="import_accounts").first()
        if job is None:
            raise Http404
        if job.state == JobState.DONE:
            account_import = AccountImport.objects.visible_to(user).filter(job=job).first()
            if account_import is not None:
                return redirect("admin:billing_accountimport_change", account_import.pk)
        return self.page(
            request, "billing/account_list/import_job.html", job=job, title=_("导入用户台账")
        )

    def refused_rows_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """Sends the refused rows as a spreadsheet to correct and upload again."""
        account_import: AccountImport = self.record(request, pk)
        if not user_of(request).has_perm(MAY_IMPORT):
            raise PermissionDenied
        if not account_import.refused_file:
            raise Http404
        name = PurePath(str(account_import.refused_file.name)).name
        answer = FileResponse(
            account_import.refused_file.open("rb"), as_attachment=True, filename=name
        )
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer
