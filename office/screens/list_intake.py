"""The screens of imported lists: upload, preview, correction and import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db.models import TextChoices
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from office.action_names import action_name
from office.forms.company_choice import CompanyField
from office.intake.columns import Columns
from office.intake.notices import notice_sentences
from office.intake.template_file import template_file
from office.lists.filters import CompanyFilter
from office.lists.list_columns import flag
from office.models import Job, JobState, User
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin, Verb, attempt

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 50 * 1024 * 1024
MOST_SHOWN = 300


class ListUploadForm(forms.Form):
    """A company, the kind of list, and the file."""

    company = CompanyField()
    kind = forms.ChoiceField(label=_("清单"))
    file = forms.FileField(
        label=_("文件"),
        help_text=_("XLSX 或 CSV（UTF-8、GB18030）；先预览，不写入任何内容"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, user: User, kinds: type[TextChoices], *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)
        kind: Any = self.fields["kind"]
        kind.choices = kinds.choices

    def clean_file(self) -> File[Any]:
        file: File[Any] = self.cleaned_data["file"]
        if PurePath(file.name or "").suffix.lower() not in (".xlsx", ".csv"):
            raise forms.ValidationError(_("只接受 XLSX 或 CSV 文件。"))
        if file.size > LARGEST:
            raise forms.ValidationError(_("文件超过 50 MB，请拆分后导入。"))
        return file


def import_verb(permission: str, kinds: type[TextChoices], queue: Callable[..., Job]) -> Verb:
    """Returns the button that imports a list which was previewed."""

    def import_again(record: Any, values: Any, by: Any, at: Any) -> Job:
        with record.file.open("rb") as file:
            file.name = record.file_name
            return queue(record.company, kinds(record.kind), file, dry_run=False, by=by, at=at)

    return Verb(
        permission.partition(".")[2],
        _("导入"),
        permission,
        import_again,
        _("已开始导入。"),
        question=_("合格的行将写入，不合格的行可下载更正后再次导入。"),
        look="button-primary",
        allowed=lambda record: record.dry_run,
    )


class ListIntakeAdmin(RecordAdmin):
    """Lists of several kinds with a company; a subclass names its kinds, columns and operation.

    `operation` names the import: it is the permission, the kind of the job and its key's first
    word. `queue` stores a list and queues its import.
    """

    record_page = "office/intake/list.html"
    list_display = [
        *("file_name", "kind", "company", flag("dry_run", _("仅预览"))),
        *("imported_by", "imported_at"),
    ]
    list_select_related = ["company", "imported_by"]
    list_filter = [CompanyFilter, "kind", "dry_run"]
    ordering = ["-pk"]
    kinds: type[TextChoices]
    columns: Mapping[Any, Columns]
    name_keys: Mapping[Any, str]
    operation = ""
    queue: Callable[..., Job]
    upload_form: type[ListUploadForm] = ListUploadForm

    @property
    def permission(self) -> str:
        return f"{self.opts.app_label}.{self.operation}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm(self.permission)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Takes the uploaded list and queues its preview."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = self.upload_form(user_of(request), self.kinds, *sent)
        if form.is_valid():
            values = form.cleaned_data
            job = attempt(
                request,
                lambda: type(self).queue(
                    values["company"],
                    self.kinds(values["kind"]),
                    values["file"],
                    dry_run=True,
                    by=actor_of(request),
                    at=timezone.now(),
                ),
            )
            if job is not None:
                return redirect(f"admin:{self._url_name('job')}", job.pk)
        templates = [
            (kind.label, reverse(f"admin:{self._url_name(f'template_{kind.value}')}"))
            for kind in self.kinds
        ]
        return self.page(
            request,
            "office/intake/upload.html",
            form=form,
            templates=templates,
            back=reverse(f"admin:{self._url_name('changelist')}"),
            title=action_name(self.operation),
        )

    def record_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        kind, report = self.kinds(record.kind), record.report
        later = self.model.objects.visible_to(user_of(request)).filter(
            company=record.company, kind=kind, sha256=record.sha256, dry_run=False, pk__gt=record.pk
        )
        job = Job.objects.filter(
            kind=self.operation,
            company=record.company,
            key=f"{self.operation}:{record.company_id}:{kind}:{record.sha256}:False",
        )
        imported = later.first() if record.dry_run else None
        may_download = user_of(request).has_perm(self.permission)
        return {
            "title": record.file_name,
            "report": report,
            "name_heading": self.columns[kind].heading(self.name_keys[kind]),
            "notices": notice_sentences(report),
            "refused": report.get("rows_refused", [])[:MOST_SHOWN],
            "imported": imported,
            "imported_page": self.record_url(imported) if imported else "",
            "job": job.order_by("-pk").first() if record.dry_run else None,
            "refused_rows": (
                reverse(f"admin:{self._url_name('refused_rows')}", args=[record.pk])
                if record.refused_file and may_download
                else ""
            ),
        }

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            *(
                path(
                    f"template/{kind.value}/",
                    wrap(self._template_view(kind)),
                    name=self._url_name(f"template_{kind.value}"),
                )
                for kind in self.kinds
            ),
            path("job/<int:pk>/", wrap(self.job_view), name=self._url_name("job")),
            path(
                "<int:pk>/refused_rows/",
                wrap(self.refused_rows_view),
                name=self._url_name("refused_rows"),
            ),
            *super().get_urls(),
        ]

    def _template_view(self, kind: Any) -> Any:
        """Returns the view that sends an empty list of a kind to fill in."""

        def view(request: HttpRequest) -> HttpResponse:
            if not self.has_add_permission(request):
                raise PermissionDenied
            name = str(kind.label)
            answer = HttpResponse(template_file(self.columns[kind], name), content_type=XLSX)
            answer["Content-Disposition"] = content_disposition_header(
                as_attachment=True, filename=f"{name}模板.xlsx"
            )
            return answer

        return view

    def job_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the progress of the preview and redirects to its report once that is ready."""
        user = user_of(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = Job.objects.visible_to(user).filter(pk=pk, kind=self.operation).first()
        if job is None:
            raise Http404
        if job.state == JobState.DONE:
            imported_list = self.model.objects.visible_to(user).filter(job=job).first()
            if imported_list is not None:
                return redirect(self.record_url(imported_list))
        return self.page(
            request,
            "office/intake/job.html",
            job=job,
            upload_page=reverse(f"admin:{self._url_name('add')}"),
            title=action_name(self.operation),
        )

    def refused_rows_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """Sends the refused rows as a spreadsheet to correct and upload again."""
        record = self.record(request, pk)
        if not user_of(request).has_perm(self.permission):
            raise PermissionDenied
        if not record.refused_file:
            raise Http404
        name = PurePath(str(record.refused_file.name)).name
        answer = FileResponse(record.refused_file.open("rb"), as_attachment=True, filename=name)
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer
